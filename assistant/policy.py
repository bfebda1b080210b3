"""Answer, hand over, or say that there is nothing: one decision for one question, from its evidence alone. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.beyond import beyond_texts
from assistant.expected import AMOUNT, ASKS_PRICE, OUR_PLACES, missing_kind, of_elsewhere, of_other_money
from assistant.matter import Matter
from assistant.topics import more_special, of_another_right, rights_named
from corpus.records import Kind
from index.retriever import WORD_FOR_WORD, Hit, SearchResult


class Verdict(StrEnum):
    """What to do with a question."""

    CURATED = "curated"
    ANSWER = "answer"
    GAP = "gap"
    MISSING = "missing"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict; ``missing`` names the kind of fact asked for that no evidence holds, ``gap`` the gap that fits.

    ``best`` is the hit that an answer starts from; beside it, ``missing`` is the one thing of several that stays open.
    """

    verdict: Verdict
    missing: str | None = None
    gap: Hit | None = None
    best: Hit | None = None


ONE_OF_SEVERAL = frozenset({"fee", "phone", "address"})
"""Kinds of fact that are said to be missing beside an answer to what else is asked."""
GAP_MARGIN = 0.9
GAP_QUESTION_SLACK = 0.03
"""A gap within this share of the best score, and hardly less like the question, wins where the question is about here …"""
GAP_HARDLY_LOWER = 1.0
"""… and the guide ranker judges it at most so much lower."""

RIVAL_MARGIN = 0.85
"""A guide within this share of a gap's score answers instead of it, unless the question is about here."""
RIVAL_QUESTION = 0.1
"""… and its lay question is at most so much less like the visitor's."""
RIVAL_JUDGED = 2.0
"""… and the guide ranker judges it at most so much lower."""
GAP_QUESTION, GAP_SURE = 0.27, 0.6
"""A gap none of whose lay questions is as much like the visitor's as this is some other matter's, unless the evidence as
a whole fits so well."""
GAP_JUDGED = 1.0
"""Where nothing else answers, a gap that comes first is given that the guide ranker judges so high: it states hardly a fact."""
OTHER_RIGHT, PLAINER = 0.6, 0.75
"""Least share of the best score for a passage that speaks of the right named, of the matter in general, to go first."""
OTHER_RIGHT_JUDGED = 4.0
"""… and the guide ranker judges the passage of the right named at most so much lower; else nothing is answered."""
PLAINER_QUESTION = 0.35
"""… and the lay question of the general one is at most so much less like the visitor's."""
KNOWN_QUESTION = 0.9
"""From this similarity with a known question on, the passage beside it answers, however doubtful it looks."""
PLAINER_JUDGED = 0.5
"""… and the guide ranker judges it at most so much lower."""

_NUMBERS = re.compile(r"\d+|第[零一二三四五六七八九十百]+")
_HERE = re.compile(
    rf"{OUR_PLACES}|我们市|咱们市|我市|咱市|本地|当地|本市|规划|十四五|旗里|市里|区里|我家|俺家|我们公司|我这"
)


def decide(  # noqa: PLR0913 - what it goes by, by keyword
    query: str,
    result: SearchResult,
    *,
    as_of: dt.date,
    whose: Matter,
    threshold: float,
    names: str = "",
    things: int = 1,
    before: int = 0,
) -> Decision:
    """Return what to do with ``query``.

    :param result: what retrieval found on ``as_of``.
    :param whose: whose matter it is: what is not surely ours must fit far better.
    :param threshold: the usual least probability (0–1) at which an answer is given.
    :param names: the question with the proper names of what it calls otherwise (红圈: 专用标志); itself where that is empty.
    :param things: how many things it asks for: where one of several is missing, the others are answered.
    :param before: so many of its first characters were asked before; the rest goes on with them.
    """
    names = names or query
    known = result.hits[0] if result.hits else None
    if known is not None and is_known(query, known, names):
        if known.document.kind is Kind.GAP:
            return Decision(Verdict.GAP, gap=known)
        return Decision(Verdict.ANSWER, best=known)
    if not result.hits or result.probability < whose.least(threshold):
        beyond = beyond_texts(query, quotes_plan=False, before=before) if whose.here else None
        return Decision(Verdict.ABSTAIN) if beyond is None else Decision(Verdict.MISSING, missing=beyond)
    gap = _gap(query, names, result)
    if gap is not None and of_elsewhere(query, gap):
        return Decision(Verdict.MISSING, missing="place")
    if gap is not None and of_other_money(query, gap):
        others = (hit for hit in result.hits if hit.document.kind is Kind.GAP and not of_other_money(query, hit))
        gap = next((hit for hit in others if hardly_lower(hit, gap, GAP_HARDLY_LOWER)), None)
        return Decision(Verdict.MISSING, missing="money") if gap is None else Decision(Verdict.GAP, gap=gap)
    if gap is not None:
        return Decision(Verdict.GAP, gap=gap)
    missing = beyond_texts(query, quotes_plan=_tells_of_plan(result.hits[0]), before=before)
    missing = missing or missing_kind(query, result.hits[:3], as_of, before=before)
    if missing is not None and not (things > 1 and missing in ONE_OF_SEVERAL):
        return Decision(Verdict.MISSING, missing=missing)
    best = _best(names, result.hits)
    if best is None or not _stands(best, result.hits[0]):
        loose = _loose_gap(names, result.hits[0])
        return Decision(Verdict.ABSTAIN) if loose is None else Decision(Verdict.GAP, gap=loose)
    return Decision(Verdict.ANSWER, best=best, missing=missing)


