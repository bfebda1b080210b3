"""What visitors thought of a reply."""

from __future__ import annotations

from fastapi import APIRouter, Response

from assistant.sessions import Feedback
from web.deps import Limited, StateDep
from web.schemas import FeedbackRequest

router = APIRouter(prefix="/api/v1", tags=["feedback"])


@router.post("/feedback", status_code=204, dependencies=[Limited])
def feedback(request: FeedbackRequest, state: StateDep) -> Response:
    """Store a verdict; the last one on a reply counts."""
    verdict = Feedback(rating=request.rating, reason=request.reason, comment=request.comment)
    state.components.conversations.rate(request.reply_id, verdict)
    return Response(status_code=204)
