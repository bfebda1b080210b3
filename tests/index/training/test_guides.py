from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage, Status
from corpus.shipped import shipped_documents
from index.arrays import FloatArray
from index.bootstrap import train_bootstrap
from index.embedder import unit_rows
from index.guide_features import GuideFeatures
from index.parts import indexed_text
from index.retriever import Hit, SearchResult
from index.store import IndexStore
from index.terms import Analyzer
from index.topic_guess import TopicGuess
from index.training import doubt_fit, guide_rows
from index.training.guides import PARTS, Material
from index.training.judgements import judgements
from index.training.lay_folds import FOLDS, LayQuestion, hold_out, known_questions
from index.training.lay_measures import Asked, measures
from index.training.more_questions import more_questions, with_more, without_more
from index.training.paraphrase import paraphrases
from index.training.stories import answered_firsts, held_out, stories

TODAY = dt.date(2026, 11, 23)


def test_every_lay_question_is_held_out_once() -> None:
    documents = shipped_documents()
    asked = Counter(
        (question.passage_id, question.query)
        for fold in range(FOLDS)
        for question in hold_out(documents, fold, TODAY)[1]
    )
    wanted = {
        (passage.passage_id, query)
        for document in documents
        for passage in document.passages
        if document.status(TODAY, passage) in (Status.CURRENT, Status.EXPIRED)
        for query in passage.questions
    }
    assert asked.keys() == wanted
    assert set(asked.values()) == {1}


def test_what_is_held_out_is_not_in_the_documents() -> None:
    kept, held = hold_out(shipped_documents(), 2, TODAY)
    left = {
        (passage.passage_id, query) for document in kept for passage in document.passages for query in passage.questions
    }
    assert held
    assert not {(question.passage_id, question.query) for question in held} & left
    assert {question.query for question in known_questions(kept, TODAY, every=10)} <= {query for _, query in left}


def test_more_questions_are_held_out_like_the_others_and_never_indexed() -> None:
    documents = with_more(shipped_documents())
    own = {
        (passage.passage_id, q)
        for document in shipped_documents()
        for passage in document.passages
        for q in passage.questions
    }
    for fold in range(FOLDS):
        kept, held = hold_out(documents, fold, TODAY)
        assert all(question.more == ((question.passage_id, question.query) not in own) for question in held)
        assert 0.5 < sum(question.more for question in held) / len(held) < 0.75
        indexed = {
            (passage.passage_id, q)
            for document in without_more(kept)
            for passage in document.passages
            for q in passage.questions
        }
        assert indexed < own
        assert not indexed & {(question.passage_id, question.query) for question in held}


def test_more_questions_are_of_sections_that_there_are_and_repeat_no_lay_question() -> None:
    lay = {passage.passage_id: passage.questions for document in shipped_documents() for passage in document.passages}
    written = [question for questions in lay.values() for question in questions]
    more = [question for questions in more_questions().values() for question in questions]
    assert more_questions().keys() <= lay.keys()
    assert len(set(more)) == len(more) > 7_000
    assert not set(more) & set(written)


def small_guide(document_id: str, topic: str) -> Document:
    passages = tuple(
        Passage(
            passage_id=f"{document_id}#{order}",
            document_id=document_id,
            locator=heading,
            heading=heading,
            text=f"{topic}{text}",
            order=order,
            questions=tuple(f"{topic}{question}" for question in questions),
        )
        for order, (heading, text, questions) in enumerate(
            [
                ("收多少钱", "每件收费300元。", ("要多少钱", "收费不", "花多少", "费用高不高", "免费吗")),
                ("多长时间", "九个月办完。", ("要多久", "几个月", "哪天下来", "快不快", "等多少天")),
            ]
        )
    )
    return Document(document_id=document_id, title=f"{topic}怎么办", kind=Kind.GUIDE, passages=passages)


@pytest.fixture(scope="module")
def small() -> list[Document]:
    return [small_guide("a", "商标注册"), small_guide("b", "专利申请"), small_guide("c", "版权登记")]


