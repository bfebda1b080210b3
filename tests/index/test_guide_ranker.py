from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Facet, Kind
from index import guide_ranker
from index.arrays import FloatArray
from index.blend import Blend, Nearness
from index.candidates import Candidates, collect, first_scores
from index.doubt import DoubtModel
from index.embedder import StaticEmbedder
from index.errors import IndexBrokenError
from index.evidence_features import Coverage
from index.fusion import Weights
from index.guide_ranker import BLEND, MODEL, TOPIC, GuideModel, GuideRanker, shipped_guide_model
from index.parts import SearchParts
from index.query import analyse
from index.retriever import PREFERRED_JUDGED, SURE_SECTION, Filters, Retriever
from index.sections import section_text
from index.store import IndexStore
from index.topic_guess import TopicGuess
from index.training.topic_export import topic_graph


@pytest.fixture(scope="module")
def parts(guides: list[Document], embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory) -> SearchParts:
    store = IndexStore(tmp_path_factory.mktemp("data"))
    store.build(guides, embedder=embedder)
    return store.open(embedder).parts


@pytest.fixture(scope="module")
def topic(parts: SearchParts) -> TopicGuess:
    supports, weights = np.eye(1, parts.encoder.dim), np.ones(1)
    return TopicGuess(topic_graph(parts.encoder.name, supports, weights, bias=0.0, gamma=2.0))


def test_fit_is_how_near_the_encoder_puts_a_section(parts: SearchParts) -> None:
    query = analyse("地标图案要花钱买吗", analyzer=parts.analyzer, embedder=parts.embedder)
    question = parts.encoder.encode_query(query.normalised)
    found = collect(query, parts, None)
    for number, fit in zip(found.numbers.tolist(), found.columns["fit"].tolist(), strict=True):
        document, passage = parts.catalogue.document_of(number), parts.catalogue.passage(number)
        if document.kind is not Kind.LAW:
            section = parts.encoder.encode([section_text(document, passage, parts.analyzer)])[0]
            assert fit == pytest.approx(float(section @ question), abs=2e-3)


def test_a_question_is_covered_by_a_text_that_has_its_words_and_not_by_the_questions_beside_it(
    parts: SearchParts,
) -> None:
    coverage, sections = Coverage(parts), [parts.catalogue.passage(n) for n in parts.catalogue.numbers()]

    def shares(text: str) -> dict[str, float]:
        query = analyse(text, analyzer=parts.analyzer, embedder=parts.embedder)
        found = coverage.in_texts(query, sections).tolist()
        return {passage.passage_id: share for passage, share in zip(sections, found, strict=True)}

    quoted = shares("一个类别官费")
    assert quoted["trademark#0"] == pytest.approx(1.0)
    assert max(share for passage_id, share in quoted.items() if passage_id != "trademark#0") < 1.0
    assert shares("红标要钱不")["gi#1"] < 1.0  # a lay question of it
    half = shares("一个类别官费虎豹豺狼")["trademark#0"]
    assert 0 < half < 0.6  # what stands nowhere is rarest, and weighs most
    assert set(shares("？").values()) == {0.0}


def test_a_section_without_a_word_of_the_question_is_looked_at(parts: SearchParts) -> None:
    query = analyse("xyzzy", analyzer=parts.analyzer, embedder=parts.embedder)
    found = collect(query, parts, None)
    sections = [n for n in parts.catalogue.numbers() if parts.catalogue.document_of(n).kind is not Kind.LAW]
    assert {*found.numbers.tolist()} >= {*sections}


def test_the_best_are_those_that_are_near_or_have_words_in_common_and_no_laws(
    parts: SearchParts, topic: TopicGuess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide_ranker, "LOOKED_AT", 2)
    ranker = GuideRanker(GuideModel(topic, only(fit=1.0)), parts)
    sections = np.flatnonzero(ranker.sections)
    law = int(np.flatnonzero(~ranker.sections)[0])
    numbers = np.array(sorted([law, *sections[:4].tolist()]))
    at = np.searchsorted(numbers, sections[:4])

    def best(**columns: list[float]) -> set[int]:
        nothing = {name: np.zeros(len(numbers)) for name in ("fit", "asked", "wording")}
        scores = np.where(ranker.sections[numbers], 0.0, 9.0)  # a law is far ahead
        for name, values in columns.items():
            column = scores if name == "score" else nothing[name]
            column[at] = values
        return {int(np.flatnonzero(at == each)[0]) for each in ranker.best(Candidates(numbers, nothing), scores)}

    assert best(score=[0.0, 0.5, 0.4, 0.0]) == {1, 2}
    assert best(fit=[0.9, 0.0, 0.0, 0.1]) == {0, 3}
    assert best(fit=[0.3, 0.0, 0.2, 0.1], asked=[0.0, 0.6, 0.0, 0.3]) == {1, 3}
    assert best(fit=[0.3, 0.0, 0.2, 0.1], wording=[0.0, 9.0, 90.0, 0.0]) == {0, 2}  # a share of the greatest counts


