"""Many sets of terms as arrays, so that a query is compared with hundreds of them at once."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import FloatArray, IntArray
from index.rarity import Rarity

QUERIES_KEPT = 16
"""A query is compared several times: its terms' rarities are looked up once."""


@dataclass(frozen=True, slots=True)
class TermSets:
    """Some sets of terms, each term weighted by its rarity.

    :ivar terms: numbers of the terms, one set after the other, each term once in a set.
    :ivar sizes: (sets,) how many terms each set has.
    :ivar weights: (sets,) summed rarity of each set's terms.
    """

    terms: IntArray
    sizes: IntArray
    weights: FloatArray


class TermComparer:
    """Makes sets and compares queries with them; terms are numbered as they come."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._numbers: dict[str, int] = {}
        self._numbering = threading.Lock()
        self._own = functools.lru_cache(maxsize=QUERIES_KEPT)(self._own_of)

    def sets(self, texts: Iterable[Iterable[str]]) -> TermSets:
        """Return the terms of each text as a set."""
        # Sorted: the same texts give the same sums on every start.
        terms = [sorted(set(each)) for each in texts]
        with self._numbering:
            known = self._numbers
            numbers = [known.setdefault(term, len(known)) for each in terms for term in each]
        return TermSets(
            terms=np.array(numbers, dtype=np.int64),
            sizes=np.array([len(each) for each in terms], dtype=np.int64),
            weights=np.array([self._rarity.weight(each) for each in terms], dtype=np.float64),
        )

    def dice(self, terms: frozenset[str], sets: Sequence[TermSets]) -> FloatArray:
        """Return (sets,) the weighted Dice overlap, 0..1, of a query's ``terms`` with every one of ``sets``, one after the other."""
        own, rarities, total = self._own(terms, len(self._numbers))
        sizes = np.concatenate([each.sizes for each in sets])
        weights = np.concatenate([each.weights for each in sets])
        numbers = np.concatenate([each.terms for each in sets])
        places = np.searchsorted(own, numbers)
        there = np.flatnonzero(own[places] == numbers)
        set_of = np.repeat(np.arange(len(sizes)), sizes)[there]
        both = np.bincount(set_of, weights=rarities[places[there]], minlength=len(sizes)).astype(np.float64)
        overlap: FloatArray = np.minimum(2 * both / (total + weights), 1.0)
        return overlap

    def _own_of(self, terms: frozenset[str], _numbered: int) -> tuple[IntArray, FloatArray, float]:
        """Return the numbers of those of ``terms`` that have one, ascending and closed by one that no term has, the rarity of each,
        and the sum over all of ``terms``; to be asked again when more terms are numbered.
        """
        weights = {term: self._rarity.of(term) for term in sorted(terms)}
        known = sorted((self._numbers[term], weight) for term, weight in weights.items() if term in self._numbers)
        own = np.array([*(number for number, _ in known), np.iinfo(np.int64).max], dtype=np.int64)
        return own, np.array([weight for _, weight in known], dtype=np.float64), sum(weights.values()) or 1.0
