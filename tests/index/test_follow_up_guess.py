from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from corpus.records import Document
from index.embedder import StaticEmbedder, unit_rows
from index.encoder import shipped_encoder
from index.errors import IndexBrokenError
from index.follow_up_guess import (
    LENGTH_KEPT,
    MODEL,
    MOST,
    SIGNS,
    VECTOR_SCALE,
    FollowUpGuess,
    FollowUps,
    SecondSigns,
    shipped_follow_up_guess,
)
from index.guide_ranker import shipped_guide_model
from index.parts import SearchParts
from index.store import Index, IndexStore
from index.terms import Analyzer

ZEROS, ONES = np.zeros(len(SIGNS)), np.ones(len(SIGNS))
UNITS = np.eye(2, dtype=np.float32)


def machine(weights: list[float], *, bias: float = 0.0, gamma: float = 0.01) -> FollowUpGuess:
    """A machine over two messages whose vectors are at right angles and whose signs are in the middle."""
    return FollowUpGuess("encoder-1", UNITS, np.zeros((2, len(SIGNS))), np.array(weights), ZEROS, ONES, bias, gamma)


@pytest.fixture(scope="module")
def index(guides: list[Document], embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    store = IndexStore(tmp_path_factory.mktemp("data"))
    store.build(guides, embedder=embedder)
    return store.open(embedder)


@pytest.fixture(scope="module")
def signs(index: Index) -> SecondSigns:
    model = shipped_guide_model()
    assert model is not None
    return SecondSigns(model.topic_guess, index.parts)


def test_the_nearer_to_messages_that_go_on_the_more_it_does() -> None:
    apart = math.exp(-0.01 * 2 * VECTOR_SCALE**2)
    assert machine([2.0, -3.0], bias=0.25).score(UNITS[0], ZEROS) == pytest.approx(2 - 3 * apart + 0.25)
    assert machine([2.0, -3.0], bias=0.25).score(UNITS[1], ZEROS) == pytest.approx(2 * apart - 3 + 0.25)


def test_signs_count_by_how_much_they_usually_differ() -> None:
    guess = dataclasses.replace(machine([1.0, 0.0]), middle=ONES, spread=2 * ONES)
    assert guess.score(UNITS[0], ONES) == pytest.approx(1.0)
    assert guess.score(UNITS[0], 3 * ONES) == pytest.approx(math.exp(-0.01 * len(SIGNS)))


def test_a_score_has_bounds() -> None:
    guess = machine([100.0, -100.0])
    assert (guess.score(UNITS[0], ZEROS), guess.score(UNITS[1], ZEROS)) == (MOST, -MOST)


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    vectors = unit_rows(np.array([[3.0, 4.0], [-1.0, 0.5]]))
    told = np.arange(2.0 * len(SIGNS)).reshape(2, -1) / 10
    guess = FollowUpGuess("encoder-1", vectors, told, np.array([0.5, -2.0]), ONES, 2 * ONES, 0.25, 0.03)
    guess.save(tmp_path / "guess")
    again = FollowUpGuess.open(tmp_path / "guess")
    assert again.encoder == "encoder-1"
    for vector in UNITS:
        assert again.score(vector, ONES) == pytest.approx(guess.score(vector, ONES), abs=0.02)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "guess"
    with pytest.raises(IndexBrokenError, match=str(path)):
        FollowUpGuess.open(path)
    machine([1.0, -1.0]).save(path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(IndexBrokenError, match=str(path)):
        FollowUpGuess.open(path)


@pytest.mark.parametrize("changed", [{"looks_at": "alone"}, {"bias": "nan"}, {"gamma": "far"}, {"encoder": None}])
def test_a_file_made_for_something_else_is_named(tmp_path: Path, changed: dict[str, str | None]) -> None:
    path = tmp_path / "guess"
    machine([1.0, -1.0]).save(path)
    with safe_open(path, framework="numpy") as file:
        told = {**file.metadata(), **changed}
    save_file(load_file(path), path, {name: value for name, value in told.items() if value is not None})
    with pytest.raises(IndexBrokenError, match=str(path)):
        FollowUpGuess.open(path)


def test_the_shipped_one_belongs_to_the_shipped_encoder() -> None:
    assert shipped_follow_up_guess().encoder == shipped_encoder().name
    assert shipped_follow_up_guess(MODEL).vectors.shape[1] == shipped_encoder().dim


def test_what_is_seen_of_a_message(signs: SecondSigns, index: Index, analyzer: Analyzer) -> None:
    seen = signs.looked_at("红标要钱不", "红标要钱不")
    assert seen is not None
    told = dict(zip(SIGNS, seen[1].tolist(), strict=True))
    assert seen[0] == pytest.approx(shipped_encoder().encode_query(analyzer.normalise("红标要钱不")))
    assert told["alone"] == pytest.approx(told["alone_here"], abs=0.02)
    assert told["behind"] == pytest.approx(0, abs=0.02)
    assert told["length"] == pytest.approx(5 / LENGTH_KEPT)
    long = signs.looked_at("红标要钱不", "红" * 2 * LENGTH_KEPT)
    assert long is not None
    assert long[1][SIGNS.index("length")] == 1.0


def test_without_sections_nothing_tells(
    signs: SecondSigns, document: Callable[..., Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    from corpus.records import Kind

    store = IndexStore(tmp_path)
    store.build([document("law", "商标法", ("第一条", "为了加强商标管理。"), kind=Kind.LAW)], embedder=embedder)
    opened = store.open(embedder)
    assert opened.goes_on("商标法", "多少钱") is None
    parts: SearchParts = opened.parts
    assert FollowUps(shipped_follow_up_guess(), SecondSigns(signs._topic, parts)).score("商标法", "多少钱") is None


@pytest.mark.parametrize(
    ("previous", "message", "goes_on"),
    [
        ("红标要钱不", "那得几天", True),
        ("红标要钱不", "个人能办不", True),
        ("红标要钱不", "驾照快到期了", False),
        ("红标要钱不", "孩子上学要啥材料", False),
    ],
)
def test_the_shipped_one_tells_follow_ups_from_other_windows(
    index: Index, previous: str, message: str, goes_on: bool
) -> None:
    score = index.goes_on(previous, message)
    assert score is not None
    assert (score > 0) is goes_on
