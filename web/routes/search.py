"""Retrieval alone, for checking what the assistant sees."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query

from assistant.question_chain import MAX_QUERY_CHARS
from web.deps import AssistantDep, Limited
from web.schemas import PassageModel, SearchReply

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.get("/search", dependencies=[Limited])
def search(
    query: Annotated[str, Query(min_length=1, max_length=MAX_QUERY_CHARS)],
    assistant: AssistantDep,
    top_k: Annotated[int, Query(ge=1, le=50)] = 10,
    as_of: dt.date | None = None,
) -> SearchReply:
    """Return the passages that fit a query best, in force on ``as_of``."""
    result = assistant.search(query, top_k=top_k, as_of=as_of)
    return SearchReply(
        passages=[
            PassageModel(
                passage_id=hit.passage.passage_id,
                document_id=hit.document.document_id,
                title=hit.document.title,
                locator=hit.passage.locator,
                text=hit.passage.text,
                score=round(hit.score, 4),
                status=hit.status.value,
            )
            for hit in result.hits
        ]
    )
