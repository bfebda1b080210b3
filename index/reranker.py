"""The place where a reranker of one's own goes: it takes the place of the shipped ones (guides, articles)."""

from __future__ import annotations

from typing import Protocol

from index.arrays import FloatArray

FEATURES = ("fused", "text", "question", "dense_text", "dense_question")


class Reranker(Protocol):
    """Scores the best candidates anew."""

    def score(self, features: FloatArray) -> FloatArray:
        """Return (n,) scores, higher is better, in the candidates' order.

        :param features: (n, len(FEATURES)) float64, the columns named by :data:`FEATURES`.
        """
