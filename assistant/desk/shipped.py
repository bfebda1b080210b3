"""What the desk decided about the texts that come with the product: withdrawn, restored, amended or superseded.

The texts themselves are files of the product and stay as they are; a document that the library holds under the same id
takes the place of the shipped one, withdrawn or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from assistant.desk.actors import Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.tables import ShippedRow
from assistant.errors import NotFoundError, StaleVersionError
from corpus.database import Database
from corpus.records import Document
from corpus.shipped import shipped_documents
from corpus.stored import checked_amendments, dump, load_header
from corpus.tables import DocumentRow


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class ShippedText:
    """A shipped text as it stands; ``version`` counts the desk's changes, 0 when there was none."""

    document: Document
    withdrawn_at: dt.datetime | None = None
    version: int = 0


class ShippedTexts:
    """Looks at and changes the state of shipped texts.

    :param read: gives the texts as they were shipped.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: Audit,
        read: Callable[[], Iterable[Document]] = shipped_documents,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._read = read
        self._now = now

    def list(self) -> list[ShippedText]:
        """Return every text that the library holds no document in place of, as amended."""
        with self._database.reading() as session:
            rows = {row.document_id: row for row in session.scalars(select(ShippedRow))}
            replaced = set(session.scalars(select(DocumentRow.document_id)))
        return [
            _as_decided(document, rows.get(document.document_id))
            for document in self._read()
            if document.document_id not in replaced
        ]

    def documents(self) -> Iterator[Document]:
        """Yield the texts to answer from."""
        return (text.document for text in self.list() if text.withdrawn_at is None)

    def original(self, document_id: str) -> Document | None:
        """Return a text as it was shipped, None when there is none of that id."""
        return next((document for document in self._read() if document.document_id == document_id), None)

    def get(self, document_id: str) -> ShippedText:
        """Return a text, whether or not the library holds one in its place.

        :raises NotFoundError: when none of that id is shipped.
        """
        document = self.original(document_id)
        if document is None:
            raise NotFoundError(f"found no document {document_id[:80]} among the shipped ones")
        with self._database.reading() as session:
            return _as_decided(document, session.get(ShippedRow, document_id))

    def withdraw(self, actor: Actor, document_id: str, *, version: int) -> None:
        """Answer from a text no longer.

        :raises ForbiddenError: for less than an editor.
        :raises NotFoundError: when none of that id is shipped.
        :raises StaleVersionError: when somebody else changed its state since.
        """
        self._change(actor, "withdraw", document_id, version, {"withdrawn_at": self._now()})

    def restore(self, actor: Actor, document_id: str, *, version: int) -> None:
        """Answer from a withdrawn text again; raises as :meth:`withdraw` does."""
        self._change(actor, "restore", document_id, version, {"withdrawn_at": None})

    def amend(self, actor: Actor, document_id: str, *, version: int, changes: dict[str, Any]) -> None:
        """Lay fields over a text, for this and later releases; otherwise raises as :meth:`withdraw` does.

        :raises AmendmentError: for a field that may not be amended, a wrong value, or dates out of order.
        """
        fields = ",".join(sorted(changes))
        self._change(actor, "amend", document_id, version, {"amendments": changes}, fields=fields)

    def _change(
        self, actor: Actor, deed: str, document_id: str, version: int, values: dict[str, Any], **details: str
    ) -> None:
        actor.require(Role.EDITOR)
        document = self.get(document_id).document
        with self._database.writing() as session:
            row = session.get(ShippedRow, document_id) or ShippedRow(
                document_id=document_id, amendments={}, withdrawn_at=None, version=0
            )
            if row.version != version:
                raise StaleVersionError(found=version, wanted=row.version)
            if "amendments" in values:
                amended = {**row.amendments, **values.pop("amendments")}
                row.amendments = checked_amendments(dump(document)[0], amended)
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
            session.add(row)
            self._audit.append(session, actor, f"document.{deed}", ("document", document_id), **details)


def _as_decided(document: Document, row: ShippedRow | None) -> ShippedText:
    if row is None:
        return ShippedText(document)
    return ShippedText(amended(document, row.amendments), row.withdrawn_at, row.version)


def amended(document: Document, amendments: dict[str, Any]) -> Document:
    """Return ``document`` with fields laid over it.

    :raises AmendmentError: for a field that may not be amended, a wrong value, or dates out of order.
    """
    if not amendments:
        return document
    header = dump(document)[0]
    values = checked_amendments(header, amendments)
    return replace(load_header(header, values, document.sha256), passages=document.passages)