def test_laws_have_no_fit(parts: SearchParts) -> None:
    found = collect(analyse("发明专利权的期限", analyzer=parts.analyzer, embedder=parts.embedder), parts, None)
    laws = [parts.catalogue.document_of(number).kind is Kind.LAW for number in found.numbers.tolist()]
    assert any(laws)
    assert found.columns["fit"][laws].tolist() == [0.0] * sum(laws)
    assert (found.columns["fit"][~np.array(laws)] != 0).all()


def only(**counting: float) -> Blend:
    """Return a blend in which only these columns, and a constant (``plus``), count."""
    return Blend(alone=counting, going_on=counting)


def scores_of(found: Candidates) -> FloatArray:
    return first_scores(found, Weights())


def test_sections_change_places_and_laws_keep_theirs(parts: SearchParts, topic: TopicGuess) -> None:
    query = analyse("专利商标收费期限", analyzer=parts.analyzer, embedder=parts.embedder)
    found = collect(query, parts, None)
    before = scores_of(found)
    model = GuideModel(topic, only(fit=-1.0))
    after = GuideRanker(model, parts).reorder(query, found, before).scores
    laws = [
        position
        for position, number in enumerate(found.numbers.tolist())
        if parts.catalogue.document_of(number).kind is Kind.LAW
    ]
    assert laws
    assert after[laws] == pytest.approx(before[laws])
    assert sorted(after) == pytest.approx(sorted(before))
    assert after.tolist() != before.tolist()


def test_a_section_that_was_not_judged_comes_after_those_that_were(
    parts: SearchParts, topic: TopicGuess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide_ranker, "LOOKED_AT", 2)
    query = analyse("专利商标收费期限", analyzer=parts.analyzer, embedder=parts.embedder)
    found = collect(query, parts, None)
    model = GuideModel(topic, only(fit=1.0))
    ranker = GuideRanker(model, parts)
    sections = ranker.sections[found.numbers]
    judged = np.isin(np.arange(len(sections)), ranker.best(found, scores_of(found)))
    before = np.where(judged, 0.0, 1.0) + np.linspace(0, 0.1, len(sections))  # what was not judged is ahead
    monkeypatch.setattr(ranker, "best", lambda _found, _scores: np.flatnonzero(judged))
    after = ranker.reorder(query, found, before).scores
    assert 2 == judged.sum() < sections.sum()
    assert after[judged].min() >= after[sections & ~judged].max()
    others = sections & ~judged
    assert np.argsort(after[others]).tolist() == np.argsort(before[others]).tolist()
    assert sorted(after) == pytest.approx(sorted(before))


def test_the_retriever_follows_the_blend(parts: SearchParts, topic: TopicGuess, today: dt.date) -> None:
    def first(sign: float) -> str:
        model = GuideModel(topic, only(fit=sign))
        return Retriever(parts=parts, guide_model=model).search("商标", as_of=today).hits[0].passage.passage_id

    assert first(1) != first(-1)


def test_a_section_brings_its_judgement_and_an_article_has_none(parts: SearchParts, topic: TopicGuess) -> None:
    model = GuideModel(topic, only(fit=1.0))
    day = dt.date(2005, 1, 1)  # when the fixture's law was in force
    hits = Retriever(parts=parts, guide_model=model).search("专利商标收费期限", as_of=day, top_k=200).hits
    of_laws = [hit.judgement for hit in hits if hit.document.kind is Kind.LAW]
    judged = [(hit.judgement, hit.passage.passage_id) for hit in hits if hit.document.kind is not Kind.LAW]
    assert of_laws
    assert set(of_laws) == {None}
    question = parts.encoder.encode_query(parts.analyzer.normalise("专利商标收费期限"))
    numbers = np.array([parts.catalogue.number(passage_id) for _, passage_id in judged])
    fits = parts.sections.similarity(question, numbers).tolist()
    assert [judgement for judgement, _ in judged] == pytest.approx(fits)
    assert all(hit.judgement is None for hit in Retriever(parts=parts).search("商标", as_of=day).hits)


def test_a_section_that_is_judged_far_lower_than_the_first_is_not_preferred(
    parts: SearchParts, topic: TopicGuess, today: dt.date
) -> None:
    preferred = Filters(facets=frozenset(Facet))

    def lifted(scale: float) -> dict[str, bool]:
        model = GuideModel(topic, only(fit=scale))
        retriever = Retriever(parts=parts, guide_model=model)
        plain, lifted = (
            {hit.passage.passage_id: hit.score for hit in retriever.search("商标", as_of=today, filters=each).hits}
            for each in (Filters(), preferred)
        )
        with_facet = {
            passage_id for passage_id in plain if parts.catalogue.passage(parts.catalogue.number(passage_id)).facet
        }
        return {passage_id: lifted[passage_id] > plain[passage_id] for passage_id in with_facet}

    assert all(lifted(0.01).values())
    far = lifted(100 * PREFERRED_JUDGED)
    assert sum(far.values()) == 1


