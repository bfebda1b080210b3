from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from index.embedder import unit_rows
from index.encoder import shipped_encoder
from index.errors import IndexBrokenError
from index.guide_ranker import MODEL, TOPIC
from index.terms import Analyzer
from index.topic_guess import MOST, TopicGuess


def machine(weights: list[float], bias: float = 0.0) -> TopicGuess:
    """A machine over two supports at right angles: the first is ours where its weight is positive."""
    return TopicGuess("encoder-1", np.eye(2, dtype=np.float32), np.array(weights, dtype=np.float32), bias, gamma=2.0)


def test_the_nearer_to_our_questions_the_more_it_is_ours() -> None:
    guess = machine([2.0, -3.0], bias=0.25)
    assert guess.score(np.array([1.0, 0.0])) == pytest.approx(2 - 3 * math.exp(-4) + 0.25, abs=1e-5)
    assert guess.score(np.array([0.0, 1.0])) == pytest.approx(2 * math.exp(-4) - 3 + 0.25, abs=1e-5)


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    guess = TopicGuess("encoder-1", unit_rows(np.array([[3.0, 4.0], [-1.0, 0.5]])), np.array([0.5, -2.0]), 0.25, 2.0)
    guess.save(tmp_path / TOPIC)
    again = TopicGuess.open(tmp_path / TOPIC)
    assert again.encoder == "encoder-1"
    for vector in (np.array([1.0, 0.0]), np.array([0.6, 0.8])):
        assert again.score(vector) == pytest.approx(guess.score(vector), abs=0.02)


def test_a_score_has_bounds() -> None:
    guess = machine([100.0, -100.0])
    assert (guess.score(np.array([1.0, 0.0])), guess.score(np.array([0.0, 1.0]))) == (MOST, -MOST)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / TOPIC
    with pytest.raises(IndexBrokenError, match=str(path)):
        TopicGuess.open(path)
    machine([1.0, -1.0]).save(path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(IndexBrokenError, match=str(path)):
        TopicGuess.open(path)


@pytest.mark.parametrize(
    ("supports", "told"),
    [
        (2, {"encoder": "encoder-1", "bias": "0.0"}),
        (2, {"encoder": "encoder-1", "bias": "nan", "gamma": "2.0"}),
        (3, {"encoder": "encoder-1", "bias": "0.0", "gamma": "2.0"}),
    ],
)
def test_a_file_that_is_not_what_training_writes_is_named(tmp_path: Path, supports: int, told: dict[str, str]) -> None:
    path = tmp_path / TOPIC
    save_file({"supports": np.ones((supports, 4), dtype=np.int8), "weights": np.ones(2, dtype=np.float32)}, path, told)
    with pytest.raises(IndexBrokenError, match=str(path)):
        TopicGuess.open(path)


def test_the_shipped_one_belongs_to_the_shipped_encoder() -> None:
    assert TopicGuess.open(MODEL / TOPIC).encoder == shipped_encoder().name


@pytest.mark.parametrize(
    ("ours", "others"),
    [
        ("牌子的年费该交了", "游泳馆年卡没到期能退不"),
        ("专利转让要签啥", "饭店转让合同怎么写"),
        ("软件登记要什么材料", "摩托车登记要什么材料"),
        ("玉米种子是假的上哪告", "玉米几月种合适"),
        ("海关能扣下仿我牌子的货吗", "海关给旅客的行李怎么收税"),
    ],
)
def test_words_shared_with_another_window_do_not_make_it_our_matter(analyzer: Analyzer, ours: str, others: str) -> None:
    guess, encoder = TopicGuess.open(MODEL / TOPIC), shipped_encoder()
    ours_score, others_score = (guess.score(encoder.encode_query(analyzer.normalise(each))) for each in (ours, others))
    assert ours_score > 0 > others_score
