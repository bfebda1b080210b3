"""Commands for the texts: take in a desk's own files, withdraw and restore them, check the shipped corpus."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from assistant import cli_messages as messages
from assistant.cli_support import components, dump, fail, progress, say
from corpus.check import Severity, check_corpus
from corpus.ingest import Outcome, ingest
from corpus.shipped import DOCUMENTS_DIR, shipped_documents
from corpus.summary import topic_table

app = typer.Typer()
EXIT_FINDINGS = 5


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
        parts.indexes.ensure(progress)
    if as_json:
        dump([{"name": f.name, "outcome": f.outcome.value, "document_id": f.document_id, "error": str(f.error or "")}
              for f in report.files])  # fmt: skip
    else:
        for file in report.files:
            if file.outcome is not Outcome.UNCHANGED:
                say(messages.ingested(file.name, file.outcome.value, file.title, file.passages, str(file.error or "")))
        say(messages.ingest_total({outcome.value: report.count(outcome) for outcome in Outcome}))
    if report.count(Outcome.FAILED):
        raise typer.Exit(EXIT_FINDINGS)


@app.command(help=messages.CLI_WITHDRAW)
def withdraw(document_id: str) -> None:
    """Stop answering from a document of the library; its versions are kept."""
    parts = components()
    parts.library.withdraw(document_id)
    parts.indexes.ensure(progress)
    say(messages.withdrawn(document_id))


@app.command(help=messages.CLI_RESTORE)
def restore(document_id: str) -> None:
    """Answer from a withdrawn document again."""
    parts = components()
    parts.library.restore(document_id)
    parts.indexes.ensure(progress)
    say(messages.restored(document_id))


@app.command(help=messages.CLI_CHECK)
def check(folder: Path = DOCUMENTS_DIR, facts: Path | None = None, table: bool = False) -> None:
    """Check the shipped corpus; errors fail, warnings are shown. ``--table`` prints what it holds instead."""
    if table:
        say(topic_table(shipped_documents(folder)))
        return
    findings = check_corpus(folder, today=dt.date.today(), facts=facts)  # noqa: DTZ011 - review dates are in days
    for finding in findings:
        say(f"{finding.severity.value:8} {finding.where}: {finding.message}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    say(messages.check_total(errors, len(findings) - errors))
    if errors:
        raise typer.Exit(EXIT_FINDINGS)
