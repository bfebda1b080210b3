"""Changes of documents on their way to visitors: rehearse, confirm, bring the index up to date."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Any, assert_never

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.rehearsal import LOOKS_BACK, MAX_QUESTIONS, Rehearsal, Unrecorded, recent_questions, rehearse
from assistant.desk.uploads import Upload
from assistant.errors import ConflictError
from assistant.evaluation import read_questions
from assistant.indexes import Indexes
from assistant.service import Assistant
from assistant.wiring import Components
from corpus.library import Addition
from corpus.records import Document
from index.errors import IndexBusyError

OWN_QUESTIONS = 2
"""So many of each passage's own questions are asked besides: a new text has not been asked for yet."""


class Deed(StrEnum):
    """What may be done with a document that is there."""

    WITHDRAW = "withdraw"
    RESTORE = "restore"
    AMEND = "amend"


def rehearse_upload(parts: Components, actor: Actor, upload_id: str) -> Upload:
    """Ask known questions with and without an upload, and keep what would change.

    :raises NotFoundError: for an unknown upload.
    :raises ForbiddenError: for less than an editor.
    """
    actor.require(Role.EDITOR)
    document = parts.desk.uploads.get(upload_id).document
    return parts.desk.uploads.rehearsed(actor, upload_id, _rehearsal(parts, document.document_id, document))


def rehearse_deed(
    parts: Components, actor: Actor, deed: Deed, document_id: str, changes: dict[str, Any] | None = None
) -> Rehearsal:
    """Ask known questions with a document as it is and as it would be; nothing is stored, for visitors asked them.

    :param changes: the fields of an amendment.
    :raises NotFoundError: for an unknown document.
    :raises QueryError: for an amendment that cannot be.
    :raises ForbiddenError: for less than an editor.
    """
    actor.require(Role.EDITOR)
    holdings = parts.desk.holdings
    match deed:
        case Deed.WITHDRAW:
            holdings.get(document_id)
            return _rehearsal(parts, document_id, None)
        case Deed.RESTORE:
            return _rehearsal(parts, document_id, holdings.text(document_id))
        case Deed.AMEND:
            return _rehearsal(parts, document_id, holdings.amended(document_id, changes or {}))
        case _:
            assert_never(deed)


def _rehearsal(parts: Components, document_id: str, document: Document | None) -> Rehearsal:
    """Ask the golden questions, those of the last 30 days and the document's own of the corpus before and after.

    Without a file of golden questions, one known question of each text serves.
    """
    golden = parts.settings.golden_questions
    questions = [question.turns[-1] for question in read_questions(golden)] if golden else _one_of_each(parts)
    questions += recent_questions(parts.database, since=dt.datetime.now(dt.UTC) - LOOKS_BACK)
    passages = document.passages if document is not None else parts.indexes.current().passages_of(document_id)
    questions += [question for passage in passages for question in passage.questions[:OWN_QUESTIONS]]
    with _candidate(parts, document_id, document) as candidate:
        return rehearse(silent(parts, parts.indexes), silent(parts, candidate), tuple(dict.fromkeys(questions)))


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


def _one_of_each(parts: Components) -> list[str]:
    """Return a known question of each text that has some."""
    index = parts.indexes.current()
    each = (next((p.questions[0] for p in index.passages_of(name) if p.questions), None) for name in index.documents)
    return [question for question in each if question is not None][:MAX_QUESTIONS]


@contextmanager
def _candidate(parts: Components, document_id: str, document: Document | None) -> Iterator[Indexes]:
    """Yield an index as it would be with ``document`` for the one of that id, in a passing folder that is removed."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as passing:
        candidate = parts.indexes.candidate(passing, document_id, document)
        index = candidate.ensure()
        try:
            yield candidate
        finally:
            index.close()


def silent(parts: Components, indexes: Indexes) -> Assistant:
    """Return the assistant over ``indexes`` that writes by itself and records nothing."""
    settings = parts.settings.model_copy(update={"chat_model": None})
    unrecorded = Unrecorded(database=parts.database, expiry=dt.timedelta(hours=1))
    return replace(parts, settings=settings, indexes=indexes, conversations=unrecorded).assistant()
