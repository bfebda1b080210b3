"""Documents of the library, changed at the desk: each change with its line in the audit, and no lost update."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.diff import DocumentDiff, compare
from assistant.errors import NotFoundError, QueryError, StaleVersionError
from corpus.database import Database
from corpus.errors import AmendmentError, DocumentNotFoundError
from corpus.library import Library
from corpus.records import Document
from corpus.stored import Version
from corpus.tables import DocumentRow


@dataclass(frozen=True, slots=True)
class Holding:
    """A document of the library as it stands, without passages; ``version`` changes with whatever changes about it."""

    document: Document
    number: int
    file_name: str
    passage_count: int
    added_at: dt.datetime
    withdrawn_at: dt.datetime | None
    version: int


class Holdings:
    """Looks at and changes the library's documents. The index must be brought up to date after a change."""

    def __init__(self, *, database: Database, library: Library, audit: Audit) -> None:
        self._database = database
        self._library = library
        self._audit = audit

    def list(self) -> list[Holding]:
        """Return all documents, those in use first."""
        with self._database.reading() as session:
            versions = {row.document_id: _version(row) for row in session.scalars(select(DocumentRow))}
        return [
            Holding(
                entry.document, entry.number, entry.file_name, entry.passage_count, entry.added_at,
                entry.withdrawn_at, versions[entry.document.document_id],
            )
            for entry in (*self._library.list(), *self._library.list(withdrawn=True))
            if entry.document.document_id in versions
        ]  # fmt: skip

    def get(self, document_id: str) -> Holding:
        """Return a document.

        :raises NotFoundError: when the library has none of that id.
        """
        found = next((each for each in self.list() if each.document.document_id == document_id), None)
        if found is None:
            raise NotFoundError(f"found no document {document_id[:80]} in the library")
        return found

    def versions(self, document_id: str) -> tuple[Version, ...]:
        """Return every version, newest first; raises as :meth:`get` does."""
        try:
            return self._library.versions(document_id)
        except DocumentNotFoundError as error:
            raise NotFoundError(str(error)) from error

    def diff(self, document_id: str, *, old: int, new: int) -> DocumentDiff:
        """Return what changed from one version to another; raises as :meth:`get` does."""
        try:
            return compare(self._library.get(document_id, number=old), self._library.get(document_id, number=new))
        except DocumentNotFoundError as error:
            raise NotFoundError(str(error)) from error

    def withdraw(self, actor: Actor, document_id: str, *, version: int) -> Holding:
        """Answer from a document no longer.

        :raises ForbiddenError: for less than an editor.
        :raises StaleVersionError: when somebody else changed the document since.
        """
        self.get(document_id)
        self._library.withdraw(document_id, also=self._trace(actor, "withdraw", document_id, version))
        return self.get(document_id)

    def restore(self, actor: Actor, document_id: str, *, version: int) -> Holding:
        """Answer from a withdrawn document again; raises as :meth:`withdraw` does."""
        self.get(document_id)
        self._library.restore(document_id, also=self._trace(actor, "restore", document_id, version))
        return self.get(document_id)

    def amend(self, actor: Actor, document_id: str, *, version: int, changes: dict[str, Any]) -> Holding:
        """Correct fields by hand, for this and later versions; ``replaced_by`` and ``repealed_date`` supersede it.

        :raises QueryError: for a field that may not be amended, a wrong value, or dates out of order.
        """
        self.get(document_id)
        trace = self._trace(actor, "amend", document_id, version, fields=",".join(sorted(changes)))
        try:
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


def _version(row: DocumentRow) -> int:
    state = [row.current_number, row.amendments, row.withdrawn_at.isoformat() if row.withdrawn_at else None]
    return int(hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:8], 16)
