"""The OpenAI wire format's shapes, as its official client reads them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.schemas import CitationModel, Problem

PREFIX = "/v1/"
MODEL_ID = "ip-assistant"
PLAIN_MODEL_ID = "ip-assistant-plain"
"""The same assistant for chats that show no Markdown, such as WeChat."""
_CODES = {401: "invalid_api_key", 403: "insufficient_permissions", 404: "not_found", 429: "rate_limit_exceeded"}


class TextPart(BaseModel):
    """A part of a message; only texts are read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str | list[TextPart] | None = None

    def words(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """How to stream."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """``POST /v1/chat/completions``; what steers a model (temperature, tools, system messages …) is ignored."""

    model_config = ConfigDict(extra="ignore")

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    model: str = MODEL_ID
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None


class Usage(BaseModel):
    """Counts characters, not tokens: an extractive answer uses no model, and nothing here is billed."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, asked: str, answered: str) -> Usage:
        """Return the characters of the question and of the answer."""
        return cls(prompt_tokens=len(asked), completion_tokens=len(answered), total_tokens=len(asked) + len(answered))


class Message(BaseModel):
    """What the assistant says, or a piece of it."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class Choice(BaseModel):
    """The only choice there is."""

    index: int = 0
    message: Message
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """A whole reply; ``citations`` is ours, and every client passes it on."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL_ID
    choices: list[Choice]
    usage: Usage
    citations: list[CitationModel]
    reply_id: str


class ChunkChoice(BaseModel):
    """What a choice grows by."""

    index: int = 0
    delta: Message
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class Chunk(BaseModel):
    """A piece of a streamed reply; the last one with a choice has the citations."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL_ID
    choices: list[ChunkChoice]
    usage: Usage | None = None
    citations: list[CitationModel] | None = None
    reply_id: str | None = None


class Model(BaseModel):
    """A model that may be named."""

    id: str = MODEL_ID
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "ip-assistant"


class Models(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorBody(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorReply(BaseModel):
    """An error as clients of this format read it."""

    error: ErrorBody


def status_of(problem: Problem) -> int:
    """Return the status under which this format reports ``problem``: a wrong field is a bad request."""
    return 400 if problem.status == 422 else problem.status


def error_of(problem: Problem) -> ErrorReply:
    """Return ``problem`` in this format."""
    kind = "server_error" if problem.status >= 500 else "invalid_request_error"
    param = problem.errors[0]["field"].removeprefix("body.") if problem.errors else None
    message = f"{problem.title} ({problem.detail})" if problem.detail != problem.title else problem.title
    return ErrorReply(error=ErrorBody(message=message, type=kind, param=param, code=_CODES.get(problem.status)))
