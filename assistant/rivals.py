"""Other guides that a question may mean as well as the one that answers it. Pure."""

from __future__ import annotations

from corpus.records import Kind
from index.retriever import Hit, SearchResult

CLOSE = 1.5
"""A guide is a rival where the guide ranker judges its section at most so much lower than the best one's. Of 1,500
questions in words that nobody had written down, one in five that were answered from the right guide has a rival by this
measure, and more than half of those answered from another one."""
SURE, KNOWN = 0.9, 0.7
"""A search so sure, or a question so near to a known one of the best section, has no rivals."""
_ANSWERS = {Kind.GUIDE, Kind.PLAN}


def may_be_meant(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Return the sections of guides and plans that are judged about as good as the best of them."""
    judged = [hit for hit in hits if hit.document.kind in _ANSWERS and hit.judgement is not None]
    best = max((hit.judgement for hit in judged if hit.judgement is not None), default=0.0)
    return tuple(hit for hit in judged if hit.judgement is not None and hit.judgement >= best - CLOSE)


def rivals(best: Hit, result: SearchResult) -> tuple[Hit, ...]:
    """Return the best hit of every other guide or plan that may be meant as well as ``best``, in the order of the hits."""
    if best.judgement is None or best.question_score >= KNOWN or result.probability >= SURE:
        return ()
    found: dict[str, Hit] = {}
    for hit in result.hits:
        other = hit.document.document_id != best.document.document_id and hit.document.kind in _ANSWERS
        if other and hit.judgement is not None and hit.judgement >= best.judgement - CLOSE:
            found.setdefault(hit.document.document_id, hit)
    return tuple(found.values())
