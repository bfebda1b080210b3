from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Facet
from index.errors import IndexBrokenError
from index.facet_guess import CLASSES, FacetGuess

FEE, TIME = list(Facet).index(Facet.FEE), list(Facet).index(Facet.TIME)


@pytest.fixture
def guess() -> FacetGuess:
    fee = [(frozenset({"多少", "钱"}), FEE)] * 4
    time = [(frozenset({"多长", "时间"}), TIME)] * 4
    return FacetGuess.train([*fee, *time, (frozenset({"只见一次"}), TIME)])


def test_guesses_the_section_from_its_words(guess: FacetGuess) -> None:
    assert guess.probabilities({"多少", "钱"}).argmax() == FEE
    assert guess.probabilities({"时间"}).argmax() == TIME


def test_probabilities_add_up_for_any_words(guess: FacetGuess) -> None:
    for terms in ([], ["多少"], ["没见过"]):
        probabilities = guess.probabilities(terms)
        assert probabilities.shape == (CLASSES,)
        assert probabilities.sum() == pytest.approx(1.0)


def test_words_seen_rarely_say_nothing(guess: FacetGuess) -> None:
    assert guess.probabilities({"只见一次"}) == pytest.approx(guess.probabilities([]))


def test_saves_and_opens(guess: FacetGuess, tmp_path: Path) -> None:
    guess.save(tmp_path / "facets.json")
    again = FacetGuess.open(tmp_path / "facets.json")
    assert again.probabilities({"多少"}) == pytest.approx(guess.probabilities({"多少"}))


@pytest.mark.parametrize("text", ["", "[]", '{"prior": []}'])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "facets.json").write_text(text, encoding="utf-8")
    with pytest.raises(IndexBrokenError, match=r"facets\.json"):
        FacetGuess.open(tmp_path / "facets.json")