def is_known(query: str, hit: Hit, names: str = "") -> bool:
    """Return whether somebody wrote ``query`` down beside ``hit``, nearly word for word: nothing is left to doubt.

    Another year, amount or article makes it another question, and so does another right; unless not a word differs.

    :param names: see :func:`decide`.
    """
    same = set(_NUMBERS.findall(query)) <= set(_NUMBERS.findall(hit.matched_question or ""))
    same &= hit.question_score >= WORD_FOR_WORD or not of_another_right(names, hit.document, hit.passage)
    return hit.question_score >= KNOWN_QUESTION and same


def _loose_gap(names: str, first: Hit) -> Hit | None:
    """Return ``first`` where it is a gap that the guide ranker judges high, though its words are not the question's."""
    judged_high = first.judgement is not None and first.judgement >= GAP_JUDGED
    fits = first.document.kind is Kind.GAP and judged_high and not more_special(names, first.document)
    return first if fits else None


def _stands(best: Hit, first: Hit) -> bool:
    """Return whether ``best`` may answer where a gap that does not fit came ``first``: only if it does fit itself."""
    if first.document.kind is not Kind.GAP:
        return True
    return best.score >= RIVAL_MARGIN * first.score and best.question_score >= GAP_QUESTION


def _best(names: str, hits: tuple[Hit, ...]) -> Hit | None:
    """Return the passage that an answer starts from: of the right that is named, not of a special matter that is not."""
    answers = [hit for hit in hits if hit.document.kind is not Kind.GAP]
    if not answers:
        return None

    def fits(hit: Hit) -> bool:
        return not of_another_right(names, hit.document, hit.passage)

    near = (hit for hit in answers if hit is answers[0] or _nearly(hit, answers[0]))
    best = next(filter(fits, near), None)
    if best is None:
        return None
    if more_special(names, best.document):
        topics = {best.document.topic, *rights_named(names)}
        of_topic = (hit for hit in answers if hit.document.topic in topics and not more_special(names, hit.document))
        plain = filter(fits, of_topic)
        best = next((hit for hit in plain if _about_as_good(hit, best)), best)
    return best


def _nearly(hit: Hit, best: Hit) -> bool:
    """Return whether ``hit``, of the right that is named, is good enough beside ``best``, which is of another."""
    return hit.score >= OTHER_RIGHT * best.score and hardly_lower(hit, best, OTHER_RIGHT_JUDGED)


def _about_as_good(hit: Hit, best: Hit) -> bool:
    alike = hit.score >= PLAINER * best.score and hit.question_score >= best.question_score - PLAINER_QUESTION
    return alike and hardly_lower(hit, best, PLAINER_JUDGED)


def hardly_lower(hit: Hit, best: Hit, by: float) -> bool:
    """Return whether the guide ranker judges ``hit`` at most ``by`` lower than ``best``; where it did not look, it may be so."""
    return hit.judgement is None or best.judgement is None or hit.judgement >= best.judgement - by


def _tells_of_plan(hit: Hit) -> bool:
    return hit.document.period_end is not None or "规划" in hit.passage.text


def _gap(query: str, names: str, result: SearchResult) -> Hit | None:
    """Return the gap that the question falls into, if it does.

    A question about here falls into a gap sooner, any other one only where no guide fits about as well.
    """
    best, here = result.hits[0], _HERE.search(query) is not None
    if (
        best.document.kind is Kind.GAP
        and (best.question_score >= GAP_QUESTION or result.probability >= GAP_SURE)
        and not more_special(names, best.document)
    ):
        priced = ASKS_PRICE.search(query) is not None
        rivals = (
            hit
            for hit in result.hits[1:4]
            if hit.document.kind is not Kind.GAP
            and not more_special(names, hit.document)
            and (not priced or AMOUNT.search(hit.passage.text))
        )
        equal = any(
            hit.score >= RIVAL_MARGIN * best.score
            and hit.question_score >= best.question_score - RIVAL_QUESTION
            and hardly_lower(hit, best, RIVAL_JUDGED)
            for hit in rivals
        )
        return None if equal and not here else best
    if not here:
        return None
    gaps = (hit for hit in result.hits[1:4] if hit.document.kind is Kind.GAP)
    least = best.question_score - GAP_QUESTION_SLACK
    near = (
        hit
        for hit in gaps
        if hit.score >= GAP_MARGIN * best.score
        and hit.question_score >= least
        and hardly_lower(hit, best, GAP_HARDLY_LOWER)
    )
    return next(near, None)
