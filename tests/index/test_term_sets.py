"""Sets of terms as arrays give what sets of words give."""

from __future__ import annotations

from typing import cast

import pytest

from index.lexical import TermIndex
from index.rarity import Rarity
from index.term_sets import TermComparer

TEXTS = (["商", "标", "商标"], [], ["专", "利", "专利", "专"], ["没", "有", "听", "过"])


class Counts:
    """An index of ten texts; how many have a term depends on its length."""

    count = 10

    def document_frequency(self, _field: str, term: str) -> int:
        return 5 // len(term)


@pytest.fixture
def rarity() -> Rarity:
    return Rarity(cast(TermIndex, Counts()))


@pytest.mark.parametrize("query", [["商", "标", "商标"], ["标", "专", "过"], ["谁"], []])
def test_overlap_is_that_of_the_sets(rarity: Rarity, query: list[str]) -> None:
    comparer = TermComparer(rarity)
    dice = comparer.dice(frozenset(query), [comparer.sets(TEXTS[:2]), comparer.sets(TEXTS[2:])])
    own = rarity.weight(set(query))
    for place, text in enumerate(TEXTS):
        both = rarity.weight(set(query) & set(text))
        assert dice[place] == pytest.approx(2 * both / (own + rarity.weight(set(text)) or 1))


def test_terms_numbered_since_do_not_disturb(rarity: Rarity) -> None:
    comparer = TermComparer(rarity)
    sets = comparer.sets(TEXTS[:1])
    before = comparer.dice(frozenset({"商", "新"}), [sets]).tolist()
    comparer.sets([["新"]])
    assert comparer.dice(frozenset({"商", "新"}), [sets]).tolist() == before


def test_a_term_that_gets_its_number_after_the_query_was_compared_counts_from_then_on(rarity: Rarity) -> None:
    comparer, query = TermComparer(rarity), frozenset({"商", "新"})
    assert comparer.dice(query, [comparer.sets(TEXTS[:1])]).tolist() != [1.0]
    assert comparer.dice(query, [comparer.sets([["新", "商"]])]).tolist() == [1.0]
