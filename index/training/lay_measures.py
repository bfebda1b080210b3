"""Asks lay questions and counts how often the right section comes first."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.retriever import Retriever, SearchResult
from index.training.lay_folds import LayQuestion


@dataclass(frozen=True, slots=True)
class Asked:
    """A lay question and what asking it gave."""

    question: LayQuestion
    result: SearchResult
    elapsed_ms: float

    @property
    def rank(self) -> int:
        """Rank of the right section from 1; 0 when it is not among the hits."""
        ids = [hit.passage.passage_id for hit in self.result.hits]
        return ids.index(self.question.passage_id) + 1 if self.question.passage_id in ids else 0

    @property
    def document_first(self) -> bool:
        """Whether the first hit is of the right document."""
        return bool(self.result.hits) and self.result.hits[0].document.document_id == self.question.document_id


def ask(retriever: Retriever, questions: Iterable[LayQuestion], as_of: dt.date) -> list[Asked]:
    """Search for each question."""
    asked = []
    for question in questions:
        start = time.perf_counter()
        result = retriever.search(question.query, as_of=as_of)
        asked.append(Asked(question, result, (time.perf_counter() - start) * 1000))
    return asked


def measures(asked: Sequence[Asked]) -> dict[str, float]:
    """Return shares of questions, and query times in milliseconds."""
    count = len(asked)
    times = sorted(each.elapsed_ms for each in asked)
    shares = {
        "passage first": sum(each.rank == 1 for each in asked),
        "passage in three": sum(1 <= each.rank <= 3 for each in asked),
        "passage in ten": sum(each.rank >= 1 for each in asked),
        "document first": sum(each.document_first for each in asked),
        "mean probability": sum(each.result.probability for each in asked),
    }
    return {
        "questions": count,
        **{name: round(value / count, 3) for name, value in shares.items()},
        "query p50, ms": round(times[count // 2], 1),
        "query p99, ms": round(times[int(count * 0.99)], 1),
    }
