"""What a visitor must know beside the answer: a period that is over, a rule about to change, a thin source. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant import messages
from assistant.answering.sentences import sentences
from corpus.records import Confidence, Facet, Kind, Passage, Status
from index.retriever import Hit

PassagesOf = Callable[[str], Sequence[Passage]]
MAX_SUGGESTIONS = 3
RECENT = dt.timedelta(days=180)
"""A repealed section is mentioned for this long after its last day."""


def notices(hits: Iterable[Hit], *, as_of: dt.date, passages_of: PassagesOf) -> tuple[str, ...]:
    """Return the notices for an answer that uses ``hits``, each once."""
    found: dict[str, None] = {}
    for hit in hits:
        if hit.status is Status.EXPIRED:
            found[messages.notice_period_over(hit.document)] = None
        for notice in _changes(hit, as_of, passages_of(hit.document.document_id)):
            found[notice] = None
        if hit.document.confidence is Confidence.SINGLE_TRANSCRIPTION:
            found[messages.notice_confidence()] = None
    return tuple(found)


def _changes(hit: Hit, as_of: dt.date, passages: Sequence[Passage]) -> Iterator[str]:
    """Yield what changes about ``hit``'s section: a version to come, or one that has just gone."""
    for other in passages:
        if other.passage_id == hit.passage.passage_id or not _same_section(other, hit.passage):
            continue
        status = hit.document.status(as_of, other)
        if status is Status.FUTURE and other.effective_date is not None:
            yield messages.notice_change(status, hit.document.title, other.effective_date, sentences(other.text)[0])
        elif status is Status.REPEALED and other.repealed_date is not None and as_of - other.repealed_date < RECENT:
            yield messages.notice_change(status, hit.document.title, other.repealed_date, "")
    repealed = hit.passage.repealed_date or hit.document.repealed_date
    if repealed is not None and hit.document.kind is Kind.LAW:
        yield messages.notice_change(Status.REPEALED, hit.document.title, repealed, "")


def _same_section(one: Passage, other: Passage) -> bool:
    if one.facet is None or one.facet is not other.facet:
        return False
    return one.facet is not Facet.FAQ or one.locator == other.locator


def future_only(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return the notices for documents that fit but are not in force yet as a whole."""
    coming = {
        hit.document.title: hit.document.effective_date
        for hit in hits
        if hit.status is Status.FUTURE and hit.passage.effective_date is None
    }
    return tuple(messages.notice_future_only(title, day) for title, day in coming.items() if day is not None)[:2]


def nearest_questions(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return up to three questions that the corpus does answer, nearest to one that it does not."""
    return first_questions(hit for hit in hits if hit.document.kind in {Kind.GUIDE, Kind.PLAN})


def first_questions(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Return up to three questions that the sections of ``hits`` answer."""
    return tuple(dict.fromkeys(question for hit in hits for question in _question(hit.passage)))[:MAX_SUGGESTIONS]


def suggestions(used: Iterable[Hit], *, as_of: dt.date, passages_of: PassagesOf) -> tuple[str, ...]:
    """Return up to three further questions that the best hit's own guide answers."""
    hits = tuple(used)
    if not hits or hits[0].document.kind is not Kind.GUIDE:
        return ()
    document, shown = hits[0].document, {hit.passage.passage_id for hit in hits}
    open_questions = [
        question
        for passage in passages_of(document.document_id)
        if passage.passage_id not in shown and document.status(as_of, passage) is Status.CURRENT
        for question in _question(passage)
    ]
    after = [q for q in open_questions if q.endswith(("？", "?"))] or open_questions
    return tuple(dict.fromkeys(after))[:MAX_SUGGESTIONS]


def _question(passage: Passage) -> tuple[str, ...]:
    if passage.facet is Facet.FAQ:
        return (passage.locator,)
    return passage.questions[:1]
