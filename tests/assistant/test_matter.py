"""Whose matter a question is, and what its evidence must reach."""

from __future__ import annotations

import pytest

from assistant.matter import OTHERS, OURS, Matter, matter


@pytest.mark.parametrize("named", [True, False])
def test_a_clear_meaning_makes_a_question_ours_whatever_its_words(named: bool) -> None:
    assert matter(OURS, named=named, surely=False) is Matter.OURS


@pytest.mark.parametrize("topic", [OURS - 0.1, OTHERS + 0.1])
def test_where_the_meaning_is_not_clear_the_words_decide(topic: float) -> None:
    assert matter(topic, named=True, surely=True) is Matter.NAMED
    assert matter(topic, named=True, surely=False) is Matter.SHARED
    assert matter(topic, named=False, surely=False) is Matter.UNNAMED


def test_a_meaning_far_off_outweighs_the_words() -> None:
    assert matter(OTHERS, named=True, surely=True) is Matter.UNNAMED
    assert matter(OTHERS, named=False, surely=False) is Matter.OTHERS


def test_the_surer_that_it_is_ours_the_sooner_it_is_answered() -> None:
    least = [whose.least(0.4) for whose in (Matter.OURS, Matter.NAMED, Matter.SHARED, Matter.UNNAMED, Matter.OTHERS)]
    assert least == sorted(least)
    assert least[0] == least[1] == 0.4 < least[2] < least[3] < least[4] < 1


def test_a_stricter_office_is_never_answered_for_less_than_it_wants() -> None:
    assert Matter.UNNAMED.least(0.95) == Matter.OTHERS.least(0.95) == 0.95


def test_only_what_is_ours_is_handed_to_a_person_here() -> None:
    assert [whose for whose in Matter if whose.here] == [Matter.OURS, Matter.NAMED, Matter.SHARED]
