"""The door for programs that speak the OpenAI wire format: they need another base URL and key, nothing else.

The messages are the session: earlier ones resolve a follow-up, and only the last one is answered and remembered.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from assistant import messages
from assistant.errors import AssistantError, NotFoundError, QueryError
from assistant.presentation import citation_as_dict, reply_as_text
from assistant.replies import Answer, Channel, Delta, Handoff, Sources, Turn
from web import streaming
from web.channels.openai_shapes import (
    MODEL_ID,
    PLAIN_MODEL_ID,
    ChatMessage,
    ChatRequest,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    Message,
    Model,
    Models,
    Usage,
    error_of,
)
from web.channels.plain_text import Style, render
from web.deps import AssistantDep, Limited, StateDep
from web.errors import UNEXPECTED, problem_body
from web.schemas import CitationModel

router = APIRouter(prefix="/v1", tags=["bots"], dependencies=[Limited])
log = structlog.get_logger(__name__)

MAX_HISTORY = 10
"""Earlier messages that are read; a follow-up never points further back."""


@router.get("/models")
def models() -> Models:
    """List the assistant, by the forms it writes in."""
    return Models(data=[Model(), Model(id=PLAIN_MODEL_ID)])


@router.get("/models/{model_id}")
def model(model_id: str) -> Model:
    """Return one of the two."""
    if model_id not in (MODEL_ID, PLAIN_MODEL_ID):
        raise NotFoundError(f"found no model {model_id[:80]}, wanted {MODEL_ID} or {PLAIN_MODEL_ID}")
    return Model(id=model_id)


@router.post("/chat/completions", response_model=None)
def chat_completions(request: ChatRequest, assistant: AssistantDep, state: StateDep) -> Completion | StreamingResponse:
    """Answer the last message; whatever model is named, it is this assistant that answers."""
    plain = Style(state.settings.public_url.rstrip("/")) if request.model == PLAIN_MODEL_ID else None
    query, earlier = question_in(request.messages)
    previous = assistant.previous(earlier)
    if not request.stream:
        turn = assistant.ask(query, channel=Channel.API, previous=previous)
        state.metrics.count(turn)
        return completion(turn, plain)
    # Begun here and not in the stream, so that a question that cannot be asked has a status of its own.
    begun = assistant.ask_stream(query, channel=Channel.API, previous=previous)

    def events() -> Iterator[Sources | Delta | Turn]:
        for each in begun:
            if isinstance(each, Turn):
                state.metrics.count(each)
            yield each

    usage = request.stream_options is not None and request.stream_options.include_usage
    body = ChunkStream(query, usage=usage, plain=plain).lines(events())
    return StreamingResponse(body, media_type=streaming.MEDIA_TYPE, headers=streaming.HEADERS)


def question_in(conversation: Sequence[ChatMessage]) -> tuple[str, tuple[str, ...]]:
    """Return the last message, and what the visitor said before it, oldest first.

    :raises QueryError: when the last message is not the visitor's.
    """
    last = conversation[-1]
    if last.role != "user":
        raise QueryError(messages.QUERY_EMPTY)
    earlier = [message.words().strip() for message in conversation[:-1] if message.role == "user"]
    return last.words(), tuple(words for words in earlier if words)[-MAX_HISTORY:]


def written(turn: Turn, plain: Style | None) -> str:
    """Return what the visitor reads, citations as lines below: Markdown, or with ``plain`` a chat message."""
    return reply_as_text(turn.reply) if plain is None else render(turn.reply, turn.reply_id, plain)


def completion(turn: Turn, plain: Style | None = None) -> Completion:
    """Return a turn in this format; its citations are below the text, and whole beside it."""
    content = written(turn, plain)
    return Completion(
        id=f"chatcmpl-{turn.reply_id}",
        created=int(time.time()),
        model=MODEL_ID if plain is None else PLAIN_MODEL_ID,
        choices=[Choice(message=Message(role="assistant", content=content))],
        usage=Usage.of(turn.query, content),
        citations=citations_of(turn),
        reply_id=turn.reply_id,
    )


def citations_of(turn: Turn) -> list[CitationModel]:
    """Return a turn's citations with the field names of the HTTP contract."""
    cited = turn.reply.citations if isinstance(turn.reply, Answer | Handoff) else ()
    return [CitationModel(**citation_as_dict(citation)) for citation in cited]


class ChunkStream:
    """Writes one streamed reply.

    :param usage: whether the client asked for a last chunk with the usage.
    :param plain: how to write a chat message; it comes in one piece, since only a whole text can be flattened.
    """

    def __init__(self, query: str, *, usage: bool, plain: Style | None = None) -> None:
        self._query = query
        self._usage = usage
        self._plain = plain
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())

    async def lines(
        self, events: Iterator[Sources | Delta | Turn], *, heartbeat_s: float = streaming.HEARTBEAT_S
    ) -> AsyncIterator[str]:
        """Yield the server-sent lines; the status has been sent by then, so an error is a line too."""
        yield self._chunk(Message(role="assistant", content=""))
        try:
            async for each in streaming.awake(lambda: events, heartbeat_s=heartbeat_s):
                match each:
                    case None:
                        yield streaming.COMMENT
                    case Delta() if self._plain is None:
                        yield self._chunk(Message(content=each.text))
                    case Turn():
                        for line in self._end(each):
                            yield line
        except AssistantError as error:
            yield _data(error_of(problem_body(error)).model_dump())
        except Exception as error:  # the last stop of a stream: no handler sees it after the first byte
            log.error("unexpected error", path="/v1/chat/completions", error=type(error).__name__, exc_info=error)
            yield _data(error_of(UNEXPECTED).model_dump())
        yield "data: [DONE]\n\n"

    def _end(self, turn: Turn) -> Iterator[str]:
        whole = written(turn, self._plain)
        rest = whole.removeprefix(turn.reply.text) if self._plain is None else whole
        if rest:
            yield self._chunk(Message(content=rest))
        last = [ChunkChoice(delta=Message(), finish_reason="stop")]
        yield self._line(choices=last, citations=citations_of(turn), reply_id=turn.reply_id)
        if self._usage:
            yield self._line(choices=[], usage=Usage.of(self._query, whole))

    def _chunk(self, delta: Message) -> str:
        return self._line(choices=[ChunkChoice(delta=delta)])

    def _line(self, **values: Any) -> str:
        model = MODEL_ID if self._plain is None else PLAIN_MODEL_ID
        chunk = Chunk(id=self._id, created=self._created, model=model, **values)
        return f"data: {chunk.model_dump_json(exclude_unset=False, exclude_none=True)}\n\n"


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
