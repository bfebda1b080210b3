"""Documents changed at the desk, the library's and the shipped ones: each change with its line in the audit, no lost
update.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.diff import DocumentDiff, compare
from assistant.desk.shipped import ShippedText, ShippedTexts, amended
from assistant.errors import NotFoundError, QueryError, StaleVersionError
from corpus.database import Database
from corpus.errors import AmendmentError, DocumentNotFoundError
from corpus.library import Library
from corpus.records import Document
from corpus.stored import Version
from corpus.tables import DocumentRow


@dataclass(frozen=True, slots=True)
class Holding:
    """A document as it stands, without passages; ``version`` changes with whatever changes about it.

    ``number`` counts the library's versions from 1; a shipped text is number 0 and has no file and no day of its own.
    """

    document: Document
    number: int
    file_name: str
    passage_count: int
    added_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    version: int
    shipped: bool = False


class Holdings:
    """Looks at and changes documents. The index must be brought up to date after a change."""

    def __init__(self, *, database: Database, library: Library, shipped: ShippedTexts, audit: Audit) -> None:
        self._database = database
        self._library = library
        self._shipped = shipped
        self._audit = audit

    def list(self) -> list[Holding]:
        """Return all documents: the library's, those in use first, then the shipped ones, sorted by title."""
        shipped = sorted(map(_shipped, self._shipped.list()), key=lambda each: each.document.title)
        return [*self._own(), *shipped]

    def _own(self) -> Iterator[Holding]:
        with self._database.reading() as session:
            versions = {row.document_id: _version(row) for row in session.scalars(select(DocumentRow))}
        return (
            Holding(
                entry.document, entry.number, entry.file_name, entry.passage_count, entry.added_at,
                entry.withdrawn_at, versions[entry.document.document_id],
            )
            for entry in (*self._library.list(), *self._library.list(withdrawn=True))
            if entry.document.document_id in versions
        )  # fmt: skip

    def get(self, document_id: str) -> Holding:
        """Return a document.

        :raises NotFoundError: when there is none of that id.
        """
        found = next((each for each in self.list() if each.document.document_id == document_id), None)
        if found is None:
            raise NotFoundError(f"found no document {document_id[:80]}")
        return found

    def text(self, document_id: str, *, number: int | None = None) -> Document:
        """Return a document with its passages as it stands, or an earlier version; number 0 is the shipped text.

        :raises NotFoundError: when there is no such document or version.
        """
        if number == 0 or (number is None and self.get(document_id).shipped):
            return self._shipped.get(document_id).document
        try:
            return self._library.get(document_id, number=number)
        except DocumentNotFoundError as error:
            raise NotFoundError(str(error)) from error

    def versions(self, document_id: str) -> tuple[Version, ...]:
        """Return every version that the library has, newest first; none of a shipped text. Raises as :meth:`get` does."""
        if self.get(document_id).shipped:
            return ()
        return self._library.versions(document_id)

    def diff(self, document_id: str, *, old: int, new: int) -> DocumentDiff:
        """Return what changed from one version to another; raises as :meth:`text` does."""
        return compare(self.text(document_id, number=old), self.text(document_id, number=new))

    def newest_changes(self, document_id: str) -> DocumentDiff | None:
        """Return what the newest version changed, None where there was nothing before it."""
        held = self.get(document_id)
        if held.number > 1 or (held.number == 1 and self._shipped.original(document_id) is not None):
            return self.diff(document_id, old=held.number - 1, new=held.number)
        return None

    def changes_of(self, document: Document) -> DocumentDiff | None:
        """Return what would change if ``document`` took the place of the one of its id, None where there is none."""
        try:
            return compare(self.text(document.document_id), document)
        except NotFoundError:
            return None

    def amended(self, document_id: str, changes: dict[str, Any]) -> Document:
        """Return a document as :meth:`amend` would make it, which is not stored; raises as :meth:`amend` does."""
        try:
            return amended(self.text(document_id), changes)
        except AmendmentError as error:
            raise QueryError(messages.wrong_amendment(str(error))) from error

    def withdraw(self, actor: Actor, document_id: str, *, version: int) -> Holding:
        """Answer from a document no longer.

        :raises ForbiddenError: for less than an editor.
        :raises StaleVersionError: when somebody else changed the document since.
        """
        if self.get(document_id).shipped:
            self._shipped.withdraw(actor, document_id, version=version)
        else:
            self._library.withdraw(document_id, also=self._trace(actor, "withdraw", document_id, version))
        return self.get(document_id)

    def restore(self, actor: Actor, document_id: str, *, version: int) -> Holding:
        """Answer from a withdrawn document again; raises as :meth:`withdraw` does."""
        if self.get(document_id).shipped:
            self._shipped.restore(actor, document_id, version=version)
        else:
            self._library.restore(document_id, also=self._trace(actor, "restore", document_id, version))
        return self.get(document_id)

    def amend(self, actor: Actor, document_id: str, *, version: int, changes: dict[str, Any]) -> Holding:
        """Correct fields by hand, for this and later versions; ``replaced_by`` and ``repealed_date`` supersede it.

        :raises QueryError: for a field that may not be amended, a wrong value, or dates out of order.
        """
        shipped = self.get(document_id).shipped
        try:
            if shipped:
                self._shipped.amend(actor, document_id, version=version, changes=changes)
            else:
                trace = self._trace(actor, "amend", document_id, version, fields=",".join(sorted(changes)))
                self._library.amend(document_id, also=trace, **changes)
        except AmendmentError as error:
            raise QueryError(messages.wrong_amendment(str(error))) from error
        return self.get(document_id)

    def _trace(
        self, actor: Actor, deed: str, document_id: str, version: int, **details: str
    ) -> Callable[[Session], None]:
        actor.require(Role.EDITOR)

        def check_and_note(session: Session) -> None:
            row = session.get(DocumentRow, document_id)
            if row is not None and _version(row) != version:
                raise StaleVersionError(found=version, wanted=_version(row))
            self._audit.append(session, actor, f"document.{deed}", ("document", document_id), **details)

        return check_and_note


def _shipped(text: ShippedText) -> Holding:
    document = replace(text.document, passages=())
    count = len(text.document.passages)
    return Holding(document, 0, "", count, None, text.withdrawn_at, text.version, shipped=True)


def _version(row: DocumentRow) -> int:
    state = [row.current_number, row.amendments, row.withdrawn_at.isoformat() if row.withdrawn_at else None]
    return int(hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:8], 16)
