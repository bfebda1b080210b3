"""When a curated answer is given: pure, on nearness alone."""

from __future__ import annotations

import pytest

from assistant.desk.matching import LEAST_SCORE, Match, match
from index.known_questions import Near


def near(overlap: float, cosine: float = 0.8, covered: float = 0.5) -> Near:
    return Near(0, overlap, cosine, covered)


def test_the_same_question_in_other_words_is_caught_whatever_the_answer_says() -> None:
    assert match([near(0.8, covered=0.0)], [], rival=0.3).caught


def test_another_question_that_the_answers_own_words_cover_is_caught_where_the_corpus_is_far() -> None:
    assert match([near(0.3, 0.9, covered=0.8)], [], rival=0.2).caught
    assert not match([near(0.3, 0.9, covered=0.8)], [], rival=0.7).caught
    assert not match([near(0.3, 0.9, covered=0.3)], [], rival=0.2).caught


@pytest.mark.parametrize("unwanted", [near(0.9), near(0.85, cosine=0.99), near(0.95, cosine=0.1)])
def test_a_question_that_must_not_be_answered_bars_whatever_is_nearer_to_it(unwanted: Near) -> None:
    assert match([near(0.9)], [], rival=0.0).caught
    assert not match([near(0.9, covered=1.0)], [unwanted], rival=0.0).caught


def test_one_that_is_farther_bars_nothing() -> None:
    assert match([near(0.9)], [near(0.5, cosine=0.5)], rival=0.0).caught


def test_a_nearer_question_of_the_corpus_wins() -> None:
    assert match([near(0.9)], [], rival=0.9).caught
    assert not match([near(0.9, cosine=1.0, covered=1.0)], [], rival=0.95).caught


def test_without_a_wanted_question_nothing_is_caught() -> None:
    assert not match([], [near(0.1)], rival=0.0).caught


def test_confidence_rises_with_the_score_and_is_never_certain() -> None:
    rising = [Match(score, 0.5).confidence for score in (LEAST_SCORE, 3.0, 4.0, 8.0)]
    assert rising == sorted(rising)
    assert 0.5 < rising[0] < 0.7
    assert rising[-1] == 0.99