@pytest.mark.parametrize(("above", "behind"), [(0.5, True), (-0.5, False)])
def test_an_article_stands_behind_a_section_that_is_surely_meant(
    parts: SearchParts, topic: TopicGuess, above: float, behind: bool
) -> None:
    def of_articles(judgement: float) -> list[float]:
        model = GuideModel(topic, only(plus=judgement))
        day = dt.date(2005, 1, 1)  # when the fixture's law was in force
        hits = Retriever(parts=parts, guide_model=model).search("专利商标收费期限", as_of=day, top_k=200).hits
        return [hit.score for hit in hits if hit.document.kind is Kind.LAW]

    usual = of_articles(0.0)
    assert usual
    assert (sum(of_articles(SURE_SECTION + above)) < sum(usual)) is behind


def test_an_article_is_doubted_by_words_and_a_section_by_nearness(
    parts: SearchParts, topic: TopicGuess, embedder: StaticEmbedder
) -> None:
    model = GuideModel(topic, only(fit=1.0))
    retriever, day = (
        Retriever(parts=parts, guide_model=model),
        dt.date(2005, 1, 1),
    )  # when the fixture's law was in force

    def features(kind: Kind, *, among: Retriever = retriever) -> set[str]:
        filters = Filters(kinds=frozenset({kind}))
        found = among.search("发明专利权的期限", as_of=day, filters=filters)
        assert found.hits[0].document.kind is kind
        return {*found.features}

    words = {"question_similarity", "dense", "coverage", "pair_coverage", "known", "rarest_missing"}
    assert features(Kind.GUIDE) == {"margin", "judgement", "topic", "fit", "asked", "wording"}
    assert features(Kind.GUIDE, among=Retriever(parts=parts)) == {"margin", *words}
    assert features(Kind.LAW) == {"margin", *words}  # no section among what was found: nothing was judged
    behind = GuideModel(topic, only(plus=-9.0))
    both = Retriever(parts=parts, guide_model=behind).search("发明专利权的期限", as_of=day, top_k=200)
    first_law = next(hit for hit in both.hits if hit.document.kind is Kind.LAW)
    assert Retriever(parts=parts, guide_model=behind)._features(
        [analyse("发明专利权的期限", analyzer=parts.analyzer, embedder=embedder)], [first_law], 0.0
    ).keys() == {"margin", "topic", *words}
    ranker = GuideRanker(model, parts)
    query = analyse("发明专利权的期限", analyzer=parts.analyzer, embedder=embedder)
    found = collect(query, parts, None)
    for number in found.numbers[ranker.sections[found.numbers]].tolist():
        passage = parts.catalogue.passage(number)
        assert ranker.signs(query, passage, found) == pytest.approx(ranker.signs(query, passage), abs=1e-3)


def judged_first(parts: SearchParts, model: GuideModel, text: str, *told: str) -> str:
    query = analyse(text, analyzer=parts.analyzer, embedder=parts.embedder, told=told)
    found = collect(query, parts, None)
    judgements = GuideRanker(model, parts).reorder(query, found, scores_of(found)).judgements
    assert judgements is not None
    return parts.catalogue.passage(int(found.numbers[np.nanargmax(judgements)])).passage_id


def test_what_was_asked_about_a_section_brings_it_first(parts: SearchParts, topic: TopicGuess) -> None:
    model = GuideModel(topic, only(asked=1.0))
    sections = [n for n in parts.catalogue.numbers() if parts.catalogue.document_of(n).kind is not Kind.LAW]
    asked = {parts.catalogue.passage(n).passage_id: parts.catalogue.passage(n).questions for n in sections}
    firsts = {passage_id: questions[0] for passage_id, questions in asked.items() if questions}
    assert firsts
    assert {passage_id: judged_first(parts, model, question) for passage_id, question in firsts.items()} == {
        passage_id: passage_id for passage_id in firsts
    }


