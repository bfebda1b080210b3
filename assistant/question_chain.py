"""One question on its way: retrieve, decide, write. A LangChain chain, each link taking what the one before found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass, replace

from assistant import messages, outcomes
from assistant.answering.sentences import bigrams, pieces
from assistant.answering.writer import Writer, Written
from assistant.beyond import of_another_counter
from assistant.days import without_day
from assistant.desk.shelf import Found, Shelf
from assistant.evidence import Evidence, EvidenceGatherer, PassagesOf
from assistant.facets import up_to_second
from assistant.indexes import Indexes
from assistant.link import Link
from assistant.matter import OURS, Matter, matter
from assistant.outcomes import Replied
from assistant.policy import Decision, Verdict, decide, hardly_lower, is_known
from assistant.replies import Answer, Delta, Handoff, Reply, Sources
from assistant.topics import of_another_right, rights_named
from assistant.understanding import GOES_WITH, Understander, Understanding
from corpus.records import Kind
from index.retriever import Filters, Retriever, SearchResult

MAX_TEXT_CHARS = 1500
_RESERVE_CHARS = 60
"""Kept free for what is put around an answer's text."""

ENDED_THRESHOLD = 0.5
"""The least probability that what is found for the end of a question answers it, where the whole found too little."""


SURE = 0.9
"""From this probability on, another guide may be meant than the one that what was asked before leads to."""
LONG_STORY = 14
"""What was asked before with more characters than this may drown a short message that goes on with it."""
NEW_WORDS_LOWER = 3.0
"""By so much lower at most is the section judged that a follow-up's own words find, of the guide that both together find. Of
770 follow-ups with their section known, 633 were led by it before and 674 are now."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office decides: thresholds, the desk that handoffs name, the regions whose texts apply."""

    threshold: float = 0.35
    desk: str = messages.DEFAULT_DESK
    regions: frozenset[str] | None = None
    region: str | None = None
    max_query_chars: int = 500


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the index as it is now; ``first_marker`` and ``max_chars`` say what room its answer has."""

    text: str
    meant: Understanding
    as_of: dt.date
    retriever: Retriever
    passages_of: PassagesOf
    first_marker: int = 1
    max_chars: int = MAX_TEXT_CHARS - _RESERVE_CHARS


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
        indexes: Indexes,
        understander: Understander,
        writer: Writer,
        rules: Rules,
        shelf: Shelf | None = None,
    ) -> None:
        self._indexes = indexes
        self._understander = understander
        self._writer = writer
        self._rules = rules
        self._shelf = shelf
        self._find = Link(self._retrieve).then(self._decide)
        self._whole = self._find.then(self._write)

    def question(
        self, text: str, meant: Understanding, as_of: dt.date, *, first_marker: int = 1, max_chars: int | None = None
    ) -> Question:
        """Return ``text`` as a question to the index in use.

        :raises IndexNotReadyError: while there is no index.
        """
        index = self._indexes.in_use()
        room = MAX_TEXT_CHARS - _RESERVE_CHARS if max_chars is None else max_chars
        return Question(text, meant, as_of, self._indexes.retriever(), index.passages_of, first_marker, room)

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
        result = self._search(question, without_day(question.text), filters)
        if not question.meant.follow_up:
            return Retrieved(question, result)
        if not question.meant.clauses:
            return self._of_another(question, result, filters)
        result = self._of_its_name(question, result, filters)
        return Retrieved(question, self._led_by_new_words(question, result, filters))

    def _of_its_name(self, question: Question, result: SearchResult, filters: Filters) -> SearchResult:
        """Return what is found for the name of the guide instead of a long story that was told before, where that is better."""
        before = question.meant.standalone_query.rsplit(GOES_WITH, 1)[0]
        if len(before) <= LONG_STORY or not result.hits or not result.hits[0].document.aliases:
            return result
        first = result.hits[0]
        named = self._search(question, f"{first.document.aliases[0]} {question.meant.asked}", filters)
        if not named.hits or hardly_lower(first, named.hits[0], 0.0):
            return result
        same = named.hits[0].document.document_id == first.document.document_id
        return named if same or named.probability >= SURE else result

    def _led_by_new_words(self, question: Question, result: SearchResult, filters: Filters) -> SearchResult:
        """Return ``result`` with the section first that a follow-up's own words find in the guide that comes first, or in
        that one or the gap that comes before it.

        What was asked before says which guide it is; read out again, its answer would hide the new one.
        """
        if not result.hits:
            return result
        first, *others = result.hits
        guide = next((hit for hit in result.hits if hit.document.kind is not Kind.GAP), first)
        only = replace(filters, document_ids=frozenset({first.document.document_id, guide.document.document_id}))
        alone = question.retriever.search(question.meant.asked, as_of=question.as_of, top_k=1, filters=only).hits
        found = next((hit for hit in others if alone and hit.passage == alone[0].passage), None)
        if found is None or not hardly_lower(found, first, NEW_WORDS_LOWER):
            return result
        rest = (hit for hit in (replace(first, score=found.score), *others) if hit is not found)
        return replace(result, hits=(replace(found, rank=1, score=first.score), *rest))

    def _of_another(self, question: Question, result: SearchResult, filters: Filters) -> Retrieved:
        """Return what is found where the same is asked of another matter (贯标呢): by what was asked, without its own matter
        or as a question of its own, whichever speaks of the one that is named.
        """
        before, named = question.meant.standalone_query.rsplit(GOES_WITH, 1)
        if self._speaks_of(result, named):
            return Retrieved(question, result)
        instead = f"{named} {self._understander.unnamed(before)}"
        found = self._search(question, instead, filters)
        if self._speaks_of(found, named):
            return Retrieved(replace(question, text=instead), found)
        if not self._understander.on_topic(named):
            return Retrieved(question, result)
        alone = self._understander.understand(named)
        return self._retrieve(replace(question, text=alone.parts[0], meant=alone))

    def _speaks_of(self, result: SearchResult, named: str) -> bool:
        """Return whether the best hit is about a matter that is named in two or three words."""
        if not result.hits:
            return False
        hit, names = result.hits[0], self._understander.names(named)
        document, passage = hit.document, hit.passage
        told = " ".join((document.title, *document.aliases, passage.heading, *passage.questions))
        of_right, rights = rights_named(document.topic), rights_named(names)
        if document.kind is not Kind.GUIDE or not of_right or not rights or of_right & rights:
            told += passage.text
        words = self._understander.topics(named) or bigrams(named)
        return any(word in told.lower() for word in words) and not of_another_right(names, document, passage)

    def _search(self, question: Question, text: str, filters: Filters) -> SearchResult:
        """Search for ``text``; where that finds too little, for the end that asks; where two things asked in one breath
        find a gap only, for the first of them.
        """
        asking = self._understander.asking(text)
        result = question.retriever.search(text, as_of=question.as_of, top_k=8, filters=filters, asking=asking)
        if asking and result.probability < self._rules.threshold:
            ended = question.retriever.search(asking[-1], as_of=question.as_of, top_k=8, filters=filters)
            return ended if ended.probability >= ENDED_THRESHOLD else result
        first = up_to_second(text) if result.hits and result.hits[0].document.kind is Kind.GAP else text
        if first == text or not self._understander.on_topic(first):
            return result
        narrower = question.retriever.search(first, as_of=question.as_of, top_k=8, filters=filters)
        return narrower if narrower.hits and narrower.hits[0].document.kind is not Kind.GAP else result

    def _decide(self, found: Retrieved) -> Decided:
        question, result = found.question, found.result
        if self._shelf is not None:
            text, index = without_day(question.text), self._indexes.in_use()
            curated = self._shelf.find(text, index=index, as_of=question.as_of, result=result)
            if curated is not None:
                return Decided(question, result, Decision(Verdict.CURATED), curated)
        others = of_another_counter(question.text, ours_by_meaning=_topic(result) >= OURS)
        known = bool(result.hits) and is_known(result.hits[0])
        if others and not known and not self._understander.surely_on_topic(question.text):
            return Decided(question, result, Decision(Verdict.OTHER_COUNTER))
        decision = decide(
            question.text,
            result,
            as_of=question.as_of,
            whose=Matter.OURS if question.meant.follow_up else self._whose(question.text, result),
            threshold=self._rules.threshold,
            names=self._understander.names(question.text),
            things=len(question.meant.facets),
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
            case Verdict.OTHER_COUNTER:
                return outcomes.nothing(result, whose=Matter.OTHERS, desk=self._rules.desk), ()

    def _gather(self, decided: Decided) -> Evidence:
        question = decided.question

        def search(query: str, filters: Filters) -> SearchResult:
            return question.retriever.search(query, as_of=question.as_of, top_k=3, filters=filters)

        gatherer = EvidenceGatherer(
            search=search,
            likeness=question.retriever.likeness,
            passages_of=question.passages_of,
            as_of=question.as_of,
        )
        assert decided.decision.best is not None  # set with the verdict
        names = self._understander.names(question.text)
        return gatherer.gather(question.meant, question.text, decided.result, best=decided.decision.best, names=names)

    def _whose(self, text: str, result: SearchResult) -> Matter:
        understander = self._understander
        return matter(_topic(result), named=understander.on_topic(text), surely=understander.surely_on_topic(text))


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
        passages_of=question.passages_of,
        missing=decided.decision.missing,
    )
