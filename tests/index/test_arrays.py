from __future__ import annotations

import numpy as np

from index.arrays import Scope


def test_a_cut_counts_allowed_passages_only() -> None:
    scope = Scope(allowed=np.array([True, False, True]), beside=np.array([False, True, False]))
    numbers = np.array([1, 0, 1, 2, 0])
    assert scope.both.all()
    assert scope.cut(numbers, 1) == 2
    assert scope.cut(numbers, 2) == 4
    assert scope.cut(numbers, 3) == 5
    assert scope.cut(numbers, 4) is None
