"""The HTTP contract's shapes; the field names are fixed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.question_chain import MAX_QUERY_CHARS
from assistant.replies import Channel


class AskRequest(BaseModel):
    """``POST /api/v1/ask``."""

    model_config = ConfigDict(extra="ignore")

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY_CHARS)]
    session_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    as_of: dt.date | None = None
    channel: Channel = Channel.API


class CitationModel(BaseModel):
    """One citation of a reply; ``quote`` is verbatim from the passage."""

    marker: int
    passage_id: str
    document_id: str
    title: str
    locator: str
    quote: str
    issuer: str | None
    document_number: str | None
    effective_date: dt.date | None
    repealed_date: dt.date | None
    status: Literal["current", "future", "repealed", "expired"]
    url: str


class HandoffModel(BaseModel):
    """Whom a question was passed to, and why."""

    reason: str
    desk: str
    ticket_id: str | None


class ReplyModel(BaseModel):
    """The reply to a question."""

    reply_id: str
    session_id: str
    kind: Literal["answer", "clarification", "abstention", "handoff"]
    text: str
    citations: list[CitationModel]
    notices: list[str]
    suggestions: list[str]
    confidence: float
    handoff: HandoffModel | None
    curated_id: str | None = None
    engine: Literal["extractive", "chat_model"]
    as_of: dt.date
    elapsed_ms: float


class PassageModel(BaseModel):
    """One retrieved passage."""

    passage_id: str
    document_id: str
    title: str
    locator: str
    text: str
    score: float
    status: str


class SearchReply(BaseModel):
    """``GET /api/v1/search``."""

    passages: list[PassageModel]


class FeedbackRequest(BaseModel):
    """``POST /api/v1/feedback``."""

    reply_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    rating: Literal["up", "down"]
    reason: Literal["wrong", "outdated", "wrong_citation", "unclear", "other"] | None = None
    comment: Annotated[str, StringConstraints(max_length=1000)] = ""


class DocumentSummary(BaseModel):
    """A document in a list."""

    document_id: str
    title: str
    kind: str
    topic: str
    region: str
    issuer: str | None
    document_number: str | None
    published_date: dt.date | None
    effective_date: dt.date | None
    repealed_date: dt.date | None
    period_start: dt.date | None
    period_end: dt.date | None
    status: str
    confidence: str
    reviewed_on: dt.date | None
    replaces: list[str]
    replaced_by: str | None
    url: str


class DocumentPassage(BaseModel):
    """A passage of a document."""

    passage_id: str
    locator: str
    heading: str
    text: str
    status: str


class DocumentModel(DocumentSummary):
    """A document with its passages in reading order."""

    passages: list[DocumentPassage]


class Problem(BaseModel):
    """RFC 9457; ``title`` is a Chinese sentence for the person."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[dict[str, str]] | None = None
