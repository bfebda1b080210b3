from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.records import Document, Facet, Kind, Passage, Status
from index.arrays import FloatArray
from index.candidates import DEPTH, DEPTH_OF_SECTIONS
from index.embedder import StaticEmbedder
from index.evidence_features import Coverage
from index.lexical import TermHits, TermIndex
from index.parts import ASKED, SearchParts
from index.query import analyse
from index.rarity import Rarity
from index.reranker import FEATURES
from index.retriever import Filters, Hit, Retriever, SearchResult, lift_known
from index.store import IndexStore


@pytest.fixture(scope="module")
def parts(guides: list[Document], embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory) -> SearchParts:
    store = IndexStore(tmp_path_factory.mktemp("data"))
    store.build(guides, embedder=embedder)
    return store.open(embedder).parts


@pytest.fixture(scope="module")
def retriever(parts: SearchParts) -> Retriever:
    return Retriever(parts=parts)


def ids(result: SearchResult) -> list[str]:
    return [hit.passage.passage_id for hit in result.hits]


@pytest.mark.parametrize(
    ("query", "passage_id"),
    [
        ("普通商标注册官费", "trademark#0"),
        ("注册个牌子得花多少钱", "trademark#0"),
        ("俺的商标几个月下来", "trademark#1"),
        ("红标谁能用", "gi#0"),
        ("红標要錢不", "gi#1"),
        ("每万人发明专利多少件", "plan#0"),
    ],
)
def test_finds_the_section_for_a_lay_question(
    retriever: Retriever, today: dt.date, query: str, passage_id: str
) -> None:
    assert ids(retriever.search(query, as_of=today))[0] == passage_id


def test_ranks_from_one_with_falling_scores(retriever: Retriever, today: dt.date) -> None:
    hits = retriever.search("商标收费", as_of=today).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_gives_at_most_top_k(retriever: Retriever, today: dt.date) -> None:
    assert len(retriever.search("商标", as_of=today, top_k=2).hits) == 2
    assert retriever.search("商标", as_of=today, top_k=0).hits == ()


@pytest.mark.parametrize(
    ("as_of", "answer", "notice"), [(2026, "trademark#2", "trademark#3"), (2027, "trademark#3", "trademark#2")]
)
def test_the_day_asked_about_picks_the_version(retriever: Retriever, as_of: int, answer: str, notice: str) -> None:
    result = retriever.search("初审公告后提异议", as_of=dt.date(as_of, 11, 23))
    assert ids(result)[0] == answer
    assert notice not in ids(result)
    assert result.out_of_force[0].passage.passage_id == notice


def test_a_repealed_text_takes_no_place_and_says_what_it_is(retriever: Retriever, today: dt.date) -> None:
    result = retriever.search("发明专利权的期限", as_of=today)
    assert "old-law#0" not in ids(result)
    assert result.out_of_force[0].passage.passage_id == "old-law#0"
    assert result.out_of_force[0].status is Status.REPEALED
    assert ids(retriever.search("发明专利权的期限", as_of=dt.date(2009, 1, 1)))[0] == "old-law#0"


def test_a_plan_whose_period_is_over_is_kept_and_marked(retriever: Retriever, today: dt.date) -> None:
    best = retriever.search("每万人发明专利", as_of=today).hits[0]
    assert (best.document.document_id, best.status) == ("plan", Status.EXPIRED)


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(regions=frozenset({"内蒙古"})), {"gi"}),
        (Filters(kinds=frozenset({Kind.PLAN})), {"plan"}),
        (Filters(document_ids=frozenset({"trademark"})), {"trademark"}),
        (Filters(document_ids=frozenset()), set()),
    ],
)
def test_filters_hold_for_hits_and_for_what_is_out_of_force(
    retriever: Retriever, today: dt.date, filters: Filters, documents: set[str]
) -> None:
    result = retriever.search("商标专利标志收费期限", as_of=today, filters=filters)
    assert {hit.document.document_id for hit in result.hits} == documents
    assert {hit.document.document_id for hit in result.out_of_force} <= documents