def test_what_was_asked_before_and_what_goes_on_with_it_count_apart(parts: SearchParts, topic: TopicGuess) -> None:
    ranker = GuideRanker(GuideModel(topic, only(fit=1.0)), parts)
    query = analyse("红标 多少钱", analyzer=parts.analyzer, embedder=parts.embedder)
    found = collect(query, parts, None)
    positions = np.arange(len(found.numbers))[::-1]

    def columns(*told: str) -> dict[str, FloatArray]:
        return ranker.nearness(replace(query, told=told), found, positions).columns

    alone, going_on = columns(), columns("红标谁能用", "商标注册多少钱")
    one, other = columns("红标谁能用", "红标谁能用"), columns("商标注册多少钱", "商标注册多少钱")
    assert {*alone} == {"fit", "asked", "wording", "covered"}
    assert {*going_on} == {"fit", "asked", "wording", "asked_before", "asked_message", "wording_message"}
    for kind in ("fit", "asked", "wording"):
        assert going_on[kind] == pytest.approx(alone[kind])
    assert going_on["asked_before"] == pytest.approx(one["asked_message"])
    for kind in ("asked", "wording"):
        assert going_on[f"{kind}_message"] == pytest.approx(other[f"{kind}_message"])
        assert going_on[f"{kind}_message"] != pytest.approx(one[f"{kind}_message"])


@pytest.mark.parametrize("part", ["before", "message"])
def test_either_part_may_bring_its_section_first(parts: SearchParts, topic: TopicGuess, part: str) -> None:
    blend = only(**{f"asked_{part}": 1.0})
    model = GuideModel(topic, blend)
    sections = [parts.catalogue.passage(n) for n in parts.catalogue.numbers()]
    one, other = [passage for passage in sections if passage.questions][:2]
    first = judged_first(parts, model, "请问", one.questions[0], other.questions[0])
    assert first == (one if part == "before" else other).passage_id


def test_a_blend_is_read_as_it_was_written_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    blend = Blend(
        alone={"fit": -1.0, "asked": 2.0, "plus": 5.0}, going_on={"asked_message": 1.0, "wording_message": 0.5}
    )
    blend.save(tmp_path / "blend.json")
    assert Blend.open(tmp_path / "blend.json") == blend
    whole = {"fit": np.array([1.0]), "asked": np.array([10.0])}
    assert blend.judgements(Nearness(whole)).tolist() == [-1 + 20 + 5]
    columns = {**whole, "asked_message": np.array([4.0]), "wording_message": np.array([7.0])}
    assert blend.judgements(Nearness(columns, goes_on=True)).tolist() == [4 + 0.5 * 7]
    for damaged in ('{"leaves": 1}', '{"alone": {"fit": "much"}, "going_on": {}}', '{"alone": 1, "going_on": 2}'):
        (tmp_path / "blend.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(IndexBrokenError, match="blend"):
            Blend.open(tmp_path / "blend.json")


def test_the_clause_that_asks_is_measured_by_itself(parts: SearchParts, topic: TopicGuess, today: dt.date) -> None:
    model = GuideModel(topic, only(fit=1.0))
    retriever = Retriever(parts=parts, guide_model=model)
    asks = "商标注册多少钱"
    story = f"我儿子在外地打工好几年没回来过年，家里就剩我一个人喂着三十头牛，{asks}"
    whole, ended, alone = (
        retriever.search(story, as_of=today),
        retriever.search(story, as_of=today, asking=(asks,)),
        retriever.search(asks, as_of=today),
    )
    assert ended.features["fit"] > whole.features["fit"]
    assert ended.features["fit"] == pytest.approx(alone.features["fit"])
    assert ended.probability > whole.probability


def test_beyond_doubt_the_clause_that_asks_is_not_looked_at(
    parts: SearchParts, topic: TopicGuess, today: dt.date
) -> None:
    model = GuideModel(topic, only(fit=1.0))
    story = "我儿子在外地打工，商标注册多少钱"

    def left_alone(sure: float) -> bool:
        retriever = Retriever(parts=parts, guide_model=model, doubt_model=DoubtModel({"fit": 1.0}, sure))
        alone = retriever.search(story, as_of=today).features
        return retriever.search(story, as_of=today, asking=("商标注册多少钱",)).features == alone

    assert left_alone(5.0)
    assert not left_alone(-5.0)


def test_the_shipped_model_opens_and_every_column_counts() -> None:
    model = shipped_guide_model()
    assert model is not None
    whole = {"fit", "asked", "wording", "covered"}
    assert model.blend.alone.keys() == {*whole, "plus"}
    told = {"asked_before", "asked_message", "wording_message"}
    assert model.blend.going_on.keys() == {*whole - {"covered"}, *told, "plus"}
    assert all(
        weight > 0
        for each in (model.blend.alone, model.blend.going_on)
        for name, weight in each.items()
        if name != "plus"
    )


def test_without_a_folder_there_is_no_model(tmp_path: Path) -> None:
    assert shipped_guide_model(tmp_path / "none") is None


@pytest.mark.parametrize("name", [TOPIC, BLEND])
def test_a_damaged_model_is_named(tmp_path: Path, name: str) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / name).write_text("no model", encoding="utf-8")
    with pytest.raises(IndexBrokenError, match=name):
        shipped_guide_model(tmp_path / "model")
