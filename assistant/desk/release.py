"""From a waiting upload to a document that answers: rehearse, confirm, bring the index up to date."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.rehearsal import LOOKS_BACK, Unrecorded, recent_questions, rehearse
from assistant.desk.uploads import Upload
from assistant.errors import ConflictError
from assistant.evaluation import read_questions
from assistant.indexes import Indexes
from assistant.service import Assistant
from assistant.wiring import Components
from corpus.library import Addition
from corpus.records import Document
from index.errors import IndexBusyError


def rehearse_upload(parts: Components, actor: Actor, upload_id: str) -> Upload:
    """Ask the golden questions and those of the last 30 days with and without an upload, and keep what would change.

    :raises NotFoundError: for an unknown upload.
    :raises ForbiddenError: for less than an editor.
    """
    actor.require(Role.EDITOR)
    upload = parts.desk.uploads.get(upload_id)
    golden = parts.settings.golden_questions
    questions = [question.turns[-1] for question in read_questions(golden)] if golden else []
    questions += recent_questions(parts.database, since=dt.datetime.now(dt.UTC) - LOOKS_BACK)
    with _candidate(parts, upload.document) as candidate:
        found = rehearse(_silent(parts, parts.indexes), _silent(parts, candidate), tuple(dict.fromkeys(questions)))
    return parts.desk.uploads.rehearsed(actor, upload_id, found)


def confirm_upload(parts: Components, actor: Actor, upload_id: str, *, version: int) -> Addition:
    """Add an upload's document to the library and answer from it; raises as :meth:`Uploads.confirm` does."""
    addition = parts.desk.uploads.confirm(actor, upload_id, version=version)
    go_live(parts)
    return addition


def go_live(parts: Components) -> None:
    """Bring the index up to date after a change of the library, and take back curated answers that lost their ground.

    :raises ConflictError: while another process builds the index; the change itself is stored.
    """
    try:
        index = parts.indexes.ensure()
    except IndexBusyError as error:
        raise ConflictError(messages.INDEX_BUSY) from error
    parts.desk.shelf.sweep(index)


@contextmanager
def _candidate(parts: Components, document: Document) -> Iterator[Indexes]:
    """Yield an index as it would be with ``document``, in a passing folder that is removed again."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as passing:
        candidate = parts.indexes.candidate(passing, document)
        index = candidate.build()
        try:
            yield candidate
        finally:
            index.close()


def _silent(parts: Components, indexes: Indexes) -> Assistant:
    """Return the assistant over ``indexes`` that writes by itself and records nothing."""
    settings = parts.settings.model_copy(update={"chat_model": None})
    unrecorded = Unrecorded(database=parts.database, expiry=dt.timedelta(hours=1))
    return replace(parts, settings=settings, indexes=indexes, conversations=unrecorded).assistant()
