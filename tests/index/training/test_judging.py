from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage
from index.arrays import FloatArray
from index.asked import shipped_question_encoder
from index.blend import weighed
from index.embedder import StaticEmbedder
from index.guide_ranker import GuideRanker, shipped_guide_model
from index.parts import SearchParts
from index.store import IndexStore
from index.terms import Analyzer, default_analyzer
from index.training import judging
from index.training.asked import asked_questions, cutting, principal_directions, questions_of
from index.training.judging import (
    COVERED_COUNTS,
    FIFTH,
    HIGHEST,
    SPREAD,
    Judged,
    Message,
    fit_blend,
    looked_at,
    messages,
    usual,
    without_held,
)
from index.training.stories import Story, held_out, held_stories, stories

TODAY = dt.date(2026, 11, 23)


def story(*told: tuple[str, tuple[str, ...] | None]) -> Story:
    return Story(tuple(message for message, _ in told), tuple(answers for _, answers in told))


def test_a_later_message_is_searched_with_the_first_and_told_in_two_parts() -> None:
    told = [story(("红标谁能用", ("gi#0",)), ("那要钱不", ("gi#1",)), ("驾照呢", ()))]
    assert list(messages(told)) == [
        Message("红标谁能用", (), frozenset({"gi#0"})),
        Message("红标谁能用 那要钱不", ("红标谁能用", "那要钱不"), frozenset({"gi#1"})),
        Message("红标谁能用 驾照呢", ("红标谁能用", "驾照呢"), frozenset()),
    ]


@pytest.mark.parametrize("goes_on", [False, True])
def test_the_blend_finds_what_tells_and_keeps_the_scale_of_judgements(goes_on: bool) -> None:
    random = np.random.default_rng(3)
    found = []
    for number in range(400):
        columns = dict(zip(("fit", "asked", "wording"), random.standard_normal((3, 10)), strict=True))
        columns["wording"] *= 30  # words say nothing here, loudly
        mine = number % 2 == goes_on
        right = columns["asked"] == (columns["asked"].max() if mine else columns["asked"].min())
        found.append(Judged(columns, right, goes_on=goes_on == mine))
    unanswered = Judged(found[0].columns, np.zeros(10, dtype=bool), goes_on=goes_on)
    blend = fit_blend([*found, unanswered])
    weights, others = (blend.going_on, blend.alone) if goes_on else (blend.alone, blend.going_on)
    assert max(30 * abs(weights["wording"]), abs(weights["fit"])) < 0.1 * weights["asked"]
    assert 0 == others["asked"] < weights["asked"]
    judged = [np.sort(weighed(each.columns, weights))[::-1] for each in found if each.goes_on == goes_on]
    assert np.mean([each[0] for each in judged]) == pytest.approx(HIGHEST, abs=0.05)
    assert np.mean([each[0] - each[FIFTH] for each in judged]) == pytest.approx(SPREAD, abs=0.05)


def test_what_stands_in_the_text_counts_as_it_is_given_and_the_scale_stays() -> None:
    random = np.random.default_rng(5)
    found = []
    for _ in range(200):
        columns = dict(zip(("fit", "covered"), random.standard_normal((2, 10)), strict=True))
        found.append(Judged(columns, columns["covered"] == columns["covered"].max(), goes_on=False))
    weights = fit_blend([*found, *(dataclasses.replace(each, goes_on=True) for each in found)]).alone
    assert weights["covered"] == COVERED_COUNTS  # though it tells everything
    assert np.mean([weighed(each.columns, weights).max() for each in found]) == pytest.approx(HIGHEST, abs=0.05)


