"""Asking: the reply whole, or as a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from assistant.answering.sentences import pieces
from assistant.errors import AssistantError
from assistant.presentation import turn_as_dict
from assistant.replies import Turn
from web.deps import AssistantDep, Limited, StateDep
from web.errors import UNEXPECTED, problem_body
from web.schemas import AskRequest, Problem, ReplyModel

router = APIRouter(prefix="/api/v1", tags=["ask"], responses={422: {"model": Problem}, 503: {"model": Problem}})
log = structlog.get_logger(__name__)

HEARTBEAT_S = 10.0
"""Proxies close a connection on which nothing was said for a minute or less."""


@router.post("/ask", dependencies=[Limited])
def ask(request: AskRequest, assistant: AssistantDep, state: StateDep) -> ReplyModel:
    """Answer a question with citations, ask back, pass it to a person, or say that nothing is known."""
    turn = assistant.ask(
        request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel
    )
    state.metrics.count(turn)
    return ReplyModel(**turn_as_dict(turn))


@router.post("/ask/stream", dependencies=[Limited])
async def ask_stream(request: AskRequest, assistant: AssistantDep, state: StateDep) -> StreamingResponse:
    """Answer a question as events: ``citations``, ``delta`` …, ``done`` with the whole reply, or ``error``."""

    def answered() -> Turn:
        turn = assistant.ask(
            request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel
        )
        state.metrics.count(turn)
        return turn

    return StreamingResponse(events(answered), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def events(answered: Callable[[], Turn], *, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[str]:
    """Yield the events of one reply; a comment line each ``heartbeat_s`` seconds until there is one.

    The status has been sent by then, so whatever goes wrong must be an event.
    """
    work = asyncio.ensure_future(run_in_threadpool(answered))
    while not (await asyncio.wait({work}, timeout=heartbeat_s))[0]:
        yield ": waiting\n\n"
    try:
        turn = work.result()
    except AssistantError as error:
        yield event("error", problem_body(error).model_dump(exclude_none=True))
        return
    except Exception as error:  # noqa: BLE001 - the last stop of a stream: no handler sees it after the first byte
        log.error("unexpected error", path="/api/v1/ask/stream", error=type(error).__name__, exc_info=error)
        yield event("error", UNEXPECTED.model_dump(exclude_none=True))
        return
    reply = ReplyModel(**turn_as_dict(turn)).model_dump(mode="json")
    yield event("citations", reply["citations"])
    for piece in pieces(reply["text"]):
        yield event("delta", {"text": piece})
    yield event("done", reply)


def event(name: str, data: Any) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
