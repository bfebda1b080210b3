"""Fusion of the lists that the lexical and the dense index return: pure functions over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Weights:
    """What each list counts for; they need not sum to one.

    The lexical lists count relative to their best entry, the dense ones by their cosine: of a question that resembles
    no known question, the nearest known question must not count as a find. Set on the held-out lay questions.
    """

    text: float = 0.60
    question: float = 0.08
    dense_text: float = 0.20
    dense_question: float = 0.12


def best_per_number(numbers: IntArray, scores: FloatArray) -> tuple[IntArray, FloatArray]:
    """Pool several entries of a passage into its best one.

    :param numbers: (n,) passage numbers, possibly repeated; ``scores`` (n,) descending.
    :returns: distinct numbers in the order of their best score, and those scores.
    """
    _, first = np.unique(numbers, return_index=True)
    first = np.sort(first)
    return numbers[first], scores[first]


def aligned(candidates: IntArray, numbers: IntArray, scores: FloatArray) -> FloatArray:
    """Return (c,) the score of each candidate, 0 where a list has none.

    :param candidates: (c,) sorted distinct numbers, a superset of ``numbers``.
    """
    column = np.zeros(len(candidates), dtype=np.float64)
    column[np.searchsorted(candidates, numbers)] = scores
    return column


def convex(columns: Sequence[FloatArray], weights: Sequence[float], maxima: Sequence[float]) -> FloatArray:
    """Return the weighted sum of columns, each divided by its list's maximum; 0..1 when the weights sum to one.

    On our measurements this beats reciprocal ranks, which let a weak list outvote a strong one.

    :param columns: (c,) each; negative scores (cosines of unrelated texts) count as 0.
    """
    total = np.zeros(len(columns[0]) if columns else 0, dtype=np.float64)
    weight_sum = sum(weights) or 1.0
    for column, weight, maximum in zip(columns, weights, maxima, strict=True):
        if maximum > 0:
            total += weight / weight_sum * np.clip(column, 0, None) / maximum
    return total


def descending(scores: FloatArray, ties: IntArray) -> IntArray:
    """Return positions by falling score; equal scores by rising ``ties``, so that runs agree."""
    return np.lexsort((ties, -scores)).astype(np.int64)