def test_a_facet_lifts_its_sections_without_hiding_others(retriever: Retriever, today: dt.date) -> None:
    def scores(facets: frozenset[Facet]) -> dict[str, float]:
        hits = retriever.search("专用标志", as_of=today, filters=Filters(facets=facets)).hits
        return {hit.passage.passage_id: hit.score for hit in hits}

    plain, fee = scores(frozenset()), scores(frozenset({Facet.FEE}))
    assert fee.keys() == plain.keys()
    assert fee["gi#1"] > plain["gi#1"]
    assert fee["gi#0"] == plain["gi#0"]


def test_names_the_known_question_that_matched(retriever: Retriever, today: dt.date) -> None:
    best = retriever.search("红标谁能用", as_of=today).hits[0]
    assert best.matched_question == "红标谁能用"
    assert best.question_score == pytest.approx(1.0)


def test_a_passage_without_questions_has_no_matched_one(retriever: Retriever, today: dt.date) -> None:
    best = retriever.search("每万人发明专利", as_of=today).hits[0]
    assert (best.matched_question, best.question_score) == (None, 0.0)


@pytest.mark.parametrize("query", ["", "   ", "？！", "的"])
def test_a_question_without_substance_is_not_answered(retriever: Retriever, today: dt.date, query: str) -> None:
    assert retriever.search(query, as_of=today).probability < 0.2


@pytest.mark.parametrize("query", ["今天天气怎么样", "红烧肉怎么做好吃", "社保卡丢了上哪补办", "asdf qwer"])
def test_doubts_what_the_corpus_does_not_know(retriever: Retriever, today: dt.date, query: str) -> None:
    known = retriever.search("红标要钱不", as_of=today).probability
    assert retriever.search(query, as_of=today).probability < 0.3 < known


def test_a_story_before_the_question_is_no_reason_to_doubt_what_answers_it(
    retriever: Retriever, today: dt.date
) -> None:
    story, asked = "俺哥仨前年合伙养鸵鸟孵小鸡，后来搬家去了县城", "注册商标要多少钱"
    whole = retriever.search(f"{story}，{asked}", as_of=today)
    trusted = retriever.search(f"{story}，{asked}", as_of=today, asking=(asked,))
    assert trusted.hits == whole.hits
    assert trusted.probability > whole.probability + 0.2
    other = retriever.search(f"{story}，{asked}", as_of=today, asking=("鸵鸟蛋怎么孵",))
    assert other.probability == whole.probability


def test_a_long_question_does_not_break_it(retriever: Retriever, today: dt.date) -> None:
    assert ids(retriever.search("我想问一下商标注册收多少钱" * 40, as_of=today))[0] == "trademark#0"


class Backwards:
    """A reranker that turns the order round."""

    def score(self, features: FloatArray) -> FloatArray:
        assert features.shape[1] == len(FEATURES)
        reversed_scores: FloatArray = 1 - np.asarray(features[:, FEATURES.index("fused")])
        return reversed_scores


def test_a_reranker_has_the_last_word(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path, today: dt.date
) -> None:
    store = IndexStore(tmp_path)
    store.build(guides, embedder=embedder)
    index = store.open(embedder)
    plain = ids(index.retriever().search("商标注册官费", as_of=today))
    turned = ids(index.retriever(reranker=Backwards()).search("商标注册官费", as_of=today))
    assert turned[-1] == plain[0]


def test_a_question_in_other_words_reaches_its_passage_by_the_known_question(
    document: Callable[..., Document],
    passage: Callable[..., Passage],
    embedder: StaticEmbedder,
    tmp_path: Path,
    today: dt.date,
) -> None:
    texts = [passage("a", 0, "甲", "甲方的事项"), passage("a", 1, "乙", "乙方的事项", questions=("红标要钱不",))]
    store = IndexStore(tmp_path)
    store.build([document("a", "事项", *texts)], embedder=embedder)
    assert ids(store.open(embedder).retriever().search("红标要钱不", as_of=today))[0] == "a#1"


