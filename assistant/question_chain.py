"""One question on its way: retrieve, decide, write. A LangChain chain, each link taking what the one before found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from assistant import messages, outcomes
from assistant.answering.sentences import pieces
from assistant.answering.writer import Writer, Written
from assistant.days import without_day
from assistant.desk.shelf import Found, Shelf
from assistant.evidence import Evidence, EvidenceGatherer
from assistant.facets import up_to_second
from assistant.going_on import GoingOn
from assistant.link import Link
from assistant.matter import Matter, matter
from assistant.outcomes import Replied
from assistant.policy import Decision, Verdict, decide
from assistant.replies import Answer, Delta, Handoff, Reply, Sources
from assistant.topics import rights_named
from assistant.understanding import Understander, Understanding
from corpus.records import Kind
from index.retriever import Filters, Retriever, SearchResult
from index.store import Index

MAX_TEXT_CHARS = 1500
MAX_QUERY_CHARS = 500
RESERVE_CHARS = 60
"""Kept free for what is put around an answer's text."""

ENDED_THRESHOLD = 0.5
"""The least probability that what is found for the end of a question answers it, where the whole found too little."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office decides: thresholds, the desk that handoffs name, the regions whose texts apply."""

    threshold: float = 0.4
    desk: str = messages.DEFAULT_DESK
    regions: frozenset[str] | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one generation of the index; ``first_marker`` and ``max_chars`` say what room its answer has."""

    text: str
    meant: Understanding
    as_of: dt.date
    index: Index
    first_marker: int = 1
    max_chars: int = MAX_TEXT_CHARS - RESERVE_CHARS

    @property
    def retriever(self) -> Retriever:
        """What searches the index."""
        return self.index.retriever()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What the index found."""

    question: Question
    result: SearchResult


@dataclass(frozen=True, slots=True)
class Decided:
    """What to do about it; ``curated`` is the answer of the desk that fits, where there is one."""

    question: Question
    result: SearchResult
    decision: Decision
    curated: Found | None = None


