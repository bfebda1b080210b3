"""The answer that a chat model phrases: from the numbered evidence alone, and only what grounding keeps of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableGenerator
from pydantic import SecretStr

from assistant.answering.attempt import Attempt
from assistant.answering.circuit import CircuitBreaker
from assistant.answering.pacing import paced
from assistant.answering.prompting import defused, evidence_text, within, without_thinking
from assistant.answering.writer import ExtractiveWriter, Written
from assistant.errors import ChatModelError
from assistant.evidence import Evidence
from assistant.grounding import SentenceStream, judge
from assistant.replies import Delta, Sources
from assistant.support import support
from corpus.records import Kind
from prompts import load_prompt

log = structlog.get_logger(__name__)

LEAST_ROOM = 500
"""In fewer characters an extractive answer after a broken one would say nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds without a piece, seconds in all, characters of evidence in the prompt."""

    silence_s: float = 5.0
    total_s: float = 15.0
    max_evidence_chars: int = 6000


class GenerativeWriter:
    """Lets a chat model phrase the answer; when it fails or strays, the extractive answer is given at once.

    :param chat_model: any LangChain chat model; asked through ``prompt | chat_model | parser``.
    """

    def __init__(self, *, chat_model: BaseChatModel, limits: Limits, breaker: CircuitBreaker) -> None:
        prompt = ChatPromptTemplate.from_messages(
            [SystemMessage(load_prompt("answer.zh")), ("human", load_prompt("question.zh"))]
        )
        self._chain: Runnable[dict[str, str], str] = prompt | chat_model | RunnableGenerator(_whole_text)
        self._limits = limits
        self._breaker = breaker
        self._extractive = ExtractiveWriter()

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        """See :class:`~assistant.answering.writer.Writer`."""
        if _quoted_only(evidence):
            return self._extractive.write(query, evidence, first_marker=first_marker, max_chars=max_chars)
        attempt = Attempt(evidence, first_marker=first_marker, max_chars=max_chars)
        failed = False
        try:
            for _ in self._sentences(query, attempt):
                pass
        except ChatModelError:
            failed = True
        if failed or attempt.core_lost:
            draft = self._extractive.write(query, evidence, first_marker=first_marker, max_chars=max_chars).draft
            return Written(draft, degraded=True, dropped=attempt.dropped)
        attempt.add_basis()
        return attempt.written()

    def stream(
        self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int
    ) -> Generator[Sources | Delta, None, Written]:
        """See :class:`~assistant.answering.writer.Writer`; what was shown stays, a failure goes on after it."""
        if _quoted_only(evidence):
            return (yield from self._extractive.stream(query, evidence, first_marker=first_marker, max_chars=max_chars))
        attempt = Attempt(evidence, first_marker=first_marker, max_chars=max_chars)
        yield Sources(attempt.sources())
        failed = False
        try:
            for sentence in self._sentences(query, attempt):
                yield Delta(sentence)
        except ChatModelError:
            failed = True
        if failed or attempt.core_lost:
            room = max_chars - len(attempt.text) - 2
            if not attempt.text or room >= LEAST_ROOM:
                yield Delta(attempt.add_extract(self._extractive.write(query, evidence, max_chars=room).draft))
            return attempt.written(degraded=True)
        basis = attempt.add_basis()
        if basis:
            yield Delta(basis)
        return attempt.written()

    def _sentences(self, query: str, attempt: Attempt) -> Iterator[str]:
        """Yield what may be shown, as soon as it is known to be supported.

        :raises ChatModelError: when the model fails; the breaker has counted it.
        """
        room = self._limits.max_evidence_chars
        shown = within(attempt.numbered, room)
        sources = {marker: support(hit.passage, hit.document) for marker, hit in shown.items()}
        sentences = SentenceStream()
        for piece in self._pieces({"evidence": evidence_text(shown, room), "query": defused(query)}):
            for sentence in sentences.feed(piece):
                yield from attempt.add(judge(sentence, sources))
                if attempt.over:
                    return
        for sentence in sentences.finish():
            yield from attempt.add(judge(sentence, sources))

    def _pieces(self, values: dict[str, str]) -> Iterator[str]:
        if not self._breaker.allows():
            raise ChatModelError("found the chat model failing again and again; it was not asked")
        spoke = False
        try:
            for piece in without_thinking(self._paced(values)):
                spoke = spoke or bool(piece.strip())
                yield piece
            if not spoke:
                raise ChatModelError("found an empty answer, wanted a text")
        except ChatModelError as error:
            self._breaker.failed()
            log.warning("chat model failed", error=str(error))
            raise
        except GeneratorExit:
            # Whoever asked has heard enough: no failure of the model.
            if spoke:
                self._breaker.succeeded()
            raise
        self._breaker.succeeded()

    def _paced(self, values: dict[str, str]) -> Iterator[str]:
        return paced(lambda: self._chain.stream(values), silence_s=self._limits.silence_s, total_s=self._limits.total_s)


def _whole_text(chunks: Iterator[BaseMessage]) -> Iterator[str]:
    """Yield the words of a model's message; a stream that breaks off without saying that it ends is an error."""
    finished = False
    for chunk in chunks:
        finished = finished or bool(chunk.response_metadata.get("finish_reason"))
        if chunk.text:
            yield chunk.text
    if not finished:
        raise ChatModelError("found a stream that breaks off, wanted a finish_reason")


def _quoted_only(evidence: Evidence) -> bool:
    """Return whether a plan is quoted: retold in other words, its targets would pass for what was achieved."""
    return any(hit.document.kind is Kind.PLAN for hit in evidence.hits)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint: DeepSeek, Qwen, Ollama, vLLM …"""

    model_name: str
    base_url: str
    api_key: SecretStr
    max_tokens: int
    silence_s: float
    retries: int = 1


def open_chat_model(endpoint: Endpoint) -> BaseChatModel:
    """Return the chat model behind ``endpoint``; nothing is sent yet."""
    # Imported here: its second of start-up is for those who have a chat model.
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=endpoint.model_name,
        base_url=endpoint.base_url,
        api_key=endpoint.api_key if endpoint.api_key.get_secret_value() else SecretStr("none"),
        temperature=0,
        # Sent as it is: the client would rename it to a field that few compatible endpoints know.
        extra_body={"max_tokens": endpoint.max_tokens},
        timeout=endpoint.silence_s,
        max_retries=endpoint.retries,
        use_responses_api=False,
        stream_usage=False,
    )
