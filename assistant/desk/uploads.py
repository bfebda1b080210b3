"""Files on their way into the library: read at once, looked at by a person, confirmed or put away.

The file lies in the data folder before its row is written, and the row goes in the transaction that adds the document:
stopped at any moment, an upload waits whole, is in the library whole, or is a file that the next upload removes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.file_names import safe_name
from assistant.desk.rehearsal import Rehearsal
from assistant.desk.tables import UploadRow
from assistant.errors import ConflictError, NotFoundError, QueryError, StaleVersionError
from corpus.database import Database
from corpus.errors import CorpusError
from corpus.library import Addition, Library
from corpus.reading import READER_VERSION, read_document
from corpus.records import Confidence, Document
from corpus.stored import dump, load_header, load_passages

_REHEARSALS = TypeAdapter(Rehearsal)


class UploadState(StrEnum):
    """Where an upload stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was read; ``document`` is what would go live, ``rehearsal`` what it would change."""

    upload_id: str
    state: UploadState
    file_name: str
    document: Document
    warnings: tuple[str, ...]
    rehearsal: Rehearsal | None
    uploaded_by: str
    created_at: dt.datetime
    version: int


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Uploads:
    """Takes files in.

    :param folder: where files wait; made when it is missing.
    :param shipped_ids: ids of the texts that come with the product, whose place an upload takes.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: Audit,
        library: Library,
        folder: Path,
        shipped_ids: Callable[[], Collection[str]],
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._library = library
        self._folder = folder
        self._shipped_ids = shipped_ids
        self._now = now

    def take(self, actor: Actor, data: bytes, file_name: str) -> Upload:
        """Read a file and keep it until it is confirmed or put away.

        :param file_name: as the sender calls it; only its last part counts.
        :raises QueryError: when it cannot be taken in, with the reason.
        """
        actor.require(Role.EDITOR)
        name = safe_name(file_name)
        try:
            document = read_document(data, name)
        except CorpusError as error:
            raise QueryError(messages.unreadable(type(error).__name__)) from error
        header, passages = dump(document)
        row = UploadRow(
            upload_id=secrets.token_hex(8), state=UploadState.WAITING.value, file_name=name,
            sha256=hashlib.sha256(data).hexdigest(), document_id=document.document_id,
            document=json.dumps({"header": header, "passages": passages, "sha256": document.sha256}),
            warnings=list(self._warnings(document, data)), uploaded_by=actor.account_id, created_at=self._now(),
            version=1,
        )  # fmt: skip
        self._write(row.upload_id, data)
        with self._database.writing() as session:
            session.add(row)
            self._audit.append(session, actor, "upload.take", ("upload", row.upload_id), sha256=row.sha256)
        self._remove_orphans()
        return _upload(row)

    def get(self, upload_id: str) -> Upload:
        """Return an upload.

        :raises NotFoundError: when there is none of that id.
        """
        with self._database.reading() as session:
            return _upload(_existing(session, upload_id))

    def waiting(self) -> list[Upload]:
        """Return what waits to be confirmed, oldest first."""
        query = select(UploadRow).where(UploadRow.state == UploadState.WAITING.value).order_by(UploadRow.created_at)
        with self._database.reading() as session:
            return [_upload(row) for row in session.scalars(query)]

    def rehearsed(self, actor: Actor, upload_id: str, rehearsal: Rehearsal) -> Upload:
        """Keep what a rehearsal found; only then may the upload be confirmed."""
        with self._database.writing() as session:
            row = _waiting(session, upload_id)
            row.rehearsal = json.dumps(asdict(rehearsal), ensure_ascii=False)
            row.version += 1
            record = ("upload", upload_id)
            self._audit.append(session, actor, "upload.rehearse", record, changed=len(rehearsal.changed))
            return _upload(row)

    def confirm(self, actor: Actor, upload_id: str, *, version: int) -> Addition:
        """Add the document to the library; the index must be brought up to date after it.

        :raises StaleVersionError: when somebody else changed the upload since.
        :raises ConflictError: when it no longer waits or was not rehearsed.
        """
        actor.require(Role.EDITOR)
        seen = self.get(upload_id)
        path = self._path(upload_id)
        original = path.read_bytes() if path.exists() else None

        def close(session: Session) -> None:
            row = _waiting(session, upload_id)
            if row.version != version:
                raise StaleVersionError(found=version, wanted=row.version)
            if row.rehearsal is None:
                raise ConflictError(messages.NOT_REHEARSED)
            self._close(session, actor, row, UploadState.CONFIRMED)

        addition = self._library.add(
            seen.document, original=original, file_name=seen.file_name, reader_version=READER_VERSION, also=close
        )
        path.unlink(missing_ok=True)
        return addition

    def discard(self, actor: Actor, upload_id: str, *, version: int) -> None:
        """Put an upload away."""
        actor.require(Role.EDITOR)
        with self._database.writing() as session:
            row = _waiting(session, upload_id)
            if row.version != version:
                raise StaleVersionError(found=version, wanted=row.version)
            self._close(session, actor, row, UploadState.DISCARDED)
        self._path(upload_id).unlink(missing_ok=True)

    def _close(self, session: Session, actor: Actor, row: UploadRow, state: UploadState) -> None:
        row.state, row.rehearsal, row.document = state.value, None, _without_passages(row.document)
        row.version += 1
        record = ("upload", row.upload_id)
        self._audit.append(session, actor, f"upload.{state}", record, document=row.document_id)

    def _warnings(self, document: Document, data: bytes) -> tuple[str, ...]:
        known = {entry.document.document_id for entry in self._library.list()}
        checks = (
            (document.issuer is None, messages.NO_ISSUER),
            (document.document_number is None, messages.NO_NUMBER),
            (document.effective_date is None and document.published_date is None, messages.NO_DATES),
            (document.confidence is not Confidence.VERIFIED, messages.READ_BY_OCR),
            (len(document.passages) < 2, messages.FEW_PASSAGES),
            (document.document_id in known, messages.NEW_VERSION),
            (document.document_id in self._shipped_ids(), messages.DOCUMENT_IS_SHIPPED),
            (self._library.holds(hashlib.sha256(data).hexdigest(), reader_version=READER_VERSION) is not None,
             messages.SAME_FILE),
        )  # fmt: skip
        return tuple(sentence for applies, sentence in checks if applies)

    def _path(self, upload_id: str) -> Path:
        return self._folder / f"{upload_id}.bin"

    def _write(self, upload_id: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f".{upload_id}.part"
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path(upload_id))

    def _remove_orphans(self) -> None:
        """Remove files of uploads that were stopped before or after their row; an hour is more than any takes."""
        waiting = {upload.upload_id for upload in self.waiting()}
        for path in self._folder.iterdir():
            old = self._now().timestamp() - path.stat().st_mtime > 3600
            if path.is_file() and old and path.stem not in waiting:
                path.unlink(missing_ok=True)


def _existing(session: Session, upload_id: str) -> UploadRow:
    row = session.get(UploadRow, upload_id)
    if row is None:
        raise NotFoundError(f"found no upload {upload_id[:40]}")
    return row


def _waiting(session: Session, upload_id: str) -> UploadRow:
    row = _existing(session, upload_id)
    if row.state != UploadState.WAITING.value:
        raise ConflictError(f"found an upload that is {row.state}, wanted one that waits")
    return row


def _without_passages(document: str) -> str:
    return json.dumps({**json.loads(document), "passages": "[]"})


def _upload(row: UploadRow) -> Upload:
    stored = json.loads(row.document)
    header = load_header(stored["header"], {}, stored["sha256"])
    return Upload(
        upload_id=row.upload_id, state=UploadState(row.state), file_name=row.file_name,
        document=replace(header, passages=load_passages(stored["passages"])), warnings=tuple(row.warnings),
        rehearsal=_REHEARSALS.validate_json(row.rehearsal) if row.rehearsal else None, uploaded_by=row.uploaded_by,
        created_at=row.created_at, version=row.version,
    )  # fmt: skip
