"""The command line: ``python -m assistant COMMAND``. Errors are one sentence, the exit code says which kind."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from assistant import cli_corpus, cli_messages, messages, wiring
from assistant.cli_support import EXIT_USAGE, components, day, dump, progress, say, settings
from assistant.desk.commands import accounts_app, audit_app
from assistant.errors import AssistantError, IndexNotReadyError, QueryError
from assistant.keys_commands import keys_app
from assistant.presentation import reply_as_text, turn_as_dict
from assistant.replies import Channel
from corpus.errors import CorpusError
from index.errors import IndexError_

app = typer.Typer(
    help=cli_messages.CLI_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
evaluate_app = typer.Typer(help=cli_messages.CLI_EVALUATE, no_args_is_help=True)
app.add_typer(evaluate_app, name="evaluate")

EXIT_NOT_READY, EXIT_CORPUS = 3, 4
AsJson = Annotated[bool, typer.Option("--json", help=cli_messages.CLI_JSON)]


app.registered_commands += cli_corpus.app.registered_commands
app.add_typer(accounts_app(components), name="accounts")
app.add_typer(audit_app(components), name="audit")
app.add_typer(keys_app(components), name="keys")


@app.command(help=cli_messages.CLI_ASK)
def ask(query: str, as_of: str | None = None, session_id: str | None = None, as_json: AsJson = False) -> None:
    """Answer one question."""
    asked = day(as_of)
    _parts, assistant = wiring.ready(settings(), progress)
    turn = assistant.ask(query, session_id=session_id, as_of=asked, channel=Channel.DESK)
    if as_json:
        dump(turn_as_dict(turn))
    else:
        say(reply_as_text(turn.reply))


@app.command(help=cli_messages.CLI_SEARCH)
def search(query: str, top_k: int = 10, as_of: str | None = None) -> None:
    """Show what retrieval alone finds."""
    asked = day(as_of)
    _parts, assistant = wiring.ready(settings(), progress)
    result = assistant.search(query, top_k=top_k, as_of=asked)
    say(f"p={result.probability:.2f}")
    for hit in result.hits:
        say(
            f"{hit.rank:2} {hit.score:.3f} {hit.passage.passage_id}  {hit.passage.locator}  [{hit.matched_question or ''}]"
        )


@app.command(help=cli_messages.CLI_INDEX)
def index(force: bool = False) -> None:
    """Build the index where it is missing or out of date."""
    parts = components()
    opened = parts.indexes.build(progress) if force else parts.indexes.ensure(progress)
    passages = sum(len(opened.passages_of(document_id)) for document_id in opened.documents)
    say(messages.index_built(len(opened.documents), passages))


@app.command(help=cli_messages.CLI_DOCUMENTS)
def documents(as_json: AsJson = False) -> None:
    """List the documents that answers may come from."""
    parts = components()
    opened = parts.indexes.ensure(progress)
    today = dt.date.today()  # noqa: DTZ011 - a list for the person at this machine
    rows = [
        {
            "document_id": document.document_id,
            "kind": document.kind.value,
            "title": document.title,
            "status": document.status(today).value,
            "passages": len(opened.passages_of(document.document_id)),
        }
        for document in sorted(opened.documents.values(), key=lambda each: (each.kind, each.document_id))
    ]
    if as_json:
        dump(rows)
        return
    for row in rows:
        say(f"{row['kind']:8} {row['status']:9} {row['passages']:4}  {row['document_id']}  {row['title']}")


@app.command(help=cli_messages.CLI_SERVE)
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Build what is missing, then serve the page and the API on one port."""
    # Imported here: the arrows go from web to assistant, and only this command needs a server.
    from importlib import import_module

    import_module("web.server").serve(settings(), host=host, port=port, progress=progress)


@evaluate_app.command("answers", help=cli_messages.CLI_EVALUATE_ANSWERS)
def evaluate_answers(questions: Path, report: Path | None = None, as_json: AsJson = False) -> None:
    """Judge the assistant, in process, on a question file."""
    from assistant.evaluation import evaluate, read_questions

    asked = read_questions(questions)
    with tempfile.TemporaryDirectory() as folder:
        # A database of its own: a test run is nobody's visit and opens no ticket.
        database_url = f"sqlite:///{Path(folder) / 'evaluation.db'}"
        parts, assistant = wiring.ready(settings().model_copy(update={"database_url": database_url}), progress)
        outcome = evaluate(assistant, asked)
        parts.database.close()
    if report is not None:
        from assistant.evaluation_report import write_report

        write_report(outcome, report)
    if as_json:
        dump(outcome.as_dict())
    else:
        say(outcome.as_text())


@evaluate_app.command("retrieval", help=cli_messages.CLI_EVALUATE_RETRIEVAL)
def evaluate_retrieval(corpus: Path, queries: Path, as_json: AsJson = False) -> None:
    """Measure the product's retriever on a benchmark-format corpus."""
    from index.evaluation import evaluate_retrieval as measure

    outcome = measure(corpus, queries)
    if as_json:
        dump(outcome)
    else:
        for name, value in outcome.items():
            say(f"{name:14} {value}")


def main() -> None:
    """Run the command line; every expected error is one sentence and an exit code."""
    try:
        app()
    except QueryError as error:
        sys.stderr.write(f"{messages.ERROR_PREFIX}{error}\n")
        sys.exit(EXIT_USAGE)
    except (IndexNotReadyError, IndexError_) as error:
        sys.stderr.write(f"{messages.ERROR_PREFIX}{messages.INDEX_NOT_READY} ({error})\n")
        sys.exit(EXIT_NOT_READY)
    except CorpusError as error:
        sys.stderr.write(f"{messages.ERROR_PREFIX}{messages.CORPUS_BROKEN} ({error})\n")
        sys.exit(EXIT_CORPUS)
    except AssistantError as error:
        sys.stderr.write(f"{messages.ERROR_PREFIX}{error}\n")
        sys.exit(1)
