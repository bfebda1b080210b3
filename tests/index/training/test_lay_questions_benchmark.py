from __future__ import annotations

import dataclasses

import pytest

from benchmarks.lay_questions import Asked, measures
from benchmarks.paraphrase import paraphrases
from corpus.records import Document, Kind, Passage, Status
from index.retriever import Hit, SearchResult
from index.terms import Analyzer
from index.training.lay_folds import LayQuestion


def asked(rank: int) -> Asked:
    document = Document(document_id="a", title="题", kind=Kind.GUIDE)
    hits = []
    for place in range(1, 4):
        passage = Passage(
            passage_id="right" if place == rank else f"wrong{place}",
            document_id="a" if place == rank else "b",
            locator="一",
            heading="一",
            text="甲",
            order=0,
        )
        mine = document if place == rank else dataclasses.replace(document, document_id="b")
        hits.append(Hit(passage, mine, place, 1 / place, 0, 0, None, Status.CURRENT))
    result = SearchResult(tuple(hits), (), 0.5, {})
    return Asked(LayQuestion("问", "right", "a"), result, 2.0)


def test_counts_ranks() -> None:
    counted = measures([asked(1), asked(2), asked(0), asked(3)])
    assert counted["questions"] == 4
    assert counted["passage first"] == 0.25
    assert counted["passage in three"] == 0.75
    assert counted["document first"] == 0.25


def test_what_was_judged_to_answer_as_well_counts_as_right_and_the_own_section_is_counted_too() -> None:
    found = asked(2)
    both = dataclasses.replace(found, question=dataclasses.replace(found.question, also=frozenset({"wrong1"})))
    assert measures([both])["passage first"] == 1.0
    assert measures([both])["own passage first"] == 0.0
    assert measures([both])["own passage in three"] == 1.0


def test_paraphrases_are_the_same_each_time_and_still_about_the_same(analyzer: Analyzer) -> None:
    questions = [LayQuestion(f"商标注册要交多少钱第{number}问", f"a#{number}", "a") for number in range(40)]
    once, again = (list(paraphrases(questions, analyzer=analyzer, seed=1)) for _ in range(2))
    assert once == again
    assert [each.passage_id for each in once] == [each.passage_id for each in questions]
    changed = [each.query != question.query for each, question in zip(once, questions, strict=True)]
    assert sum(changed) > 35
    assert all(set(each.query) & set("商标注册多少钱") for each in once)
    assert list(paraphrases(questions, analyzer=analyzer, seed=2)) != once


@pytest.mark.parametrize("query", ["贯标", "咋", "29490", "商标"])
def test_a_short_question_survives_paraphrasing(analyzer: Analyzer, query: str) -> None:
    for seed in range(20):
        (changed,) = paraphrases([LayQuestion(query, "a#0", "a")], analyzer=analyzer, seed=seed)
        assert changed.query
