from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoder import shipped_encoder
from index.errors import IndexBrokenError
from index.guide_ranker import MODEL, TOPIC
from index.terms import Analyzer
from index.topic_guess import MOST, TopicGuess


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    guess = TopicGuess("encoder-1", np.array([0.5, -2.0]), 0.25)
    guess.save(tmp_path / TOPIC)
    again = TopicGuess.open(tmp_path / TOPIC)
    assert again.encoder == "encoder-1"
    assert again.score(np.array([1.0, 0.1])) == pytest.approx(0.55)


def test_a_score_has_bounds() -> None:
    guess = TopicGuess("encoder-1", np.array([100.0]), 0.0)
    assert (guess.score(np.array([1.0])), guess.score(np.array([-1.0]))) == (MOST, -MOST)


@pytest.mark.parametrize("content", [None, "{", '{"bias": 1}', "[]"])
def test_a_damaged_file_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / TOPIC
    if content is not None:
        path.write_text(content, encoding="utf-8")
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
    ],
)
def test_words_shared_with_another_window_do_not_make_it_our_matter(analyzer: Analyzer, ours: str, others: str) -> None:
    guess, encoder = TopicGuess.open(MODEL / TOPIC), shipped_encoder()
    ours_score, others_score = (guess.score(encoder.encode_query(analyzer.normalise(each))) for each in (ours, others))
    assert ours_score > 0 > others_score
