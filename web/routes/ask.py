"""Asking: the reply whole, or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from assistant.answering.sentences import pieces
from assistant.presentation import turn_as_dict
from web.deps import AssistantDep, Limited, StateDep
from web.schemas import AskRequest, Problem, ReplyModel

router = APIRouter(prefix="/api/v1", tags=["ask"], responses={422: {"model": Problem}, 503: {"model": Problem}})


@router.post("/ask", dependencies=[Limited])
def ask(request: AskRequest, assistant: AssistantDep, state: StateDep) -> ReplyModel:
    """Answer a question with citations, ask back, pass it to a person, or say that nothing is known."""
    turn = assistant.ask(
        request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel
    )
    state.metrics.count(turn)
    return ReplyModel(**turn_as_dict(turn))


@router.post("/ask/stream", dependencies=[Limited])
def ask_stream(request: AskRequest, assistant: AssistantDep, state: StateDep) -> StreamingResponse:
    """Answer a question as events: ``citations``, ``delta`` …, ``done`` with the whole reply."""
    turn = assistant.ask(
        request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel
    )
    state.metrics.count(turn)
    reply = ReplyModel(**turn_as_dict(turn)).model_dump(mode="json")

    def events() -> Iterator[str]:
        yield event("citations", reply["citations"])
        for piece in pieces(reply["text"]):
            yield event("delta", {"text": piece})
        yield event("done", reply)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def event(name: str, data: Any) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
