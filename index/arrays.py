"""Names for the arrays that pass between the parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which passages a search is about.

    :ivar allowed: (n,) by passage number: those that are ranked.
    :ivar beside: (n,) those returned too where they stand among the ranked ones, without taking a place.
    """

    allowed: BoolArray
    beside: BoolArray

    @property
    def both(self) -> BoolArray:
        """Passages that are returned."""
        return self.allowed | self.beside

    def cut(self, numbers: IntArray, limit: int) -> int | None:
        """Return how many of ``numbers``, best first, hold ``limit`` allowed ones; None when they do not."""
        counted = np.flatnonzero(self.allowed[numbers])
        return int(counted[limit - 1]) + 1 if len(counted) >= limit else None


def eight_bits(vectors: FloatArray) -> IntArray:
    """Return (n, dim) int8, each row's components in 127 steps of its largest; a row's length is not kept."""
    levels: IntArray = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    return levels