def test_rows_hold_the_right_section_once(
    small: list[Document], analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts = [indexed_text(document, passage) for document in small for passage in document.passages]
    embedder = train_bootstrap(texts, analyzer=analyzer, dim=8, min_count=1)
    kept, held = hold_out(small, 0, TODAY)
    store = IndexStore(tmp_path_factory.mktemp("data"))
    store.build(kept, embedder=embedder)
    parts = store.open(embedder).parts
    features = GuideFeatures(parts, facet_guess=guide_rows.facet_guess(kept, analyzer))
    rows = list(guide_rows.rows(parts, features, held, TODAY))
    assert len(rows) == len(held)
    assert all(row.right.sum() == 1 and len(row.right) == len(row.features) for row in rows)


class ByFirstSign:
    """Encodes every text by its first character and, a little, by its last: texts that begin alike lie together."""

    name, dim = "by first sign", 64

    def encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[ord(text[0]) % self.dim] += 1.0
            row[ord(text[-1]) % self.dim] += 0.2
        return unit_rows(vectors)

    def encode_query(self, text: str) -> FloatArray:
        vector: FloatArray = self.encode([text])[0]
        return vector


def test_what_stories_ask_of_other_windows_is_off_topic(tmp_path: Path) -> None:
    (tmp_path / "negatives.jsonl").write_text('{"query": "哪家代理好", "kind": "near-topic"}\n', encoding="utf-8")
    material = Material.read(tmp_path / "negatives.jsonl", TODAY)
    others = [story.first for story in stories() if story.expected[0] == ()]
    assert list(material.negatives) == ["哪家代理好", *others]
    assert list(material.off_topic) == [False, *[True] * len(others)]


def test_the_topic_guess_leaves_out_a_part_of_what_was_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: dict[str, list[str]] = {}

    def remember(documents: object, told: list[str], off_topic: list[str], **how: object) -> None:
        learnt.update(ours=told, others=off_topic)

    monkeypatch.setattr(guide_rows, "topic_guess", remember)
    material = Material([], ["哪家代理好", "社保卡丢了", "驾照到期"], [False, True, True], TODAY)
    held = held_out()
    firsts = {story.first: story.expected[0] == () for story in held}
    for part in (None, 1):
        material.topic_guess([], ByFirstSign(), without=part)
        left = {story.first for at, story in enumerate(held) if part is None or at % PARTS != part}
        assert left & {*learnt["ours"]} == {first for first in left if not firsts[first]}
        assert {*learnt["others"]} - {*firsts} == {"社保卡丢了", "驾照到期"} - ({"社保卡丢了"} if part == 1 else set())
        assert {*learnt["others"]} & {*firsts} == {first for first in left if firsts[first]}


def test_the_topic_guess_learns_both_sides_and_leaves_what_is_like_neither_open(
    small: list[Document], analyzer: Analyzer
) -> None:
    others = [f"{first}{last}" for first in "社医" for last in "保多少钱办证电话去哪几点"]
    encoder = ByFirstSign()
    unanswered = ["歌让人唱了", "歌谱让人印了"]
    guess = TopicGuess(guide_rows.topic_guess(small, unanswered, others, encoder=encoder, analyzer=analyzer))
    assert guess.encoder == encoder.name
    ours = [question for document in small for passage in document.passages for question in passage.questions]
    assert min(guess.score(encoder.encode_query(question)) for question in [*ours, *unanswered]) > 0
    assert max(guess.score(encoder.encode_query(question)) for question in others) < 0
    unlike = abs(guess.score(encoder.encode_query("囧囧")))
    assert unlike < abs(guess.score(encoder.encode_query(ours[0])))
    assert unlike < abs(guess.score(encoder.encode_query(others[0])))


def test_a_question_without_the_names_of_its_matter_keeps_what_is_asked() -> None:
    names = {"商标", "注册商标", "续展", ""}
    asked = ["注册商标过期了还能补办吗？", "商标续展", "专利年费多少钱", "商标，要交哪些证明"]
    assert guide_rows.without_names(asked, names) == ["过期了还能补办吗", "要交哪些证明"]


def asked(rank: int, coverage: float) -> Asked:
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
        hits.append(Hit(passage, mine, place, 1 / place, 0, 0, 0, None, Status.CURRENT))
    result = SearchResult(tuple(hits), (), 0.5, {"coverage": coverage, "dense": 1.0})
    return Asked(LayQuestion("问", "right", "a"), result, 2.0)


def test_counts_ranks() -> None:
    counted = measures([asked(1, 1), asked(2, 1), asked(0, 1), asked(3, 1)])
    assert counted["questions"] == 4
    assert counted["passage first"] == 0.25
    assert counted["passage in three"] == 0.75
    assert counted["document first"] == 0.25


def test_what_was_judged_to_answer_as_well_counts_as_right_and_the_own_section_is_counted_too() -> None:
    found = asked(2, 1)
    both = dataclasses.replace(found, question=dataclasses.replace(found.question, also=frozenset({"wrong1"})))
    assert measures([both])["passage first"] == 1.0
    assert measures([both])["own passage first"] == 0.0
    assert measures([both])["own passage in three"] == 1.0


def test_judgements_are_about_questions_and_sections_that_there_are() -> None:
    questions = {
        passage.passage_id: passage.questions for document in shipped_documents() for passage in document.passages
    }
    for (question, passage_id), others in judgements().items():
        known = question in questions[passage_id] or question in answered_firsts()
        assert known, f"judgements.tsv: {question} no longer stands at {passage_id}"
        assert others
        assert others <= questions.keys() - {passage_id}, f"judgements.tsv: {question} names a section that is gone"


def test_a_held_out_question_brings_its_judgements() -> None:
    held = [question for fold in range(FOLDS) for question in hold_out(shipped_documents(), fold, TODAY)[1]]
    assert sum(bool(question.also) for question in held) > 800


def test_doubt_learns_what_goes_with_an_answer_and_no_feature_the_wrong_way_round() -> None:
    answered = [asked(1, 0.9 - number / 100) for number in range(20)]
    missed = [asked(0, 0.2 + number / 100) for number in range(20)]
    model = doubt_fit.fit([*answered, *missed], [{"coverage": 0.1, "dense": 0.0}] * 10)
    assert model.probability({"coverage": 0.9}) > 0.8 > 0.2 > model.probability({"coverage": 0.1})
    assert all(weight >= 0 for weight in model.weights.values())
    against = doubt_fit.fit([asked(1, 0.1)] * 20 + [asked(0, 0.9)] * 20, [])
    assert against.weights["coverage"] == 0.0


def test_doubt_of_messages_learns_whether_one_of_the_first_three_answers() -> None:
    def found(coverage: float, right: bool) -> tuple[frozenset[str], SearchResult]:
        result = asked(1, coverage).result
        return frozenset({result.hits[0].passage.passage_id} if right else {"elsewhere#0"}), result

    told = [found(0.9 - number / 100, True) for number in range(20)]
    told += [found(0.2 + number / 100, False) for number in range(20)]
    model = doubt_fit.fit_judged([*told, (frozenset({"a#0"}), SearchResult((), (), 0.0))], [{"coverage": 0.1}] * 10)
    assert model.probability({"coverage": 0.9}) > 0.8 > 0.2 > model.probability({"coverage": 0.1})
    assert model.without_signs is None


def test_the_doubt_without_signs_does_not_learn_from_questions_in_other_words() -> None:
    worded = [*(asked(1, 0.9) for _ in range(20)), *(asked(0, 0.2) for _ in range(20))]
    otherwise = [
        dataclasses.replace(each, question=dataclasses.replace(each.question, more=True))
        for each in (asked(1, 0.0) for _ in range(60))
    ]
    model = doubt_fit.fit([*worded, *otherwise], [{"coverage": 0.1, "dense": 0.0}] * 10)
    alone = doubt_fit.fit(worded, [{"coverage": 0.1, "dense": 0.0}] * 10)
    assert model.without_signs == alone.without_signs
    assert model.weights["coverage"] < alone.weights["coverage"]


def test_paraphrases_are_the_same_each_time_and_still_about_the_same(analyzer: Analyzer) -> None:
    questions = [LayQuestion(f"商标注册要交多少钱第{number}问", f"a#{number}", "a", known=True) for number in range(40)]
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
