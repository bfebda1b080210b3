"""Which section of a guide a question is after, guessed from its characters: naive Bayes over the lay questions."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus.records import Facet
from index.arrays import FloatArray
from index.errors import IndexBrokenError

CLASSES = len(Facet) + 1  # the last is "no facet": plans, gaps, laws
_SMOOTHING = 0.3
_DAMPING = 0.5  # neighbouring characters and pairs say the same thing twice
_LEAST_COUNT = 3


class FacetGuess:
    """A naive Bayes model.

    :param prior: (CLASSES,) log probabilities.
    :param terms: term → (CLASSES,) log P(term | class).
    """

    def __init__(self, prior: Sequence[float], terms: Mapping[str, Sequence[float]]) -> None:
        self._prior = np.array(prior, dtype=np.float64)
        self._rows = {term: row for row, term in enumerate(terms)}
        self._terms = np.array(list(terms.values()), dtype=np.float64).reshape(-1, CLASSES)

    @classmethod
    def train(cls, examples: Iterable[tuple[frozenset[str], int]]) -> FacetGuess:
        """Count the terms of questions (their character terms and class)."""
        counts = [Counter[str]() for _ in range(CLASSES)]
        sizes = np.zeros(CLASSES)
        for terms, label in examples:
            counts[label].update(terms)
            sizes[label] += 1
        total = sum(counts, Counter[str]())
        frequent = sorted(term for term, count in total.items() if count >= _LEAST_COUNT)
        logs = {
            term: [
                round(math.log((count[term] + _SMOOTHING) / (size + 2 * _SMOOTHING)), 3)
                for count, size in zip(counts, sizes, strict=True)
            ]
            for term in frequent
        }
        prior = [round(math.log((size + 1) / (sizes.sum() + CLASSES)), 3) for size in sizes]
        return cls(prior, logs)

    def probabilities(self, terms: Iterable[str]) -> FloatArray:
        """Return (CLASSES,) P(class | terms), in the order of :class:`Facet`, then no facet."""
        rows = [self._rows[term] for term in sorted(terms) if term in self._rows]
        scores = self._prior + _DAMPING * self._terms[rows].sum(axis=0)
        likely = np.exp(scores - scores.max())
        probabilities: FloatArray = likely / likely.sum()
        return probabilities

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        terms = {term: self._terms[row].tolist() for term, row in self._rows.items()}
        values = {"prior": self._prior.tolist(), "terms": terms}
        path.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> FacetGuess:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or damaged.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return cls(values["prior"], values["terms"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexBrokenError(f"{path}: found no facet model ({error!r}); fetch the file again") from error
