"""Commands for the texts: take in a desk's own files, withdraw, restore and amend them, check what there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from assistant import cli_messages as messages
from assistant import wiring
from assistant.cli_support import components, day, dump, fail, progress, say, settings
from assistant.desk.actors import Actor, Role
from assistant.desk.documents import Holding
from assistant.desk.messages import unreadable
from assistant.errors import NotFoundError, QueryError
from assistant.wiring import Components
from corpus.check import Severity, check_corpus, check_library
from corpus.ingest import IngestReport, Outcome, ingest
from corpus.records import Document
from corpus.shipped import DOCUMENTS_DIR, shipped_documents
from corpus.summary import topic_table

app = typer.Typer()
EXIT_FINDINGS = 5
_HERE = Actor("system", "系统", Role.EDITOR)
"""Whoever may run commands on this machine may do with its texts what an editor may."""


@app.command("ingest", help=messages.CLI_INGEST)
def ingest_command(
    paths: Annotated[list[Path], typer.Argument(help=messages.CLI_INGEST_PATHS)],
    as_json: Annotated[bool, typer.Option("--json", help=messages.CLI_JSON)] = False,
) -> None:
    """Take files, folders and zip archives into the library, then bring the index up to date."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        fail(messages.no_such_path(str(missing[0])), 2)
    parts = components()
    report = ingest(paths, library=parts.library, progress=progress)
    if report.changed:
        _go_live(parts)
    if as_json:
        dump([{"name": f.name, "outcome": f.outcome.value, "document_id": f.document_id, "error": str(f.error or "")}
              for f in report.files])  # fmt: skip
    else:
        _tell(report, [entry.document for entry in parts.library.list()])
    if report.count(Outcome.FAILED):
        raise typer.Exit(EXIT_FINDINGS)


def _tell(report: IngestReport, held: Iterable[Document]) -> None:
    for file in report.files:
        if file.outcome is not Outcome.UNCHANGED:
            say(messages.ingested(file, unreadable(type(file.error).__name__) if file.error else ""))
    new = {file.document_id for file in report.files if file.outcome in (Outcome.ADDED, Outcome.UPDATED)}
    texts = (document for document in held if document.document_id in new)
    for finding in check_library(texts, today=dt.date.today()):  # noqa: DTZ011 - review dates are in days
        say(messages.finding(finding))
    say(messages.ingest_total({outcome.value: report.count(outcome) for outcome in Outcome}))


@app.command(help=messages.CLI_WITHDRAW)
def withdraw(document_id: Annotated[str, typer.Argument(help=messages.CLI_DOCUMENT_ID)]) -> None:
    """Stop answering from a document; its versions are kept."""

    def change(parts: Components, held: Holding) -> None:
        parts.desk.holdings.withdraw(_HERE, document_id, version=held.version)

    _change(document_id, change)
    say(messages.withdrawn(document_id))


@app.command(help=messages.CLI_RESTORE)
def restore(document_id: Annotated[str, typer.Argument(help=messages.CLI_DOCUMENT_ID)]) -> None:
    """Answer from a withdrawn document again."""

    def change(parts: Components, held: Holding) -> None:
        parts.desk.holdings.restore(_HERE, document_id, version=held.version)

    _change(document_id, change)
    say(messages.restored(document_id))


@app.command(help=messages.CLI_AMEND)
def amend(
    document_id: Annotated[str, typer.Argument(help=messages.CLI_DOCUMENT_ID)],
    effective_date: Annotated[str | None, typer.Option(help=messages.CLI_EFFECTIVE)] = None,
    repealed_date: Annotated[str | None, typer.Option(help=messages.CLI_REPEALED)] = None,
    document_number: Annotated[str | None, typer.Option(help=messages.CLI_NUMBER)] = None,
    issuer: Annotated[str | None, typer.Option(help=messages.CLI_ISSUER)] = None,
) -> None:
    """Correct by hand what a text does not say, or what was not recognised in it."""
    given = {
        "effective_date": day(effective_date),
        "repealed_date": day(repealed_date),
        "document_number": document_number,
        "issuer": issuer,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        fail(messages.NOTHING_TO_AMEND, 2)

    def change(parts: Components, held: Holding) -> None:
        parts.desk.holdings.amend(_HERE, document_id, version=held.version, changes=changes)

    _change(document_id, change)
    say(messages.amended(document_id))


def _change(document_id: str, change: Callable[[Components, Holding], None]) -> None:
    parts = components()
    try:
        change(parts, parts.desk.holdings.get(document_id))
    except NotFoundError:
        fail(messages.no_such_document(document_id), 2)
    except QueryError as error:
        fail(str(error), 2)
    _go_live(parts)


def _go_live(parts: Components) -> None:
    parts.desk.shelf.sweep(parts.indexes.ensure(progress))


@app.command(help=messages.CLI_CHECK)
def check(
    folder: Annotated[Path, typer.Option(help=messages.CLI_CHECK_FOLDER)] = DOCUMENTS_DIR,
    facts: Annotated[Path | None, typer.Option(help=messages.CLI_CHECK_FACTS)] = None,
    table: Annotated[bool, typer.Option("--table", help=messages.CLI_CHECK_TABLE)] = False,
) -> None:
    """Check the shipped corpus and what the desk took in; errors fail, warnings are shown."""
    if table:
        say(topic_table(shipped_documents(folder)))
        return
    today = dt.date.today()  # noqa: DTZ011 - review dates are in days
    findings = check_corpus(folder, today=today, facts=facts) + check_library(_own_texts(), today=today)
    for finding in findings:
        say(messages.finding(finding))
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    say(messages.check_total(errors, len(findings) - errors))
    if errors:
        raise typer.Exit(EXIT_FINDINGS)


def _own_texts() -> list[Document]:
    given = settings()
    if not given.data_dir.exists():
        return []
    database, library = wiring.open_library(given)
    texts = [entry.document for entry in library.list()]
    database.close()
    return texts
