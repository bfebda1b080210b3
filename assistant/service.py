"""The product, as one readable story: a question comes in, a reply that a window can stand behind goes out.

understand → retrieve → decide → gather evidence → write → remember
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from langchain_core.runnables import Runnable, RunnableLambda

from assistant import messages
from assistant.answering.extractive import cite
from assistant.answering.sentences import clip, pieces
from assistant.answering.writer import Writer, Written
from assistant.days import asked_day, without_day
from assistant.desk.shelf import Found, Shelf
from assistant.errors import QueryError
from assistant.evidence import Evidence, EvidenceGatherer, PassagesOf
from assistant.indexes import Indexes
from assistant.masking import mask_personal
from assistant.notices import future_only, nearest_questions, notices, suggestions
from assistant.policy import Decision, Verdict, decide
from assistant.replies import (
    REASON_NOTHING,
    Abstention,
    Answer,
    Channel,
    Clarification,
    Delta,
    Engine,
    Handoff,
    Reply,
    Sources,
    Turn,
)
from assistant.sessions import Conversations
from assistant.small_talk import small_talk
from assistant.understanding import Previous, Talk, Understander, Understanding
from index.retriever import Filters, Hit, Retriever, SearchResult

MAX_TEXT_CHARS = 1500
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def today_in_shanghai() -> dt.date:
    """Return the day it is where the windows are."""
    return dt.datetime.now(_SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office decides: thresholds, the desk that handoffs name, the regions whose texts apply."""

    threshold: float = 0.5
    desk: str = messages.DEFAULT_DESK
    regions: frozenset[str] | None = None
    region: str | None = None
    max_query_chars: int = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may be answered, read in the light of what was said before."""

    query: str
    session_id: str
    meant: Understanding
    as_of: dt.date
    started: float


@dataclass(slots=True)
class Step:
    """One question on its way through the chain; each link fills in one more field."""

    query: str
    meant: Understanding
    as_of: dt.date
    retriever: Retriever
    passages_of: PassagesOf
    first_marker: int = 1
    max_chars: int = MAX_TEXT_CHARS - 60
    result: SearchResult | None = None
    decision: Decision | None = None
    curated: Found | None = None
    evidence: Evidence | None = None
    reply: Reply | None = None
    used: tuple[Hit, ...] = field(default=())


class Assistant:
    """Answers questions. Collaborators arrive by keyword; nothing here knows about HTTP or about files."""

    def __init__(
        self,
        *,
        indexes: Indexes,
        understander: Understander,
        writer: Writer,
        conversations: Conversations,
        rules: Rules,
        shelf: Shelf | None = None,
        today: Callable[[], dt.date] = today_in_shanghai,
    ) -> None:
        self._indexes = indexes
        self._understander = understander
        self._writer = writer
        self.conversations = conversations
        self._rules = rules
        self._shelf = shelf
        self._today = today
        self._chain: Runnable[Step, Step] = (
            RunnableLambda(self._retrieve) | RunnableLambda(self._decide) | RunnableLambda(self._write)
        )

    def ask(
        self,
        query: str,
        *,
        session_id: str | None = None,
        as_of: dt.date | None = None,
        channel: Channel = Channel.API,
        visitor: str | None = None,
        previous: Previous | None = None,
    ) -> Turn:
        """Answer ``query`` and remember the exchange.

        :param as_of: the day the question is about; ``None`` is the day that the question names, else today.
        :param previous: what was said before, where the caller keeps the history and there is no session to look it up.
        :raises QueryError: when the query is empty or too long.
        :raises IndexNotReadyError: while there is no index.
        """
        asked = self._asked(query, session_id, as_of, previous)
        reply, used = self._reply(asked.meant, asked.as_of)
        return self._remember(asked, reply, used, channel=channel, visitor=visitor)

    def ask_stream(
        self,
        query: str,
        *,
        session_id: str | None = None,
        as_of: dt.date | None = None,
        channel: Channel = Channel.API,
        visitor: str | None = None,
        previous: Previous | None = None,
    ) -> Iterator[Sources | Delta | Turn]:
        """Answer as :meth:`ask` does, piece by piece: the sources, the text as it grows, last the turn.

        Raises as :meth:`ask` does, before anything is yielded; the exchange is remembered when the turn is yielded.
        """
        asked = self._asked(query, session_id, as_of, previous)

        def events() -> Iterator[Sources | Delta | Turn]:
            reply, used = yield from self._reply_stream(asked.meant, asked.as_of)
            yield self._remember(asked, reply, used, channel=channel, visitor=visitor)

        return events()

    def previous(self, queries: Sequence[str]) -> Previous | None:
        """Return what understanding needs of a history that is not stored here: the visitor's earlier words, oldest first."""
        last: Previous | None = None
        for query in queries:
            meant = self._understander.understand(query, last)
            if meant.talk is Talk.QUESTION:
                last = Previous(meant.standalone_query)
        return last

    def _asked(self, query: str, session_id: str | None, as_of: dt.date | None, previous: Previous | None) -> Asked:
        started = time.perf_counter()
        query = self._checked(query)
        self._indexes.current()
        session_id, stored = self.conversations.resume(session_id)
        meant = self._understander.understand(query, stored or previous)
        return Asked(query, session_id, meant, as_of or asked_day(query, self._today()), started)

    def _remember(
        self, asked: Asked, reply: Reply, used: Sequence[Hit], *, channel: Channel, visitor: str | None
    ) -> Turn:
        turn = Turn(
            reply_id=uuid.uuid4().hex,
            session_id=asked.session_id,
            query=asked.query,
            standalone_query=asked.meant.standalone_query if asked.meant.talk is Talk.QUESTION else "",
            reply=reply,
            as_of=asked.as_of,
            channel=channel,
            elapsed_ms=(time.perf_counter() - asked.started) * 1e3,
            document_ids=tuple(dict.fromkeys(hit.document.document_id for hit in used)),
        )
        return self.conversations.record(turn, visitor=visitor)

    def search(self, query: str, *, top_k: int = 10, as_of: dt.date | None = None) -> SearchResult:
        """Return what retrieval alone finds; raises as :meth:`ask` does."""
        query = self._checked(query)
        day = as_of or self._today()
        return self._indexes.retriever().search(query, as_of=day, top_k=top_k, filters=self._filters())

    def _checked(self, query: str) -> str:
        query = query.strip()
        if not query:
            raise QueryError(messages.QUERY_EMPTY)
        if len(query) > self._rules.max_query_chars:
            raise QueryError(messages.query_too_long(len(query), self._rules.max_query_chars))
        return query

    def _filters(self) -> Filters:
        return Filters(regions=self._rules.regions)

    def _reply(self, meant: Understanding, as_of: dt.date) -> tuple[Reply, tuple[Hit, ...]]:
        talk = small_talk(meant.talk, self._rules.desk)
        if talk is not None:
            return talk, ()
        if len(meant.parts) == 1:
            step = self._chain.invoke(self._step(meant.parts[0], meant, as_of))
            assert step.reply is not None  # the last link always writes one
            return step.reply, step.used
        return self._several(meant, as_of)

    def _reply_stream(
        self, meant: Understanding, as_of: dt.date
    ) -> Generator[Sources | Delta, None, tuple[Reply, tuple[Hit, ...]]]:
        """Only an answer to a single question is written while it is shown; everything else is ready at once."""
        if meant.talk is Talk.QUESTION and len(meant.parts) == 1:
            step = self._decide(self._retrieve(self._step(meant.parts[0], meant, as_of)))
            assert step.decision is not None  # just set
            if step.decision.verdict is Verdict.ANSWER:
                evidence = self._gather(step)
                written = yield from self._writer.stream(
                    step.query, evidence, first_marker=step.first_marker, max_chars=step.max_chars
                )
                return self._answered(step, evidence, written)
            step = self._write(step)
            assert step.reply is not None  # the last link always writes one
            reply, used = step.reply, step.used
        else:
            reply, used = self._reply(meant, as_of)
        yield Sources(reply.citations if isinstance(reply, Answer | Handoff) else ())
        yield from (Delta(piece) for piece in pieces(reply.text))
        return reply, used

    def _step(self, query: str, meant: Understanding, as_of: dt.date) -> Step:
        index = self._indexes.current()
        return Step(query, meant, as_of, self._indexes.retriever(), index.passages_of)

    def _several(self, meant: Understanding, as_of: dt.date) -> tuple[Reply, tuple[Hit, ...]]:
        """Answer each of several questions; those without an answer say so in their place."""
        texts: list[str] = []
        answers: list[Answer | Handoff] = []
        used: list[Hit] = []
        room = (MAX_TEXT_CHARS - 60) // len(meant.parts)
        for number, part in enumerate(meant.parts, 1):
            alone = self._understander.understand(part)
            marker = max((each.marker for answer in answers for each in answer.citations), default=0) + 1
            head = messages.answer_part(number, mask_personal(part))
            step = self._step(part, alone, as_of)
            step.first_marker, step.max_chars = marker, room - len(head) - 4
            step = self._chain.invoke(step)
            assert step.reply is not None
            texts.append(f"{head}\n\n{step.reply.text}")
            used.extend(step.used)
            if isinstance(step.reply, Answer | Handoff):
                answers.append(step.reply)
        text = "\n\n".join(texts)
        if not any(isinstance(answer, Answer) for answer in answers):
            return (answers[0] if answers else Abstention(clip(text, MAX_TEXT_CHARS))), tuple(used)
        return (
            Answer(
                text=clip(text, MAX_TEXT_CHARS),
                citations=tuple(citation for answer in answers for citation in answer.citations),
                confidence=min(answer.confidence for answer in answers),
                notices=tuple(dict.fromkeys(notice for answer in answers for notice in answer.notices)),
                suggestions=answers[0].suggestions,
                engine=_engine(answers),
                dropped=tuple(each for answer in answers if isinstance(answer, Answer) for each in answer.dropped),
            ),
            tuple(used),
        )

    def _retrieve(self, step: Step) -> Step:
        prefer = self._rules.region if step.meant.local else None
        filters = Filters(regions=self._rules.regions, facets=step.meant.facets, prefer_region=prefer)
        step.result = step.retriever.search(without_day(step.query), as_of=step.as_of, top_k=8, filters=filters)
        return step

    def _decide(self, step: Step) -> Step:
        assert step.result is not None  # set by the link before
        if self._shelf is not None:
            step.curated = self._shelf.find(
                without_day(step.query), index=self._indexes.current(), as_of=step.as_of, result=step.result
            )
        if step.curated is not None:
            step.decision = Decision(Verdict.CURATED)
            return step
        step.decision = decide(step.query, step.result, as_of=step.as_of, threshold=self._rules.threshold)
        return step

    def _write(self, step: Step) -> Step:
        assert step.result is not None and step.decision is not None  # set by the links before
        match step.decision.verdict:
            case Verdict.CURATED:
                assert self._shelf is not None and step.curated is not None  # set with the verdict
                step.reply, step.used = self._shelf.write(
                    step.curated, as_of=step.as_of, first_marker=step.first_marker
                )
            case Verdict.ANSWER:
                step.reply, step.used = self._answer(step)
            case Verdict.GAP:
                step.reply, step.used = self._gap(step)
            case Verdict.MISSING:
                step.reply = self._missing(step)
            case Verdict.ABSTAIN:
                step.reply = self._nothing(step)
        return step

    def _answer(self, step: Step) -> tuple[Reply, tuple[Hit, ...]]:
        evidence = self._gather(step)
        written = self._writer.write(step.query, evidence, first_marker=step.first_marker, max_chars=step.max_chars)
        return self._answered(step, evidence, written)

    @staticmethod
    def _gather(step: Step) -> Evidence:
        assert step.result is not None

        def search(query: str, filters: Filters) -> SearchResult:
            return step.retriever.search(query, as_of=step.as_of, top_k=3, filters=filters)

        gatherer = EvidenceGatherer(search=search, passages_of=step.passages_of, as_of=step.as_of)
        return gatherer.gather(step.meant, step.query, step.result)

    @staticmethod
    def _answered(step: Step, evidence: Evidence, written: Written) -> tuple[Reply, tuple[Hit, ...]]:
        assert step.result is not None
        used = _used(evidence, written)
        said = notices(used, as_of=step.as_of, passages_of=step.passages_of)
        reply = Answer(
            text=written.draft.text,
            citations=written.draft.citations,
            confidence=step.result.probability,
            notices=((messages.notice_degraded(), *said) if written.degraded else said),
            suggestions=suggestions(used, as_of=step.as_of, passages_of=step.passages_of),
            engine=written.engine,
            dropped=written.dropped,
        )
        return reply, used

    def _gap(self, step: Step) -> tuple[Reply, tuple[Hit, ...]]:
        assert step.result is not None and step.decision is not None and step.decision.gap is not None
        gap = step.decision.gap
        text = f"{messages.gap_lead(gap.document.title)} [{step.first_marker}]\n\n{gap.passage.text}"
        desk = gap.document.desk or self._rules.desk
        reply = Handoff(
            text=clip(text, step.max_chars),
            reason=gap.document.document_id,
            desk=desk,
            confidence=step.result.probability,
            citations=(cite(gap, step.first_marker),),
        )
        return reply, (gap,)

    def _missing(self, step: Step) -> Reply:
        assert step.result is not None and step.decision is not None and step.decision.missing is not None
        return Handoff(
            text=messages.expected_missing(step.decision.missing, self._rules.desk),
            reason=f"missing {step.decision.missing}",
            desk=self._rules.desk,
            confidence=step.result.probability,
        )

    def _nothing(self, step: Step) -> Reply:
        assert step.result is not None
        if not self._understander.on_topic(step.query):
            return Abstention(messages.ABSTAIN_OFF_TOPIC, confidence=step.result.probability)
        future = future_only(step.result.out_of_force)
        return Handoff(
            text=messages.abstention(self._rules.desk),
            reason=REASON_NOTHING,
            desk=self._rules.desk,
            confidence=step.result.probability,
            notices=future,
            suggestions=nearest_questions(step.result.hits),
        )


def _engine(answers: Sequence[Answer | Handoff]) -> Engine:
    """Return what wrote a reply of several answers: the chat model when it wrote any of them."""
    wrote = any(isinstance(answer, Answer) and answer.engine is Engine.CHAT_MODEL for answer in answers)
    return Engine.CHAT_MODEL if wrote else Engine.EXTRACTIVE


def _used(evidence: Evidence, written: Written) -> tuple[Hit, ...]:
    cited = {citation.passage_id for citation in written.draft.citations}
    hits = evidence.hits if evidence.where is None else (*evidence.hits, evidence.where)
    return tuple(hit for hit in hits if hit.passage.passage_id in cited)
