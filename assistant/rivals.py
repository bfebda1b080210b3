"""Other guides that a question may mean as well as the one that answers it. Pure."""

from __future__ import annotations

from corpus.records import Kind
from index.retriever import Hit, SearchResult

CLOSE = 1.5
"""A guide is a rival where the guide ranker judges its section at most so much lower than the best one's. Of 1,500
questions in words that nobody had written down, one in five that were answered from the right guide has a rival by this
measure, and more than half of those answered from another one."""
NEARLY = 4.0
"""A section that is judged at most so much lower than the one that answers is offered to tap, where the search is not sure. One
that answers was so one tap away for .18 of 713 first messages of stories (.15 with 1.5), besides .55 that were answered by it."""
SURE, KNOWN = 0.9, 0.7
"""A search so sure, or a question so near to a known one of the best section, has no rivals."""
_ANSWERS = {Kind.GUIDE, Kind.PLAN}


def rivals(best: Hit, result: SearchResult) -> tuple[Hit, ...]:
    """Return the best hit of every other guide or plan that may be meant as well as ``best``, in the order of the hits."""
    found: dict[str, Hit] = {}
    for hit in nearly(best, result, CLOSE):
        if hit.document.document_id != best.document.document_id:
            found.setdefault(hit.document.document_id, hit)
    return tuple(found.values())


def nearly(best: Hit, result: SearchResult, lower: float = NEARLY) -> tuple[Hit, ...]:
    """Return the sections that may be meant instead of ``best``, judged at most ``lower`` below it, in the order of the hits;
    none where it surely is what was meant.
    """
    if best.judgement is None or best.question_score >= KNOWN or result.probability >= SURE:
        return ()
    least = best.judgement - lower
    others = (hit for hit in result.hits if hit.passage.passage_id != best.passage.passage_id)
    return tuple(
        hit for hit in others if hit.document.kind in _ANSWERS and hit.judgement is not None and hit.judgement >= least
    )
