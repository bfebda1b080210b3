"""Asking: the reply whole, or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, assert_never

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from assistant.errors import AssistantError
from assistant.presentation import citation_as_dict, turn_as_dict
from assistant.replies import Delta, Sources, Turn
from web import streaming
from web.deps import AssistantDep, Limited, StateDep
from web.errors import UNEXPECTED, problem_body
from web.helpers import Question
from web.schemas import AskRequest, CitationModel, Problem, ReplyModel

router = APIRouter(prefix="/api/v1", tags=["ask"], responses={422: {"model": Problem}, 503: {"model": Problem}})
log = structlog.get_logger(__name__)

Events = Callable[[], Iterator[Sources | Delta | Turn]]


@router.post("/ask", dependencies=[Limited], response_model=ReplyModel)
async def ask(request: AskRequest, assistant: AssistantDep, state: StateDep) -> Response:
    """Answer a question with citations, ask back, pass it to a person, or say that nothing is known."""
    turn = await state.answering.ask(
        assistant,
        Question(query=request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel),
    )
    state.metrics.count(turn)
    # Written here: FastAPI would validate the reply once more before it writes it.
    return Response(ReplyModel(**turn_as_dict(turn)).model_dump_json(), media_type="application/json")


@router.post("/ask/stream", dependencies=[Limited])
async def ask_stream(request: AskRequest, assistant: AssistantDep, state: StateDep) -> StreamingResponse:
    """Answer a question as events: ``citations``, ``delta`` …, ``done`` with the whole reply, or ``error``.

    The deltas together are the reply's text, and nothing in them is taken back; ``done`` has the citations in use.
    """

    def start() -> Iterator[Sources | Delta | Turn]:
        return assistant.ask_stream(
            request.query, session_id=request.session_id, as_of=request.as_of, channel=request.channel
        )

    body = events(start, counted=state.metrics.count)
    return StreamingResponse(body, media_type=streaming.MEDIA_TYPE, headers=streaming.HEADERS)


async def events(
    start: Events, *, counted: Callable[[Turn], None], heartbeat_s: float = streaming.HEARTBEAT_S
) -> AsyncIterator[str]:
    """Yield the events of one reply; a comment line each ``heartbeat_s`` seconds while there is none.

    The status has been sent by then, so whatever goes wrong must be an event.
    """
    try:
        async for each in streaming.awake(start, heartbeat_s=heartbeat_s):
            if isinstance(each, Turn):
                counted(each)
            yield streaming.COMMENT if each is None else _event(each)
    except AssistantError as error:
        yield event("error", problem_body(error).model_dump(exclude_none=True))
    except Exception as error:
        log.error("unexpected error", path="/api/v1/ask/stream", error=type(error).__name__, exc_info=error)
        yield event("error", UNEXPECTED.model_dump(exclude_none=True))


def _event(each: Sources | Delta | Turn) -> str:
    match each:
        case Sources():
            citations = [CitationModel(**citation_as_dict(citation)) for citation in each.citations]
            return event("citations", [citation.model_dump(mode="json") for citation in citations])
        case Delta():
            return event("delta", {"text": each.text})
        case Turn():
            return event("done", ReplyModel(**turn_as_dict(each)).model_dump(mode="json"))
        case _:
            assert_never(each)


def event(name: str, data: Any) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
