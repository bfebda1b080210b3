"""The library: documents and their versions in the database, their original files beside it.

A file is complete on disk before the transaction that names it commits: a crash leaves a document whole or absent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from corpus.database import Database
from corpus.errors import DocumentNotFoundError
from corpus.held import Held, digest
from corpus.originals import Originals
from corpus.records import Document
from corpus.stored import Entry, Version, checked_amendments, dump, load_header, load_passages
from corpus.succession import with_succession
from corpus.tables import DocumentRow, VersionRow

_IS_CURRENT = and_(VersionRow.document_id == DocumentRow.document_id, VersionRow.number == DocumentRow.current_number)


Also = Callable[[Session], None]
"""What happens in the transaction of a change besides the change."""


def _nothing_else(_session: Session) -> None:
    """Do nothing."""


class Addition(StrEnum):
    """What adding a document did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Library:
    """Documents that the assistant may quote."""

    def __init__(self, *, database: Database, files_dir: Path) -> None:
        """Use an upgraded database (:func:`corpus.database.upgrade`) and a folder for original files."""
        self._database = database
        self._originals = Originals(files_dir)

    def add(
        self,
        document: Document,
        *,
        original: bytes | None = None,
        file_name: str = "",
        reader_version: int = 0,
        also: Also = _nothing_else,
    ) -> Addition:
        """Take in a document, or a new version of one that is here; a withdrawn document stays withdrawn.

        :param original: the file it was read from; kept.
        :param reader_version: which readers read it, see :meth:`holds`.
        :param also: what else must happen in the same transaction, before; what it raises undoes everything.
        :returns: UNCHANGED when the text and its header equal the current version.
        """
        header, passages = dump(document)
        new = VersionRow(
            document_id=document.document_id,
            sha256=document.sha256,
            reader_version=reader_version,
            file_name=file_name,
            original=self._originals.keep(original, Path(file_name).suffix) if original is not None else None,
            added_at=dt.datetime.now(dt.UTC),
            passage_count=len(document.passages),
            header=header,
            passages=passages,
        )
        with self._database.writing() as session:
            also(session)
            return _put(session, new)

    def holds(self, sha256: str, *, reader_version: int = 0) -> str | None:
        """Return the id of the document whose current version was read from this content by these readers."""
        query = (
            select(VersionRow.document_id)
            .join(DocumentRow, _IS_CURRENT)
            .where(VersionRow.sha256 == sha256, VersionRow.reader_version == reader_version)
        )
        with self._database.reading() as session:
            return session.scalars(query).first()

    def withdraw(self, document_id: str, *, also: Also = _nothing_else) -> None:
        """Take a document out of use; its versions stay."""
        self._set_withdrawn(document_id, dt.datetime.now(dt.UTC), also)

    def restore(self, document_id: str, *, also: Also = _nothing_else) -> None:
        """Put a withdrawn document back into use."""
        self._set_withdrawn(document_id, None, also)

    def _set_withdrawn(self, document_id: str, moment: dt.datetime | None, also: Also) -> None:
        with self._database.writing() as session:
            also(session)
            _row(session, document_id).withdrawn_at = moment

    def amend(self, document_id: str, /, *, also: Also = _nothing_else, **changes: Any) -> None:
        """Correct fields by hand, for this and later versions: ``amend(id, effective_date=date(2019, 11, 1))``.

        :raises AmendmentError: for a field outside :data:`corpus.stored.AMENDABLE`, a wrong value, or dates out of order.
        """
        with self._database.writing() as session:
            also(session)
            row = _row(session, document_id)
            version = session.get_one(VersionRow, (document_id, row.current_number))
            row.amendments = checked_amendments(version.header, {**row.amendments, **changes})

    def list(self, *, withdrawn: bool = False) -> list[Entry]:
        """Return the documents in use, or the withdrawn ones, sorted by id."""
        with self._database.reading() as session:
            return _entries(session, withdrawn=withdrawn)

    def get(self, document_id: str, *, number: int | None = None) -> Document:
        """Return a document with its passages: the current version as amended, or an earlier one as it was read.

        :raises DocumentNotFoundError: when there is no such document or version.
        """
        with self._database.reading() as session:
            row = _row(session, document_id)
            version = session.get(VersionRow, (document_id, number or row.current_number))
            if version is None:
                raise DocumentNotFoundError(f"{document_id} has {row.current_number} versions, found no {number}")
            if version.number == row.current_number:
                entries = _entries(session, withdrawn=row.withdrawn_at is not None)
                header = next(entry.document for entry in entries if entry.document.document_id == document_id)
            else:
                header = load_header(version.header, {}, version.sha256)
            return replace(header, passages=load_passages(version.passages))

    def versions(self, document_id: str) -> tuple[Version, ...]:
        """Return every version of a document, newest first."""
        query = select(VersionRow).where(VersionRow.document_id == document_id).order_by(VersionRow.number.desc())
        with self._database.reading() as session:
            current = _row(session, document_id).current_number
            return tuple(
                Version(row.number, row.sha256, row.file_name, row.passage_count, row.added_at, row.number == current)
                for row in session.scalars(query)
            )

    def original(self, document_id: str) -> Path:
        """Return the path of the file that the current version was read from.

        :raises DocumentNotFoundError: when the document is unknown or was added without a file.
        """
        with self._database.reading() as session:
            row = _row(session, document_id)
            stored = session.get_one(VersionRow, (document_id, row.current_number)).original
        if stored is None:
            raise DocumentNotFoundError(f"{document_id} was added without a file")
        return self._originals.path(stored)

    def documents_in_library(self) -> Iterator[Document]:
        """Yield every document in use with its passages, all from one state of the database, sorted by id."""
        with self._database.reading() as session:
            for header, _, passages in _in_use(session):
                yield replace(header, passages=load_passages(passages))

    def held(self) -> Iterator[Held]:
        """Yield what :meth:`documents_in_library` does without reading the passages, which takes most of the time."""
        with self._database.reading() as session:
            for header, number, passages in _in_use(session):
                written = digest(header.sha256, dump(header)[0], passages)
                yield Held(header.document_id, written, partial(self._read, header, number))

    def _read(self, header: Document, number: int) -> Document:
        """Return the document with the passages of a version; those of a version never change."""
        with self._database.reading() as session:
            passages = session.get_one(VersionRow, (header.document_id, number)).passages
        return replace(header, passages=load_passages(passages))