class QuestionChain:
    """Answers single questions."""

    def __init__(
        self,
        *,
        understander: Understander,
        writer: Writer,
        rules: Rules,
        shelf: Shelf | None = None,
    ) -> None:
        self._understander = understander
        self._writer = writer
        self._rules = rules
        self._shelf = shelf
        self._going_on = GoingOn(search=self._search, understander=understander)
        self._find = Link(self._retrieve).then(self._decide)
        self._whole = self._find.then(self._write)

    def warm(self, question: Question) -> None:
        """Do all for ``question`` but write its reply."""
        self._find.invoke(question)

    def answer(self, question: Question) -> Replied:
        """Return the reply to ``question``."""
        return self._whole.invoke(question)

    def stream(self, question: Question) -> Generator[Sources | Delta, None, Replied]:
        """Yield the reply to ``question`` as it is written; only an answer takes time, everything else is ready."""
        decided = self._find.invoke(question)
        if decided.decision.verdict is Verdict.ANSWER:
            evidence = self._gather(decided)
            written = yield from self._writer.stream(
                question.text, evidence, first_marker=question.first_marker, max_chars=question.max_chars
            )
            return _answered(decided, evidence, written)
        reply, used = self._write(decided)
        yield from shown_at_once(reply)
        return reply, used

    def _retrieve(self, question: Question) -> Retrieved:
        prefer = self._rules.region if question.meant.local else None
        filters = Filters(regions=self._rules.regions, facets=question.meant.facets, prefer_region=prefer)
        result = self._search(question, without_day(question.text), filters, told=question.meant.told)
        if not question.meant.follow_up:
            return Retrieved(question, result)
        going_on, found = self._going_on.of(question, result, filters)
        return self._retrieve(going_on) if found is None else Retrieved(going_on, found)

    def _search(self, question: Question, text: str, filters: Filters, *, told: tuple[str, ...] = ()) -> SearchResult:
        """Search for ``text``; where that finds too little, for the end that asks; where two things asked in one breath
        find a gap only, for the first of them.
        """
        asking = self._understander.asking(text)
        how: dict[str, Any] = {"as_of": question.as_of, "top_k": 8, "filters": filters}
        result = question.retriever.search(text, asking=asking, told=told, **how)
        if asking and result.probability < self._rules.threshold:
            ended = question.retriever.search(asking[-1], **how)
            return ended if ended.probability >= ENDED_THRESHOLD else result
        first = up_to_second(text) if result.hits and result.hits[0].document.kind is Kind.GAP else text
        if first == text or not self._understander.on_topic(first):
            return result
        narrower = question.retriever.search(first, **how)
        return narrower if narrower.hits and narrower.hits[0].document.kind is not Kind.GAP else result

    def _decide(self, found: Retrieved) -> Decided:
        question, result = found.question, found.result
        if self._shelf is not None:
            text = without_day(question.text)
            curated = self._shelf.find(text, index=question.index, as_of=question.as_of, result=result)
            if curated is not None:
                return Decided(question, result, Decision(Verdict.CURATED), curated)
        decision = decide(
            question.text,
            result,
            as_of=question.as_of,
            whose=Matter.OURS if question.meant.follow_up else self._whose(question.text, result),
            threshold=self._rules.threshold,
            names=self._understander.names(question.text),
            things=len(question.meant.facets),
            before=asked_before(question),
        )
        return Decided(question, result, decision)

    def _write(self, decided: Decided) -> Replied:
        question, result, decision = decided.question, decided.result, decided.decision
        match decision.verdict:
            case Verdict.CURATED:
                assert self._shelf is not None and decided.curated is not None  # noqa: PT018 - set with the verdict
                return self._shelf.write(decided.curated, as_of=question.as_of, first_marker=question.first_marker)
            case Verdict.ANSWER:
                evidence = self._gather(decided)
                written = self._writer.write(
                    question.text, evidence, first_marker=question.first_marker, max_chars=question.max_chars
                )
                return _answered(decided, evidence, written)
            case Verdict.GAP:
                assert decision.gap is not None  # set with the verdict
                marker, room = question.first_marker, question.max_chars
                return outcomes.known_gap(decision.gap, result, desk=self._rules.desk, marker=marker, max_chars=room)
            case Verdict.MISSING:
                assert decision.missing is not None  # set with the verdict
                return outcomes.missing(decision.missing, result, desk=self._rules.desk), ()
            case Verdict.ABSTAIN:
                whose, perhaps = self._whose(question.text, result), question.meant.perhaps
                return outcomes.nothing(result, whose=whose, desk=self._rules.desk, perhaps=perhaps), ()

    def _gather(self, decided: Decided) -> Evidence:
        question = decided.question

        def search(query: str, filters: Filters) -> SearchResult:
            return question.retriever.search(query, as_of=question.as_of, top_k=3, filters=filters)

        gatherer = EvidenceGatherer(
            search=search,
            likeness=question.retriever.likeness,
            passages_of=question.index.passages_of,
            as_of=question.as_of,
        )
        assert decided.decision.best is not None  # set with the verdict
        names = self._understander.names(question.text)
        return gatherer.gather(question.meant, question.text, decided.result, best=decided.decision.best, names=names)

    def _whose(self, text: str, result: SearchResult) -> Matter:
        understander = self._understander
        return matter(_topic(result), named=understander.on_topic(text), surely=understander.surely_on_topic(text))


def asked_before(question: Question) -> int:
    """Return how many characters of the question were asked before; none where the same is asked of another matter (专利呢)."""
    meant = question.meant
    return len(question.text) - len(meant.asked) if meant.follow_up and meant.clauses else 0


def _topic(result: SearchResult) -> float:
    """Return the log odds that the question is about a matter of this window, 0 where nothing tells."""
    return result.features.get("topic", 0.0)


def shown_at_once(reply: Reply) -> Generator[Sources | Delta, None, None]:
    """Yield a reply that is ready as the events of one that is being written."""
    yield Sources(reply.citations if isinstance(reply, Answer | Handoff) else ())
    yield from (Delta(piece) for piece in pieces(reply.text))


def _answered(decided: Decided, evidence: Evidence, written: Written) -> Replied:
    question = decided.question
    return outcomes.answered(
        written,
        evidence,
        decided.result,
        as_of=question.as_of,
        passages_of=question.index.passages_of,
        missing=decided.decision.missing,
        perhaps="" if rights_named(question.meant.asked) else question.meant.perhaps,
    )
