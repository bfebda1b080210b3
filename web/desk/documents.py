"""Documents: looked at by everybody at the desk, taken in and changed by editors."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response, UploadFile
from pydantic import BaseModel, ConfigDict

from assistant.desk.diff import DocumentDiff
from assistant.desk.documents import Holding
from assistant.desk.rehearsal import Rehearsal
from assistant.desk.release import Deed, confirm_upload, go_live, rehearse_deed, rehearse_upload
from assistant.desk.uploads import Upload
from corpus.library import Addition
from corpus.readers.base import MIB, Limits
from corpus.stored import Version
from web.deps import StateDep
from web.desk.security import Clerk, Editor, LoginFirst, SeenVersion, etag

router = APIRouter(prefix="/documents", route_class=LoginFirst)
MAX_UPLOAD_BYTES = Limits().max_bytes + MIB


class Amendments(BaseModel):
    """Fields corrected by hand; only those that are given change. ``null`` takes a date away."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    issuer: str | None = None
    document_number: str | None = None
    region: str | None = None
    published_date: dt.date | None = None
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    replaced_by: str | None = None
    review_due: dt.date | None = None


class Change(BaseModel):
    """What would be done with a document; ``changes`` are the fields of an amendment."""

    deed: Deed
    changes: Amendments | None = None


class Confirmation(BaseModel):
    """What confirming an upload did."""

    document_id: str
    addition: Addition


@router.get("")
def documents(_actor: Clerk, state: StateDep) -> list[Holding]:
    """List the library's documents, those in use first, then the texts that come with the product."""
    return state.components.desk.holdings.list()


@router.get("/uploads")
def uploads(_actor: Editor, state: StateDep) -> list[Upload]:
    """List what waits to be confirmed."""
    return state.components.desk.uploads.waiting()


@router.post("/uploads", status_code=201, max_body_size=MAX_UPLOAD_BYTES)
def upload(file: UploadFile, actor: Editor, response: Response, state: StateDep) -> Upload:
    """Read a file and show what would go live; nothing is answered from it before it is confirmed."""
    return _shown(state.components.desk.uploads.take(actor, file.file.read(), file.filename or ""), response)


@router.get("/uploads/{upload_id}")
def waiting_upload(upload_id: str, _actor: Editor, response: Response, state: StateDep) -> Upload:
    """Return an upload with its passages and warnings."""
    return _shown(state.components.desk.uploads.get(upload_id), response)


@router.get("/uploads/{upload_id}/diff")
def upload_diff(upload_id: str, _actor: Editor, state: StateDep) -> DocumentDiff | None:
    """Show what would change in the document whose place the upload takes; ``null`` when it takes none."""
    return state.components.desk.holdings.changes_of(state.components.desk.uploads.get(upload_id).document)


@router.post("/uploads/{upload_id}/rehearsal")
def rehearsal(upload_id: str, actor: Editor, response: Response, state: StateDep) -> Upload:
    """Ask known questions with and without the document and show the replies that would change."""
    return _shown(rehearse_upload(state.components, actor, upload_id), response)


@router.post("/uploads/{upload_id}/confirm")
def confirm(upload_id: str, actor: Editor, version: SeenVersion, state: StateDep) -> Confirmation:
    """Answer from the document from now on."""
    document_id = state.components.desk.uploads.get(upload_id).document.document_id
    addition = confirm_upload(state.components, actor, upload_id, version=version)
    return Confirmation(document_id=document_id, addition=addition)


@router.delete("/uploads/{upload_id}", status_code=204)
def discard(upload_id: str, actor: Editor, version: SeenVersion, state: StateDep) -> Response:
    """Put an upload away."""
    state.components.desk.uploads.discard(actor, upload_id, version=version)
    return Response(status_code=204)


@router.get("/{document_id}")
def document(document_id: str, _actor: Clerk, response: Response, state: StateDep) -> Holding:
    """Return a document as it stands."""
    return _held(state.components.desk.holdings.get(document_id), response)


@router.patch("/{document_id}")
def amend(
    document_id: str, body: Amendments, *, actor: Editor, version: SeenVersion, response: Response, state: StateDep
) -> Holding:
    """Correct fields by hand, or supersede the document with ``replaced_by`` and ``repealed_date``."""
    changes = body.model_dump(exclude_unset=True)
    held = state.components.desk.holdings.amend(actor, document_id, version=version, changes=changes)
    go_live(state.components)
    return _held(held, response)


@router.get("/{document_id}/versions")
def versions(document_id: str, _actor: Clerk, state: StateDep) -> tuple[Version, ...]:
    """List every version, newest first."""
    return state.components.desk.holdings.versions(document_id)


@router.get("/{document_id}/diff")
def diff(
    document_id: str,
    old: Annotated[int, Query(ge=0)],
    new: Annotated[int, Query(ge=1)],
    _actor: Clerk,
    state: StateDep,
) -> DocumentDiff:
    """Show what changed from one version to another, passage by passage; version 0 is the text that was shipped."""
    return state.components.desk.holdings.diff(document_id, old=old, new=new)


@router.post("/{document_id}/rehearsal")
def rehearse_change(document_id: str, body: Change, actor: Editor, state: StateDep) -> Rehearsal:
    """Ask known questions with the document as it is and as it would be; changes nothing and keeps nothing."""
    changes = body.changes.model_dump(exclude_unset=True) if body.changes else {}
    return rehearse_deed(state.components, actor, body.deed, document_id, changes)


@router.post("/{document_id}/withdraw")
def withdraw(document_id: str, actor: Editor, version: SeenVersion, response: Response, state: StateDep) -> Holding:
    """Answer from a document no longer; its versions are kept."""
    held = state.components.desk.holdings.withdraw(actor, document_id, version=version)
    go_live(state.components)
    return _held(held, response)


@router.post("/{document_id}/restore")
def restore(document_id: str, actor: Editor, version: SeenVersion, response: Response, state: StateDep) -> Holding:
    """Answer from a withdrawn document again."""
    held = state.components.desk.holdings.restore(actor, document_id, version=version)
    go_live(state.components)
    return _held(held, response)


def _shown(upload: Upload, response: Response) -> Upload:
    etag(response, upload.version)
    return upload


def _held(holding: Holding, response: Response) -> Holding:
    etag(response, holding.version)
    return holding
