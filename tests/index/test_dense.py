from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.arrays import Scope
from index.dense import DenseIndex, vector_id
from index.embedder import unit_rows
from index.errors import IndexBrokenError

# passages 0, 1, 2; passage 1 has two questions
VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6], [-1, 0]], dtype=np.float32)
IDS = np.array([vector_id(0, 0), vector_id(1, 0), vector_id(1, 1), vector_id(1, 2), vector_id(2, 0)], dtype=np.int64)
EAST = np.array([1, 0], dtype=np.float32)


def only(allowed: list[bool], beside: list[bool] | None = None) -> Scope:
    return Scope(np.array(allowed), np.array(beside or [False] * len(allowed)))


@pytest.fixture
def index() -> DenseIndex:
    return DenseIndex(VECTORS, IDS)


def test_finds_the_nearest_vectors_and_whose_they_are(index: DenseIndex) -> None:
    hits = index.search(EAST, scope=None, limit=3)
    assert hits.numbers.tolist() == [0, 1, 1]
    assert hits.slots.tolist() == [0, 2, 1]
    assert hits.scores == pytest.approx([1.0, 0.8, 0.6], abs=0.005)


def test_eight_bits_tell_cosines_to_the_third_place() -> None:
    vectors = unit_rows(np.random.default_rng(7).normal(size=(300, 256)))
    index = DenseIndex(vectors, vector_id(np.arange(300), 0))
    query = unit_rows(np.random.default_rng(8).normal(size=(1, 256)))[0]
    exact = vectors @ query
    assert index.similarity(query, np.arange(300)) == pytest.approx(exact, abs=0.006)
    hits = index.search(query, scope=None, limit=300)
    assert hits.scores == pytest.approx(exact[hits.numbers], abs=0.01)
    assert np.argmax(exact) in hits.numbers[:3]


def test_a_component_beyond_all_bounds_is_cut_and_does_not_turn_round() -> None:
    spike = np.zeros(256, dtype=np.float32)
    spike[0] = 1.0
    index = DenseIndex(np.stack([spike, -spike]), vector_id(np.arange(2), 0))
    hits = index.search(spike, scope=None, limit=2)
    assert hits.numbers.tolist() == [0, 1]
    assert hits.scores[0] > 0 > hits.scores[1]


def test_a_passage_that_is_not_allowed_takes_no_place(index: DenseIndex) -> None:
    hits = index.search(EAST, scope=only([False, True, True]), limit=2)
    assert hits.numbers.tolist() == [1, 1]


def test_the_nearest_vectors_of_a_passage_count_on_average(index: DenseIndex) -> None:
    west = np.array([-1, 0], dtype=np.float32)
    numbers = np.array([2, 1, 7, 0])
    nearest = index.nearest(np.stack([EAST, west]), numbers, 1)
    wanted = np.array([[-1.0, 0.8, np.nan, 1.0], [1.0, 0.0, np.nan, -1.0]])
    assert nearest == pytest.approx(wanted, abs=0.005, nan_ok=True)
    of_two = index.nearest(EAST[None], numbers, 2)  # the first and the last have one
    assert of_two == pytest.approx(np.array([[-1.0, 0.7, np.nan, 1.0]]), abs=0.005, nan_ok=True)
    of_five = index.nearest(EAST[None], numbers, 5)  # and this one three
    assert of_five == pytest.approx(np.array([[-1.0, 1.4 / 3, np.nan, 1.0]]), abs=0.005, nan_ok=True)
    assert np.isnan(index.nearest(EAST[None], np.array([7]), 2)).all()
    assert index.nearest(EAST[None], np.empty(0, dtype=np.int64), 2).shape == (1, 0)


def test_what_stands_beside_is_returned_and_takes_no_place(index: DenseIndex) -> None:
    hits = index.search(EAST, scope=only([False, True, False], [True, False, True]), limit=2)
    assert hits.numbers.tolist() == [0, 1, 1]


def test_drops_the_padding_when_fewer_are_allowed_than_asked_for(index: DenseIndex) -> None:
    hits = index.search(EAST, scope=only([True, False, False]), limit=5)
    assert hits.numbers.tolist() == [0]


def test_asks_for_no_more_than_there_are(index: DenseIndex) -> None:
    assert len(index.search(EAST, scope=None, limit=100).numbers) == 5


def test_finds_no_more_than_asked_for(index: DenseIndex) -> None:
    assert len(index.search(EAST, scope=None, limit=2).numbers) == 2
    assert len(index.search(EAST, scope=only([True, True, True]), limit=2).numbers) == 2


def test_an_empty_index_finds_nothing() -> None:
    empty = DenseIndex(np.empty((0, 2), np.float32), np.empty(0, np.int64))
    assert len(empty.search(EAST, scope=None, limit=5).numbers) == 0


def test_similarity_is_that_of_the_passage_not_of_its_questions(index: DenseIndex) -> None:
    assert index.similarity(EAST, np.array([0, 1, 2, 7])) == pytest.approx([1.0, 0.0, -1.0, 0.0], abs=0.005)


def test_saves_and_opens(index: DenseIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    again = DenseIndex.open(tmp_path)
    assert (again.count, again.dim) == (5, 2)
    assert again.search(EAST, scope=only([False, True, False]), limit=1).slots.tolist() == [2]


def test_a_missing_or_cut_file_is_a_broken_index(index: DenseIndex, tmp_path: Path) -> None:
    with pytest.raises(IndexBrokenError):
        DenseIndex.open(tmp_path)
    index.save(tmp_path)
    whole = (tmp_path / "dense.faiss").read_bytes()
    (tmp_path / "dense.faiss").write_bytes(whole[:-8])
    with pytest.raises(IndexBrokenError, match="python -m assistant index"):
        DenseIndex.open(tmp_path)


def test_vectors_and_ids_that_do_not_belong_together_are_a_broken_index(index: DenseIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    np.save(tmp_path / "dense_ids.npy", IDS[:-1], allow_pickle=False)
    with pytest.raises(IndexBrokenError, match="5 vectors and 4 ids"):
        DenseIndex.open(tmp_path)


def test_takes_passages_out_and_adds_others(index: DenseIndex, tmp_path: Path) -> None:
    north = np.array([[0, 1]], dtype=np.float32)
    index.change(removed=np.array([1]), vectors=north, ids=np.array([vector_id(3, 0)]))
    index.save(tmp_path)
    for each in (index, DenseIndex.open(tmp_path)):
        assert each.count == 3
        assert each.search(EAST, scope=None, limit=3).numbers.tolist() == [0, 3, 2]
        assert each.search(north[0], scope=None, limit=1).numbers.tolist() == [3]
        assert each.similarity(EAST, np.array([0, 1, 2, 3])).tolist() == [1, 0, -1, 0]
