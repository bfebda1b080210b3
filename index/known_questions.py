"""Known questions outside the index: how near a query is to each of them, on the index's own scale.

For a few thousand questions that change at any moment, such as those of curated answers; nothing is written to disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.evidence_features import Coverage
from index.parts import SearchParts
from index.query import analyse

LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Near:
    """A known question near a query.

    :ivar position: of the question in the list that was given.
    :ivar overlap: weighted Dice overlap of the terms, 0..1, as :attr:`index.retriever.Hit.question_score`.
    :ivar cosine: of the two vectors.
    :ivar covered: which share of the query's character pairs stands in the answer or its questions, 0..1.
    """

    position: int
    overlap: float
    cosine: float
    covered: float

    @property
    def score(self) -> float:
        """The mean of both, 0..1."""
        return (self.overlap + max(self.cosine, 0.0)) / 2


class KnownQuestions:
    """Compares queries with ``questions``; rarity of terms is that of the index's corpus.

    :param answers: for each question what answers it, with every question that it answers.
    """

    def __init__(self, questions: Sequence[str], answers: Sequence[str], *, parts: SearchParts) -> None:
        self._answers = [parts.analyzer.normalise(answer) for answer in answers]
        self._parts = parts
        self._coverage = Coverage(parts)
        self._terms = self._coverage.question_terms(questions)
        self._vectors = parts.embedder.encode_queries(questions) if questions else None

    def nearest(self, query: str, *, looked_at: int = LOOKED_AT) -> list[Near]:
        """Return the nearest questions, nearest first, at most ``looked_at``."""
        if self._vectors is None:
            return []
        analysed = analyse(query, analyzer=self._parts.analyzer, embedder=self._parts.embedder)
        cosines = self._vectors @ analysed.vector
        overlaps = self._coverage.overlaps(analysed.own_terms, [self._terms])
        best = np.argsort(-cosines, kind="stable")[:looked_at]
        shares = self._coverage.covered(analysed, [self._answers[position] for position in best])
        near = [
            Near(int(position), float(overlaps[position]), float(cosines[position]), float(share))
            for position, share in zip(best, shares, strict=True)
        ]
        return sorted(near, key=lambda each: -each.score)
