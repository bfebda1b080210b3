from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from index.article_ranker import MODEL as ARTICLE_RANKER
from index.embedder import unit_rows
from index.encoder import shipped_encoder
from index.errors import IndexBrokenError
from index.guide_ranker import MODEL, TOPIC
from index.terms import Analyzer
from index.topic_guess import MOST, TopicGuess
from index.training.topic_export import topic_graph


def machine(weights: list[float], bias: float = 0.0) -> bytes:
    """A machine over two supports at right angles: the first is ours where its weight is positive."""
    return topic_graph("encoder-1", np.eye(2), np.array(weights), bias=bias, gamma=2.0)


def test_the_nearer_to_our_questions_the_more_it_is_ours() -> None:
    guess = TopicGuess(machine([2.0, -3.0], bias=0.25))
    assert guess.encoder == "encoder-1"
    assert guess.score(np.array([1.0, 0.0])) == pytest.approx(2 - 3 * math.exp(-4) + 0.25, abs=1e-4)
    assert guess.score(np.array([0.0, 1.0])) == pytest.approx(2 * math.exp(-4) - 3 + 0.25, abs=1e-4)


def test_eight_bits_are_near_enough() -> None:
    supports, weights = unit_rows(np.random.default_rng(1).normal(size=(200, 64))), np.linspace(-1, 1, 200)
    guess = TopicGuess(topic_graph("encoder-1", supports, weights, bias=0.5, gamma=2.0))
    for vector in supports[::20]:
        wanted = weights @ np.exp(-2 * ((supports - vector) ** 2).sum(axis=1)) + 0.5
        assert guess.score(vector) == pytest.approx(wanted, abs=0.02)


def test_a_score_has_bounds() -> None:
    guess = TopicGuess(machine([100.0, -100.0]))
    assert (guess.score(np.array([1.0, 0.0])), guess.score(np.array([0.0, 1.0]))) == (MOST, -MOST)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / TOPIC
    with pytest.raises(IndexBrokenError, match=str(path)):
        TopicGuess(path)
    path.write_bytes(machine([1.0, -1.0])[:-20])
    with pytest.raises(IndexBrokenError, match=str(path)):
        TopicGuess(path)


def test_a_file_that_is_something_else_is_named() -> None:
    with pytest.raises(IndexBrokenError, match="article-ranker"):
        TopicGuess(ARTICLE_RANKER)
    for name in (b"encoder", b"vector", b"score"):
        with pytest.raises(IndexBrokenError, match="topic guess"):
            TopicGuess(machine([1.0, -1.0]).replace(name, b"X" * len(name)))


def test_the_shipped_one_belongs_to_the_shipped_encoder() -> None:
    assert TopicGuess(MODEL / TOPIC).encoder == shipped_encoder().name


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
    guess, encoder = TopicGuess(MODEL / TOPIC), shipped_encoder()
    ours_score, others_score = (guess.score(encoder.encode_query(analyzer.normalise(each))) for each in (ours, others))
    assert ours_score > 0 > others_score
