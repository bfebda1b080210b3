from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import aligned, best_per_number, convex, descending


def test_pools_a_passage_to_its_best_entry() -> None:
    numbers, scores = best_per_number(np.array([7, 3, 7, 3, 9]), np.array([0.9, 0.8, 0.7, 0.6, 0.5]))
    assert numbers.tolist() == [7, 3, 9]
    assert scores.tolist() == [0.9, 0.8, 0.5]


def test_aligns_a_list_with_the_candidates() -> None:
    column = aligned(np.array([1, 4, 9]), np.array([9, 1]), np.array([0.5, 0.25]))
    assert column.tolist() == [0.25, 0.0, 0.5]


def test_each_list_is_divided_by_its_maximum() -> None:
    fused = convex([np.array([10.0, 5.0]), np.array([0.0, 0.4])], [0.5, 0.5], [10.0, 0.4])
    assert fused == pytest.approx([0.5, 0.75])


def test_a_list_that_found_nothing_changes_no_order() -> None:
    text, nothing = np.array([2.0, 4.0]), np.zeros(2)
    assert descending(convex([text, nothing], [0.5, 0.5], [4.0, 0.0]), np.array([0, 1])).tolist() == [1, 0]


def test_negative_cosines_count_as_nothing() -> None:
    assert convex([np.array([-0.5, 0.5])], [1.0], [0.5]).tolist() == [0.0, 1.0]


def test_equal_scores_go_by_number() -> None:
    assert descending(np.array([0.5, 0.7, 0.5]), np.array([9, 8, 2])).tolist() == [1, 2, 0]


def test_no_candidates_fuse_to_nothing() -> None:
    assert convex([np.empty(0)], [1.0], [0.0]).tolist() == []


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.floats(0.1, 1), st.floats(0.1, 1))
def test_a_fused_score_lies_between_0_and_1(scores: list[float], one: float, other: float) -> None:
    column = np.array(scores)
    fused = convex([column, column[::-1]], [one, other], [column.max(), column.max()])
    assert ((fused >= 0) & (fused <= 1 + 1e-9)).all()
