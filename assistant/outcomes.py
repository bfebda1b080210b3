"""What a decision becomes: the reply itself, with its notices and what one may ask instead or next. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from assistant import messages
from assistant.answering.extractive import cite
from assistant.answering.sentences import clip
from assistant.answering.writer import Written
from assistant.evidence import Evidence, PassagesOf
from assistant.matter import Matter
from assistant.notices import MAX_SUGGESTIONS, first_questions, future_only, nearest_questions, notices, suggestions
from assistant.replies import REASON_NOTHING, Abstention, Answer, Clarification, Handoff, Reply
from assistant.rivals import SURE, nearly, rivals
from index.retriever import Hit, SearchResult

Replied = tuple[Reply, tuple[Hit, ...]]
"""A reply and the passages it used."""

_WHOM_TO_ASK = "**找谁问**"
NEAR, PERHAPS_OURS = 0.3, -2.5
"""From this probability or these log odds of being ours on, a question that names no matter is asked whether one of the
nearest questions is meant. They were chosen on 15 first messages of ours; of 21 in ``benchmarks/stories.jsonl`` that come so far
13 have a section that answers among those offered."""


def answered(  # noqa: PLR0913 - what it is made of, by keyword
    written: Written,
    evidence: Evidence,
    result: SearchResult,
    *,
    as_of: dt.date,
    passages_of: PassagesOf,
    missing: str | None = None,
    perhaps: str = "",
) -> Replied:
    """Return the answer with what was used for it; where other guides fit about as well, it says so and offers them.

    :param missing: the kind of fact that was asked for as well and that nothing holds.
    :param perhaps: what would be asked if the question went on with the one before, where it may: that is offered first.
    """
    used = _used(evidence, written)
    others = first_questions(_of_others(rivals(evidence.best, result), used))
    near = first_questions(_unused(nearly(evidence.best, result), used))
    said = notices(used, as_of=as_of, passages_of=passages_of)
    going_on = suggestions(used, as_of=as_of, passages_of=passages_of)
    reply = Answer(
        text=written.draft.text,
        citations=written.draft.citations,
        confidence=result.probability,
        notices=(
            *([messages.notice_degraded()] if written.degraded else []),
            *([messages.EXPECTED_MISSING[missing]] if missing else []),
            *([messages.NOTICE_ALONE] if perhaps else []),
            *([messages.NOTICE_RIVALS] if others and not perhaps else []),
            *said,
        ),
        suggestions=tuple(dict.fromkeys(filter(None, (perhaps, *others, *near, *going_on))))[:MAX_SUGGESTIONS],
        engine=written.engine,
        dropped=written.dropped,
    )
    return reply, used


def known_gap(gap: Hit, result: SearchResult, *, desk: str, marker: int, max_chars: int) -> Replied:
    """Return what is known about a matter that the corpus has no answer to, and who has."""
    others = first_questions(rivals(gap, result))
    near = nearest_questions(result.hits) if result.probability < SURE else ()
    text = f"{messages.gap_lead(gap.document.title)} [{marker}]\n\n{_whom_to_ask_sooner(gap.passage.text)}"
    reply = Handoff(
        text=clip(text, max_chars),
        reason=gap.document.document_id,
        desk=gap.document.desk or desk,
        confidence=result.probability,
        citations=(cite(gap, marker),),
        notices=(messages.NOTICE_RIVALS,) if others else (),
        suggestions=tuple(dict.fromkeys((*others, *near)))[:MAX_SUGGESTIONS],
    )
    return reply, (gap,)


def _whom_to_ask_sooner(text: str) -> str:
    """Return a gap's sections with whom to ask right after what is not held, before what is known."""
    first, *others = re.split(r"\n\n(?=\*\*)", text)
    return "\n\n".join([first, *sorted(others, key=lambda part: not part.startswith(_WHOM_TO_ASK))])


def missing(kind: str, result: SearchResult, *, desk: str) -> Handoff:
    """Return the handoff for a kind of fact that the evidence does not hold."""
    text = messages.expected_missing(kind, desk)
    return Handoff(text=text, reason=f"missing {kind}", desk=desk, confidence=result.probability)


def nothing(
    result: SearchResult, *, whose: Matter, desk: str, perhaps: str = ""
) -> Handoff | Abstention | Clarification:
    """Return the handoff where nothing fits well enough; say that it is no matter of this window, or ask which it is.

    :param perhaps: what would be asked if the question went on with the one before, where it may: that is asked back, or
        offered where a person is the one to ask.
    """
    if perhaps and not whose.here:
        near = () if whose is Matter.OTHERS else _may_be_meant(result)
        asked = messages.GOING_ON_OR_NEAR if near else messages.GOING_ON
        return Clarification(asked, (perhaps, *near)[:MAX_SUGGESTIONS])
    if whose is Matter.OTHERS:
        return Abstention(messages.ABSTAIN_OFF_TOPIC, confidence=result.probability)
    if not whose.here:
        if near := _may_be_meant(result):
            return Clarification(messages.MAY_BE_MEANT, near)
        return Abstention(messages.ABSTAIN_UNNAMED, confidence=result.probability)
    if result.hits and result.hits[0].document.desk:
        desk = result.hits[0].document.desk  # seeds go to another office than marks
    near = (*([perhaps] if perhaps else []), *nearest_questions(result.hits))[:MAX_SUGGESTIONS]
    return Handoff(
        text=messages.abstention(desk, near=bool(near)),
        reason=REASON_NOTHING,
        desk=desk,
        confidence=result.probability,
        notices=future_only(result.out_of_force),
        suggestions=near,
    )


def _may_be_meant(result: SearchResult) -> tuple[str, ...]:
    """Return the nearest questions, where one of them may be meant."""
    perhaps = result.probability >= NEAR or result.features.get("topic", 0.0) >= PERHAPS_OURS
    return nearest_questions(result.hits) if perhaps else ()


def _used(evidence: Evidence, written: Written) -> tuple[Hit, ...]:
    cited = {citation.passage_id for citation in written.draft.citations}
    hits: Sequence[Hit] = evidence.hits if evidence.where is None else (*evidence.hits, evidence.where)
    return tuple(hit for hit in hits if hit.passage.passage_id in cited)


def _unused(hits: Sequence[Hit], used: Sequence[Hit]) -> list[Hit]:
    """Return those of ``hits`` that were not used."""
    told = {hit.passage.passage_id for hit in used}
    return [hit for hit in hits if hit.passage.passage_id not in told]


def _of_others(hits: Sequence[Hit], used: Sequence[Hit]) -> list[Hit]:
    """Return those of ``hits`` whose document was not used."""
    told = {hit.document.document_id for hit in used}
    return [hit for hit in hits if hit.document.document_id not in told]
