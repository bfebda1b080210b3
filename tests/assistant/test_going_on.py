"""How what is found for a follow-up is put in order: by its own words within what both together find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from assistant.going_on import NEW_WORDS_LOWER, READ_AGAIN, GoingOn, not_read_again
from assistant.question_chain import Question
from assistant.service import Assistant
from assistant.talk import Talk
from assistant.understanding import Understanding
from corpus.records import Document, Facet, Kind, Passage, Status
from index.retriever import Filters, Hit, SearchResult

TODAY = dt.date(2026, 11, 23)
MEANT = Understanding(
    Talk.QUESTION, "接着“鹭标要啥材料”问“合着报行不”", ("鹭标要啥材料 合着报行不",), ("合着报行不",), follow_up=True
)


def hit(document_id: str, place: int, judgement: float, score: float = 0.5, *, kind: Kind = Kind.GUIDE) -> Hit:
    passage = Passage(f"{document_id}#{place}", document_id, "节", "节", "照办。", place, facet=Facet.FAQ)
    document = Document(document_id, document_id, kind)
    return Hit(passage, document, place, score, 1.0, 0.2, None, Status.CURRENT, judgement)


class OwnWords:
    """Finds ``best`` for the message itself, if it may: of the documents asked for."""

    def __init__(self, best: Hit) -> None:
        self.best, self.asked = best, ""

    def search(self, query: str, *, filters: Filters, **_values: object) -> SearchResult:
        self.asked = query
        allowed = filters.document_ids or frozenset()
        return SearchResult((self.best,) if self.best.document.document_id in allowed else (), (), 0.5)


@pytest.fixture
def led(assistant: Assistant) -> Callable[..., list[tuple[str, float]]]:
    going_on: GoingOn = assistant._chain._going_on

    def order(best: Hit, *found: Hit) -> list[tuple[str, float]]:
        own = OwnWords(best)
        index = SimpleNamespace(retriever=lambda: own)
        question = Question(MEANT.parts[0], MEANT, TODAY, index)  # type: ignore[arg-type]
        result = going_on.led_by_new_words(question, SearchResult(found, (), 0.9), Filters())
        assert own.asked == "合着报行不"
        return [(each.passage.passage_id, each.score) for each in result.hits]

    return order


def test_the_section_that_the_new_words_find_comes_first_with_the_first_ones_score(
    led: Callable[..., list[tuple[str, float]]],
) -> None:
    first, other, own = hit("鹭标", 1, 3.0, 0.9), hit("汀标", 1, 2.0, 0.6), hit("鹭标", 2, 3.0 - NEW_WORDS_LOWER, 0.4)
    assert led(own, first, other, own) == [("鹭标#2", 0.9), ("鹭标#1", 0.4), ("汀标#1", 0.6)]


def test_it_does_not_where_it_is_judged_far_lower_was_not_found_or_is_anothers(
    led: Callable[..., list[tuple[str, float]]],
) -> None:
    first, other = hit("鹭标", 1, 3.0, 0.9), hit("汀标", 1, 2.0, 0.6)
    as_found = [("鹭标#1", 0.9), ("汀标#1", 0.6)]
    far = hit("鹭标", 2, 2.9 - NEW_WORDS_LOWER, 0.4)
    assert led(far, first, other, far) == [*as_found, ("鹭标#2", 0.4)]
    assert led(hit("鹭标", 3, 3.0), first, other) == as_found
    assert led(other, first, other) == as_found


def test_between_a_gap_and_the_guide_behind_it_the_new_words_decide(
    led: Callable[..., list[tuple[str, float]]],
) -> None:
    gap, guide = hit("缺", 1, 3.0, 0.9, kind=Kind.GAP), hit("鹭标", 1, 2.0, 0.6)
    assert led(guide, gap, guide) == [("鹭标#1", 0.9), ("缺#1", 0.6)]
    assert led(gap, gap, guide) == [("缺#1", 0.9), ("鹭标#1", 0.6)]
    assert led(replace(guide, judgement=-1.0), gap, replace(guide, judgement=-1.0)) == [("缺#1", 0.9), ("鹭标#1", 0.6)]


def test_what_has_just_been_read_gives_way_to_what_fits_about_as_well() -> None:
    first, second, third = hit("鹭标", 1, 3.0, 0.9), hit("汀标", 1, 3.0 - READ_AGAIN, 0.6), hit("远标", 1, 1.0, 0.5)
    found = SearchResult((first, second, third), (), 0.9)
    other = not_read_again(found, "鹭标#1")
    assert [(each.passage.passage_id, each.rank, each.score) for each in other.hits] == [
        ("汀标#1", 1, 0.9), ("鹭标#1", 2, 0.6), ("远标#1", 1, 0.5),
    ]  # fmt: skip
    assert not_read_again(found, "汀标#1") == not_read_again(found, "") == found
    for unlike in (
        replace(second, judgement=2.9 - READ_AGAIN),
        replace(second, judgement=None),
        hit("缺", 1, 3.0, 0.6, kind=Kind.GAP),
    ):
        kept = replace(found, hits=(first, unlike))
        assert not_read_again(kept, "鹭标#1") == kept
    alone = replace(found, hits=(first,))
    assert not_read_again(alone, "鹭标#1") == alone


@pytest.mark.parametrize(
    ("topic", "text", "named", "speaks"),
    [
        ("保护维权", "外观设计专利由中级法院管。", "外观设计", True),
        ("保护维权", "由中级法院管。", "外观设计", False),
        ("专利", "外观设计15年。", "外观", True),
        ("著作权", "软著不收登记费，注册商标另收。", "商标", False),
        ("植物新品种", "果树25年。", "果树的", True),
    ],
)
def test_what_speaks_of_another_matter(assistant: Assistant, topic: str, text: str, named: str, speaks: bool) -> None:
    found = hit("指南", 1, 1.0)
    found = replace(
        found, document=replace(found.document, topic=topic), passage=replace(found.passage, text=text, heading="节")
    )
    assert assistant._chain._going_on.speaks_of(SearchResult((found,), (), 0.9), named) is speaks
    assert not assistant._chain._going_on.speaks_of(SearchResult((), (), 0.0), named)
