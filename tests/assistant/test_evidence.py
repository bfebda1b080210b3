"""Which sections stand beside the one that an answer starts from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assistant.evidence import JOINS_JUDGED, LIKE_CLAUSE, NEAR_JUDGED, EvidenceGatherer
from assistant.talk import Talk
from assistant.understanding import Understanding
from corpus.records import Document, Facet, Kind, Passage, Status
from index.catalogue import Filters
from index.retriever import Hit, SearchResult

TODAY = dt.date(2026, 11, 23)
QUERY = "授权给别人用要备案吗"


def hit(document_id: str, facet: Facet, text: str, *, score: float, alike: float = 0.3) -> Hit:
    document = Document(document_id=document_id, title=f"{document_id}怎么办", kind=Kind.GUIDE)
    passage = Passage(f"{document_id}#{facet.value}", document_id, "节", "节", text, 1, facet=facet)
    return Hit(passage, document, 1, score, 0.5, alike, None, Status.CURRENT)


def gathered(*hits: Hit) -> list[str]:
    """Return the passages that answer :data:`QUERY`, the first of ``hits`` being the best."""

    def nothing(_query: str, _filters: Filters) -> SearchResult:
        return SearchResult((), (), 0.0)

    gatherer = EvidenceGatherer(search=nothing, likeness=lambda *_: 0.0, passages_of=lambda _id: [], as_of=TODAY)
    meant = Understanding(talk=Talk.QUESTION, standalone_query=QUERY, parts=(QUERY,))
    evidence = gatherer.gather(meant, QUERY, SearchResult(hits, (), 0.9), best=hits[0])
    return [each.passage.passage_id for each in evidence.hits]


BEST = hit("许可", Facet.STEPS, "签合同，三个月内报备案。", score=0.6)


def test_a_near_section_of_the_same_guide_joins_one_that_is_not_surely_meant() -> None:
    assert gathered(BEST, hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.5)) == ["许可#steps", "许可#faq"]


def test_a_section_of_another_guide_joins_only_with_something_that_was_asked_for() -> None:
    best = hit("许可", Facet.STEPS, "签合同，三个月内报备案。", score=0.6, alike=0.6)
    same_again = hit("转让", Facet.STEPS, "签合同，报备案。", score=0.59, alike=0.65)
    more = hit("转让", Facet.WHO, "授权给别人的，也要备案。", score=0.58, alike=0.65)
    assert gathered(best, same_again) == ["许可#steps"]
    assert gathered(best, same_again, more) == ["许可#steps", "转让#who"]


@pytest.mark.parametrize(("lower_by", "joins"), [(JOINS_JUDGED, True), (JOINS_JUDGED + 0.1, False)])
def test_a_passage_of_the_plan_joins_only_where_it_is_judged_about_as_good(lower_by: float, joins: bool) -> None:
    plan = hit("规划", Facet.WHAT, "授权给别人用的要备案。", score=0.59, alike=0.5)
    plan = replace(plan, document=replace(plan.document, kind=Kind.PLAN), judgement=3.0 - lower_by)
    found = gathered(replace(BEST, judgement=3.0), plan)
    assert found == (["许可#steps", "规划#what"] if joins else ["许可#steps"])


@pytest.mark.parametrize(("lower_by", "joins"), [(NEAR_JUDGED, True), (NEAR_JUDGED + 0.1, False)])
def test_a_section_of_the_same_guide_joins_only_where_it_is_judged_not_far_lower(lower_by: float, joins: bool) -> None:
    near = replace(hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.5), judgement=3.0 - lower_by)
    assert gathered(replace(BEST, judgement=3.0), near) == (["许可#steps", "许可#faq"] if joins else ["许可#steps"])


@pytest.mark.parametrize(
    ("lead", "wanted", "lower_by", "joins"),
    [
        (Facet.FAQ, {Facet.STEPS}, NEAR_JUDGED, True),
        (Facet.FAQ, {Facet.STEPS}, NEAR_JUDGED + 0.1, False),
        (Facet.FAQ, {Facet.STEPS}, None, False),  # not found at all
        (Facet.FAQ, {Facet.STEPS, Facet.FEE}, None, True),
        (Facet.WHO, {Facet.STEPS}, None, True),
    ],
)
def test_beside_a_common_question_the_section_for_the_facet_asked_about_joins_only_where_it_is_near(
    lead: Facet, wanted: set[Facet], lower_by: float | None, joins: bool
) -> None:
    best = replace(hit("撤三", lead, "两个月内交使用证据。", score=0.6), judgement=3.0)
    steps = hit("撤三", Facet.STEPS, "申请撤销的，先查他用没用。", score=0.1)
    found = () if lower_by is None else (replace(steps, judgement=3.0 - lower_by),)
    gatherer = EvidenceGatherer(
        search=lambda *_: SearchResult((), (), 0.0),
        likeness=lambda *_: 0.0,
        passages_of=lambda _id: [steps.passage],
        as_of=TODAY,
    )
    query = "被申请撤三了咋办"
    meant = Understanding(talk=Talk.QUESTION, standalone_query=query, parts=(query,), facets=frozenset(wanted))
    evidence = gatherer.gather(meant, query, SearchResult((best, *found), (), 0.9), best=best)
    assert [each.passage.facet for each in evidence.hits] == ([lead, Facet.STEPS] if joins else [lead])


def test_a_sure_section_stands_alone() -> None:
    sure = hit("许可", Facet.STEPS, "签合同，三个月内报备案。", score=0.6, alike=0.9)
    assert gathered(sure, hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.5)) == ["许可#steps"]


def test_a_far_section_stays_away() -> None:
    assert gathered(BEST, hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.2)) == ["许可#steps"]


def test_the_best_section_leads_and_what_else_was_asked_for_follows_in_the_asked_order() -> None:
    best, query = hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.6, alike=0.6), "许可多少钱、怎么办"
    steps, fee = (
        hit("许可", facet, text, score=0.5) for facet, text in ((Facet.STEPS, "签。"), (Facet.FEE, "150元。"))
    )
    passages = [each.passage for each in (steps, fee)]
    gatherer = EvidenceGatherer(
        search=lambda *_: SearchResult((), (), 0.0),
        likeness=lambda *_: 0.0,
        passages_of=lambda _id: passages,
        as_of=TODAY,
    )
    wanted = frozenset({Facet.STEPS, Facet.FEE})
    meant = Understanding(talk=Talk.QUESTION, standalone_query=query, parts=(query,), facets=wanted)
    evidence = gatherer.gather(meant, query, SearchResult((best, steps), (), 0.9), best=best)
    assert [each.passage.passage_id for each in evidence.hits] == ["许可#faq", "许可#fee", "许可#steps"]


@pytest.mark.parametrize(("likeness", "joins"), [(LIKE_CLAUSE, True), (LIKE_CLAUSE - 0.01, False)])
def test_a_further_clause_is_looked_for_only_in_a_text_with_a_question_like_it(likeness: float, joins: bool) -> None:
    other = hit("许可", Facet.FAQ, "不备案不得对抗善意第三人。", score=0.5, alike=LIKE_CLAUSE)
    searched: list[str] = []

    def search(query: str, _filters: Filters) -> SearchResult:
        searched.append(query)
        return SearchResult((other,), (), 0.9)

    gatherer = EvidenceGatherer(search=search, likeness=lambda *_: likeness, passages_of=lambda _id: [], as_of=TODAY)
    meant = Understanding(talk=Talk.QUESTION, standalone_query=QUERY, parts=(QUERY,), clauses=("不备案的后果",))
    evidence = gatherer.gather(meant, QUERY, SearchResult((BEST,), (), 0.9), best=BEST)
    assert evidence.hits == ((BEST, other) if joins else (BEST,))
    assert searched == (["不备案的后果"] if joins else [])