def _in_use(session: Session) -> Iterator[tuple[Document, int, str]]:
    """Yield header, version and passages (JSON) of every document in use, sorted by id."""
    query = (
        select(VersionRow.document_id, VersionRow.number, VersionRow.passages)
        .join(DocumentRow, _IS_CURRENT)
        .where(DocumentRow.withdrawn_at.is_(None))
        .order_by(VersionRow.document_id)
        .execution_options(yield_per=50)
    )
    headers = {entry.document.document_id: entry.document for entry in _entries(session, withdrawn=False)}
    for document_id, number, passages in session.execute(query):
        yield headers[document_id], number, passages


def _put(session: Session, new: VersionRow) -> Addition:
    row = session.get(DocumentRow, new.document_id)
    if row is None:
        session.add(DocumentRow(document_id=new.document_id, current_number=1, amendments={}))
        session.flush()
        new.number = 1
        session.add(new)
        return Addition.ADDED
    current = session.get_one(VersionRow, (new.document_id, row.current_number))
    if (current.header, current.passages) == (new.header, new.passages):
        current.sha256, current.reader_version = new.sha256, new.reader_version
        current.original = new.original or current.original
        return Addition.UNCHANGED
    new.number = row.current_number = row.current_number + 1
    session.add(new)
    return Addition.UPDATED


def _entries(session: Session, *, withdrawn: bool) -> list[Entry]:
    state = DocumentRow.withdrawn_at.is_not(None) if withdrawn else DocumentRow.withdrawn_at.is_(None)
    columns = (
        VersionRow.header,
        DocumentRow.amendments,
        VersionRow.sha256,
        VersionRow.number,
        VersionRow.file_name,
        VersionRow.passage_count,
        VersionRow.added_at,
        DocumentRow.withdrawn_at,
    )
    query = select(*columns).join(DocumentRow, _IS_CURRENT).where(state).order_by(DocumentRow.document_id)
    rows = session.execute(query).all()
    headers = [load_header(row.header, row.amendments, row.sha256) for row in rows]
    dated = headers if withdrawn else with_succession(headers)
    return [
        Entry(document, row.number, row.file_name, row.passage_count, row.added_at, row.withdrawn_at)
        for row, document in zip(rows, dated, strict=True)
    ]


def _row(session: Session, document_id: str) -> DocumentRow:
    row = session.get(DocumentRow, document_id)
    if row is None:
        raise DocumentNotFoundError(f"found no document {document_id} in the library")
    return row