@pytest.fixture(scope="module")
def parts(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> SearchParts:
    store = IndexStore(tmp_path_factory.mktemp("judging"))
    store.build(small_documents, embedder=small_embedder)
    return store.open(small_embedder).parts


def test_what_is_looked_at_knows_which_sections_answer(parts: SearchParts) -> None:
    model = shipped_guide_model()
    assert model is not None
    judged = looked_at(
        Message("鹭标要啥材料", (), frozenset({"heron-mark#materials"})), parts, GuideRanker(model, parts), TODAY
    )
    assert judged is not None
    assert {*judged.columns} == {"fit", "asked", "wording", "covered"}
    assert {column.shape for column in judged.columns.values()} == {judged.right.shape}
    assert judged.right.sum() == 1
    assert not judged.goes_on


def test_what_is_usual_of_sections_that_answer_is_a_line_through_them() -> None:
    fit = np.array([0.2, 0.5, 0.9])
    right = np.array([True, True, False])
    columns = {"fit": fit, "asked": 0.3 + 0.6 * fit + np.array([0, 0, 9]), "wording": np.array([10.0, 40.0, 50.0])}
    lines = usual([Judged(columns, right, goes_on=False), Judged(columns, ~right & ~right[::-1], goes_on=False)])
    assert lines["asked"] == pytest.approx((0.3, 0.6))
    assert lines["wording"] == pytest.approx((-0.2, 2.0))


def test_held_stories_are_taken_out_of_what_is_asked(
    monkeypatch: pytest.MonkeyPatch, small_documents: list[Document], analyzer: Analyzer
) -> None:
    held = story(("有人在河套里支网逮鹭鸟", ("heron-mark#materials",)))
    monkeypatch.setattr(judging, "shipped_documents", lambda: small_documents)
    monkeypatch.setattr(judging, "stories", lambda: ())
    with_it = asked_questions(small_documents, shipped_question_encoder(), analyzer, told=[held])
    assert with_it.others["heron-mark#materials"] == [analyzer.normalise(held.first)]
    assert analyzer.normalise(held.first) not in without_held().others.get("heron-mark#materials", ())


def test_others_are_the_messages_of_stories_each_once_and_no_lay_question() -> None:
    passage = Passage("a#0", "a", "收多少钱", "商标 收多少钱", "每类300元。", 0, questions=("商标要多少钱",))
    documents = [Document("a", "商标", Kind.GUIDE, passages=(passage,))]
    told = [
        story(("商标要多少钱", ("a#0",)), ("那能便宜不", ("a#0", "gone#0"))),
        story(("牌子几块钱", ("a#0",)), ("社保呢", ()), ("这个没写", None)),
        story(("牌子几块钱", ("a#0",))),
    ]
    analyzer = default_analyzer()
    lay, others = questions_of(documents, analyzer, told)
    assert lay == {"a#0": [analyzer.normalise("商标要多少钱")]}
    assert others == {"a#0": [analyzer.normalise(each) for each in ("商标要多少钱 那能便宜不", "牌子几块钱")]}


def test_principal_directions_are_at_right_angles_and_keep_what_differs_most() -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    vectors[:, 0] *= 20
    directions = principal_directions(vectors, 3)
    assert directions.shape == (8, 3)
    assert directions.T @ directions == pytest.approx(np.eye(3), abs=1e-5)
    assert abs(directions[0, 0]) > 0.99


def test_questions_are_cut_down_as_before_while_the_encoder_is_the_same(tmp_path: Path) -> None:
    class Named:
        name, dim = "a-1", 384

        def encode(self, texts: Sequence[str]) -> FloatArray:
            vectors = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dim)).astype(np.float32)
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

        def encode_query(self, text: str) -> FloatArray:
            return self.encode([text])[0]

    first = cutting(Named(), ["甲"] * 200, tmp_path)
    asked_questions([], first, default_analyzer(), told=[]).save(tmp_path)
    again = cutting(Named(), ["甲"] * 300, tmp_path)
    assert (again.projection == first.projection).all()
    other = Named()
    other.name = "a-2"
    assert (cutting(other, ["甲"] * 300, tmp_path).projection != first.projection).any()


def test_held_stories_are_no_stories_that_the_encoder_has_learnt() -> None:
    assert len(held_stories()) > 1000
    assert not {each.first for each in held_out()} & {each.first for each in stories()}


def test_neither_is_measured_on() -> None:
    benchmarks = Path(__file__).parents[3] / "benchmarks"
    lines = (benchmarks / "stories.jsonl").read_text(encoding="utf-8").splitlines()
    unseen = (benchmarks / "unseen_questions.tsv").read_text(encoding="utf-8").splitlines()
    measured = {json.loads(line)["turns"][0] for line in lines}
    measured |= {query for line in unseen for query in line.split("\t")[1].split("｜")}
    assert not measured & {each.first for each in (*held_out(), *stories())}
