"""Fits the doubt model: logistic regression on held-out lay questions and on questions that nothing answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.doubt import DoubtModel
from index.training.lay_measures import Asked

ANSWERED_WITHIN = 3  # an answer may quote so many sections
OFF_TOPIC_SHARE = 0.35  # of real questions; a guess that the desk's statistics should replace


def fit(asked: Sequence[Asked], unanswered: Sequence[Mapping[str, float]]) -> DoubtModel:
    """Return the model; the two sorts of question are weighted so that they have their assumed shares."""
    examples = [each.result.features for each in asked] + list(unanswered)
    right = np.array([1 <= each.rank <= ANSWERED_WITHIN for each in asked] + [False] * len(unanswered))
    names = sorted({name for features in examples for name in features})
    matrix = np.array([[features.get(name, 0.0) for name in names] for features in examples])
    weight = OFF_TOPIC_SHARE / (1 - OFF_TOPIC_SHARE) * len(asked) / max(len(unanswered), 1)
    weights = np.array([1.0] * len(asked) + [weight] * len(unanswered))
    model = LogisticRegression(C=10.0, max_iter=2000).fit(matrix, right, sample_weight=weights)
    probabilities = model.predict_proba(matrix)[:, 1]
    for low in np.arange(0, 1, 0.1):
        mine = (probabilities >= low) & (probabilities < low + 0.1)
        if mine.any():
            share = np.average(right[mine], weights=weights[mine])
            print(f"  P {low:.1f}-{low + 0.1:.1f}: {int(mine.sum()):5d} questions, {share:.2f} answered", flush=True)
    coefficients = {name: round(float(value), 4) for name, value in zip(names, model.coef_[0], strict=True)}
    return DoubtModel(weights=coefficients, intercept=round(float(model.intercept_[0]), 4))
