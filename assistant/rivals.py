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
ANSWERING = {Kind.GUIDE, Kind.PLAN}


def rivals(best: Hit, result: SearchResult) -> tuple[Hit, ...]:
    """Return the best hit of every other guide or plan that may be meant as well as ``best``, in the order of the hits."""
    if best.judgement is None or best.question_score >= KNOWN or result.probability >= SURE:
        return ()
    found: dict[str, Hit] = {}
    for hit in result.hits:
        other = hit.document.document_id != best.document.document_id and hit.document.kind in ANSWERING
        if other and hit.judgement is not None and hit.judgement >= best.judgement - CLOSE:
            found.setdefault(hit.document.document_id, hit)
    return tuple(found.values())
