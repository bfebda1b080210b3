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
        """Rank of the first section that answers, from 1; 0 when none is among the hits."""
        return self._rank(self.question.right)

    @property
    def own_rank(self) -> int:
        """Rank of the section that the question stands at, others being wrong."""
        return self._rank(frozenset({self.question.passage_id}))

    def _rank(self, right: frozenset[str]) -> int:
        return next((hit.rank for hit in self.result.hits if hit.passage.passage_id in right), 0)

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
        "own passage first": sum(each.own_rank == 1 for each in asked),
        "own passage in three": sum(1 <= each.own_rank <= 3 for each in asked),
        "document first": sum(each.document_first for each in asked),
        "mean probability": sum(each.result.probability for each in asked),
    }
    return {
        "questions": count,
        **{name: round(value / count, 3) for name, value in shares.items()},
        "query p50, ms": round(times[count // 2], 1),
        "query p99, ms": round(times[int(count * 0.99)], 1),
    }
