"""The documents that answers come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from assistant.presentation import document_url
from assistant.service import today_in_shanghai
from corpus.records import Document
from web.deps import StateDep
from web.schemas import DocumentModel, DocumentPassage, DocumentSummary
from web.state import State

router = APIRouter(prefix="/api/v1", tags=["documents"])


@router.get("/documents")
def documents(state: StateDep, as_of: dt.date | None = None) -> list[DocumentSummary]:
    """List every document, with its state on ``as_of``."""
    day = as_of or today_in_shanghai()
    index = state.components.indexes.current()
    ordered = sorted(index.documents.values(), key=lambda document: (document.kind, document.title))
    return [DocumentSummary(**_summary(document, day)) for document in ordered]


@router.get("/documents/{document_id}")
def document(document_id: str, state: StateDep, as_of: dt.date | None = None) -> DocumentModel:
    """Return one document with its passages."""
    day = as_of or today_in_shanghai()
    found = find_document(state, document_id)
    passages = [
        DocumentPassage(
            passage_id=passage.passage_id,
            locator=passage.locator,
            heading=passage.heading,
            text=passage.text,
            status=found.status(day, passage).value,
        )
        for passage in found.passages
    ]
    return DocumentModel(**_summary(found, day), passages=passages)


def find_document(state: State, document_id: str) -> Document:
    """Return a document with its passages; curated answers are documents too.

    :raises NotFoundError: when there is none of that id.
    """
    index = state.components.indexes.current()
    found = index.documents.get(document_id)
    if found is None:
        return state.components.desk.shelf.document(document_id)
    return replace(found, passages=tuple(index.passages_of(document_id)))


def _summary(document: Document, day: dt.date) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "title": document.title,
        "kind": document.kind.value,
        "topic": document.topic,
        "region": document.region,
        "issuer": document.issuer,
        "document_number": document.document_number,
        "published_date": document.published_date,
        "effective_date": document.effective_date,
        "repealed_date": document.repealed_date,
        "period_start": document.period_start,
        "period_end": document.period_end,
        "status": document.status(day).value,
        "confidence": document.confidence.value,
        "reviewed_on": document.reviewed_on,
        "replaces": list(document.replaces),
        "replaced_by": document.replaced_by,
        "url": document_url(document.document_id),
    }