def test_a_passage_whose_known_question_was_typed_comes_first() -> None:
    def hit(rank: int, score: float, known: float, kind: Kind = Kind.GUIDE) -> Hit:
        passage = Passage(f"d{rank}#p", f"d{rank}", "一", "一", "文", 1)
        document = Document(f"d{rank}", "题", kind)
        return Hit(passage, document, rank, score, 1.0, known, None, Status.CURRENT)

    lifted = lift_known([hit(1, 0.9, 0.2), hit(2, 0.7, 0.95), hit(3, 0.8, 0.95, Kind.LAW), hit(4, 0.1, 0.2)], 3)
    assert [each.passage.document_id for each in lifted] == ["d2", "d1", "d3"]
    assert [each.rank for each in lifted] == [1, 2, 3]
    assert all(0 <= each.score <= 1 for each in lifted)
    exact = lift_known([hit(1, 0.9, 0.2), hit(2, 0.1, 1.0), hit(3, 0.1, 1.0, Kind.LAW)], 3)
    assert [each.passage.document_id for each in exact] == ["d2", "d1", "d3"]


def test_a_question_typed_word_for_word_brings_its_passage_first_though_it_shares_no_word_with_it(
    document: Callable[..., Document],
    passage: Callable[..., Passage],
    embedder: StaticEmbedder,
    tmp_path: Path,
    today: dt.date,
) -> None:
    near = [passage("a", n, f"商标{n}", f"商标共同诉讼第{n}种，大伙应诉，费用均摊") for n in range(20)]
    asked = passage("b", 0, "乙", "分别处理", questions=("大伙抱团应诉中不",))
    store = IndexStore(tmp_path)
    store.build([document("a", "大伙一起应诉", *near), document("b", "事项", asked)], embedder=embedder)
    retriever = store.open(embedder).retriever()
    assert ids(retriever.search("大伙抱团应诉中不", as_of=today, top_k=3))[0] == "b#0"
    assert ids(retriever.search("大伙应诉", as_of=today, top_k=3))[0] != "b#0"


def test_words_weigh_the_same_in_whatever_order_they_come(guides: list[Document], parts: SearchParts) -> None:
    coverage, rarity = Coverage(parts), Rarity(parts.texts)
    known = [question for guide in guides for part in guide.passages for question in part.questions]
    for question in [*known, "普通商标注册官费要多少钱，几个月能下来，红标谁能用"]:
        query = analyse(question, analyzer=parts.analyzer, embedder=parts.embedder)
        exact = sum(Fraction(rarity.of(term)) for term in query.own_terms)
        assert rarity.weight(query.own_terms) == rarity.weight(sorted(query.own_terms)) == float(exact)
        assert coverage.overlaps(query.own_terms, [coverage.question_terms([question])]).tolist() == [
            pytest.approx(1.0)
        ]


def test_likeness_is_that_of_the_known_question_nearest_in_a_document(
    retriever: Retriever, guides: list[Document], today: dt.date
) -> None:
    nearest = {}
    for guide in guides:
        only = Filters(document_ids=frozenset({guide.document_id}))
        hits = retriever.search("红标要钱不", as_of=today, filters=only).hits
        nearest[guide.document_id] = max((hit.question_score for hit in hits), default=0.0)
        assert retriever.likeness("红标要钱不", guide.document_id) >= nearest[guide.document_id]
    best = max(nearest, key=lambda document_id: nearest[document_id])
    assert retriever.likeness("红标要钱不", best) == pytest.approx(nearest[best])
    assert 0 < nearest[best] <= 1


@pytest.mark.parametrize(("kind", "depth"), [(Kind.GUIDE, DEPTH_OF_SECTIONS), (Kind.LAW, DEPTH)])
def test_lists_are_deep_only_where_there_are_articles(
    document: Callable[..., Document],
    passage: Callable[..., Passage],
    embedder: StaticEmbedder,
    tmp_path: Path,
    today: dt.date,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    depth: int,
) -> None:
    texts = [passage("a", n, f"事项{n}", f"商标第{n}种，费用均摊") for n in range(DEPTH + 20)]
    store = IndexStore(tmp_path)
    store.build(
        [document("a", "商标", *texts, kind=kind), document("b", "事项", passage("b", 0, "乙", "商标"))],
        embedder=embedder,
    )
    retriever, limits = store.open(embedder).retriever(), []
    search = TermIndex.search

    def noted(self: TermIndex, weights: Mapping[str, Mapping[str, float]], **values: Any) -> TermHits:
        if ASKED not in weights:
            limits.append(values["limit"])
        return search(self, weights, **values)

    monkeypatch.setattr(TermIndex, "search", noted)
    assert len(retriever.search("商标费用", as_of=today, top_k=depth).hits) == depth
    assert limits == [depth, depth]
