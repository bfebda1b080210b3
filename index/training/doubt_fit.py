"""Fits the doubt model: logistic regression on asked messages and on questions that nothing answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import minimize

from index.arrays import BoolArray, FloatArray
from index.doubt import DoubtModel
from index.retriever import SearchResult

ANSWERED_WITHIN = 3  # an answer may quote so many sections
UNANSWERED_SHARE = 0.35  # of real questions; a guess that the desk's statistics should replace
_RIDGE = 3e-3


def fit(asked: Sequence[tuple[frozenset[str], SearchResult]], unanswered: Sequence[Mapping[str, float]]) -> DoubtModel:
    """Return the model of messages with the passages that answer each; it has nothing for what has no signs."""
    found = [(answers, result) for answers, result in asked if result.hits]
    right = [
        any(hit.passage.passage_id in answers for hit in result.hits[:ANSWERED_WITHIN]) for answers, result in found
    ]
    examples = [result.features for _, result in found] + list(unanswered)
    answered = np.array(right + [False] * len(unanswered))
    weight = UNANSWERED_SHARE / (1 - UNANSWERED_SHARE) * len(found) / max(len(unanswered), 1)
    weights = np.array([1.0] * len(found) + [weight] * len(unanswered))
    model = _fitted(examples, _names(examples), answered, weights)
    report(model, examples, answered, weights)
    return model


def _names(examples: Iterable[Mapping[str, float]]) -> set[str]:
    return {name for features in examples for name in features}


def _fitted(
    examples: Sequence[Mapping[str, float]], features: Iterable[str], right: BoolArray, weights: FloatArray
) -> DoubtModel:
    names = sorted(features)
    matrix = np.array([[each.get(name, 0.0) for name in names] for each in examples])
    scale = np.maximum(matrix.std(axis=0), 1e-9)
    coefficients, intercept = logistic(matrix / scale, right, weights)
    rounded = [round(value, 4) for value in (coefficients / scale).tolist()]
    return DoubtModel(dict(zip(names, rounded, strict=True)), round(intercept, 4))


def logistic(matrix: FloatArray, right: BoolArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Return the coefficients, none negative, and the intercept of a weighted logistic regression over scaled columns."""
    target, share = right.astype(np.float64), weights / weights.sum()

    def loss(values: FloatArray) -> tuple[float, FloatArray]:
        scores = matrix @ values[:-1] + values[-1]
        likely = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        losses = np.logaddexp(0, scores) - target * scores
        error = share * (likely - target)
        gradient = np.append(matrix.T @ error + 2 * _RIDGE * values[:-1], error.sum())
        return float(share @ losses + _RIDGE * (values[:-1] ** 2).sum()), gradient

    count = matrix.shape[1]
    bounds = [(0.0, None)] * count + [(None, None)]
    best = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return best.x[:-1], float(best.x[-1])


def report(model: DoubtModel, examples: Sequence[Mapping[str, float]], right: BoolArray, weights: FloatArray) -> None:
    """Print how many of the questions at each probability are answered."""
    likely = np.array([model.probability(features) for features in examples])
    for low in np.arange(0, 1, 0.1):
        mine = (likely >= low) & (likely < low + 0.1)
        if mine.any():
            share = np.average(right[mine], weights=weights[mine])
            print(f"  P {low:.1f}-{low + 0.1:.1f}: {int(mine.sum()):5d} questions, {share:.2f} answered", flush=True)
