from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage
from corpus.shipped import shipped_documents
from index import asked
from index.arrays import FloatArray
from index.asked import (
    QUESTIONS,
    USUAL,
    USUAL_WORDING,
    VECTORS,
    AskedQuestions,
    QuestionEncoder,
    shipped_asked_questions,
    shipped_question_encoder,
    worded_alike,
)
from index.catalogue import Numbered
from index.dense import ASKED, SLOTS, DenseIndex
from index.embedder import StaticEmbedder, unit_rows
from index.encoder import shipped_encoder
from index.errors import EmbedderError, IndexBrokenError
from index.kept_vectors import KeptVectors
from index.lexical import term_weights
from index.sections import sections_of
from index.store import IndexStore
from index.terms import Analyzer


class ByLength:
    """An encoder in whose eyes texts of one length are the same; it remembers what it was given."""

    name, dim = "by-length-1", 6

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> FloatArray:
        self.encoded += texts
        return np.eye(self.dim, dtype=np.float32)[[len(text) % self.dim for text in texts]].reshape(-1, self.dim)

    def encode_query(self, text: str) -> FloatArray:
        return self.encode([text])[0]


@pytest.fixture
def encoder() -> QuestionEncoder:
    projection = np.eye(6, 4, dtype=np.float32)
    return QuestionEncoder(ByLength(), projection)


@pytest.fixture
def known(encoder: QuestionEncoder) -> AskedQuestions:
    """Return what knows two questions, the second one asked about the section gi#0 besides its lay questions."""
    vectors = KeptVectors.made(["一", "二二"], encoder.encode(["一", "二二"]), encoder.name)
    return AskedQuestions({"gi#0": ("二二",)}, vectors, encoder.encoder.name, encoder.projection)


def test_a_vector_is_cut_down_and_keeps_its_length(encoder: QuestionEncoder) -> None:
    vectors = encoder.encode(["一", "三三三"])
    assert vectors.shape == (2, encoder.dim)
    assert vectors.tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]
    assert encoder.encode_query("三三三").tolist() == vectors[1].tolist()
    assert encoder.name == "by-length-1-4"


def test_it_is_read_as_it_was_written(known: AskedQuestions, tmp_path: Path) -> None:
    known.save(tmp_path / "asked")
    read = AskedQuestions.open(tmp_path / "asked")
    assert read.fingerprint == known.fingerprint
    assert read.others == known.others
    assert replace(read, others={}).fingerprint != known.fingerprint


@pytest.mark.parametrize("damaged", [VECTORS, QUESTIONS])
def test_a_damaged_folder_is_named(known: AskedQuestions, damaged: str, tmp_path: Path) -> None:
    known.save(tmp_path / "asked")
    for content in (b"no", (tmp_path / "asked" / damaged).read_bytes()[:-8]):
        (tmp_path / "asked" / damaged).write_bytes(content)
        with pytest.raises(EmbedderError, match=str(tmp_path / "asked")):
            AskedQuestions.open(tmp_path / "asked")


def test_lay_questions_come_first_then_the_others_of_the_same_section(
    known: AskedQuestions, encoder: QuestionEncoder, guides: list[Document], analyzer: Analyzer
) -> None:
    guide = next(each for each in guides if each.document_id == "gi")
    passages = [replace(guide.passages[0], questions=("一", "三三三")), replace(guide.passages[1], questions=())]
    numbered = [Numbered(5, replace(guide, passages=tuple(passages)))]
    assert isinstance(encoder.encoder, ByLength)
    encoder.encoder.encoded.clear()
    vectors, ids = known.of(numbered, encoder, analyzer)
    assert ids.tolist() == [5 * SLOTS + 1, 5 * SLOTS + 2, 5 * SLOTS + 3]
    assert vectors.tolist() == [[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    assert encoder.encoder.encoded == ["三三三"]


def test_no_more_than_an_id_has_room_for_and_nothing_of_laws(
    known: AskedQuestions, encoder: QuestionEncoder, guides: list[Document], analyzer: Analyzer
) -> None:
    guide = next(each for each in guides if each.document_id == "gi")
    many = replace(guide, passages=(replace(guide.passages[0], questions=tuple("一" * n for n in range(1, 100))),))
    vectors, ids = known.of([Numbered(0, many)], encoder, analyzer)
    assert len(vectors) == len(ids) == SLOTS - 1
    assert ids.max() < SLOTS
    law = next(each for each in guides if each.kind is Kind.LAW)
    assert known.of([Numbered(0, law)], encoder, analyzer)[0].shape == (0, encoder.dim)


def test_an_update_changes_what_is_asked_as_it_changes_sections(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store, whole = IndexStore(tmp_path / "updated"), IndexStore(tmp_path / "whole")
    store.build(guides[:-1], embedder=embedder)
    store.update(added=guides[-1:], removed=[guides[0].document_id], embedder=embedder)
    whole.build(guides[1:], embedder=embedder)

    def nearest(store: IndexStore) -> list[float]:
        parts = store.open(embedder).parts
        query = parts.question_encoder.encode_query(parts.analyzer.normalise("红标要钱不"))
        sections = [passage.passage_id for each in guides[1:] for passage in sections_of(each)]
        numbers = np.array([parts.catalogue.number(each) for each in sections])
        return [float(parts.asked.count), *parts.asked.nearest(query[None], numbers, 1)[0].tolist()]

    assert nearest(store) == pytest.approx(nearest(whole), nan_ok=True)


def test_a_generation_without_what_is_asked_is_broken(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store = IndexStore(tmp_path)
    folder = tmp_path / "index" / store.build(guides, embedder=embedder)
    DenseIndex(np.zeros((0, shipped_question_encoder().dim), np.float32), np.zeros(0, np.int64)).save(folder, ASKED)
    with pytest.raises(IndexBrokenError, match="asked"):
        store.open(embedder)


def test_a_section_about_which_few_questions_are_known_is_at_least_as_near_as_is_usual_for_its_text(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    guide = next(each for each in guides if each.document_id == "gi")
    questions = tuple(f"红标{word}" for word in ("要钱不", "谁能用", "咋办", "上哪办", "几天", "带啥"))
    passages = [
        replace(guide.passages[0], passage_id=f"gi#{number}", questions=questions[:known])
        for number, known in enumerate((6, 2, 0))
    ]
    store = IndexStore(tmp_path)
    store.build([replace(guide, passages=tuple(passages))], embedder=embedder)
    parts = store.open(embedder).parts
    numbers = np.arange(len(passages))
    assert parts.asked.counts(numbers)[:3].tolist() == [len(questions), 2, 0]
    fits = np.full((1, len(numbers)), 0.5)
    near = asked.nearest_asked(parts, [parts.analyzer.normalise("糖葫芦")], fits, numbers)[0]
    usual = USUAL[0] + USUAL[1] * 0.5
    assert near[0] < usual
    assert near[1:] == pytest.approx(np.full(len(numbers) - 1, usual))
    known = asked.nearest_asked(parts, [parts.analyzer.normalise(questions[0])], fits, numbers)[0]
    assert known[:2].min() > usual

    hits = worded_alike(parts, {"标": 1.0})
    worded = asked.wording(parts, hits, fits[0], numbers)
    score = dict(zip(hits.ids.tolist(), hits.scores.tolist(), strict=True))
    least = (USUAL_WORDING[0] + USUAL_WORDING[1] * 0.5) * hits.scores.max()
    assert worded[0] == score[0]
    assert worded[1:] == pytest.approx([max(score.get(number, 0.0), least) for number in numbers[1:].tolist()])


def test_a_word_weighs_as_much_among_few_sections_as_among_many(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    guide = next(each for each in guides if each.document_id == "gi")

    def best(count: int) -> float:
        store = IndexStore(tmp_path / str(count))
        others = [
            replace(guide, document_id=f"gi{n}", passages=(passage(f"gi{n}#0", f"gi{n}", "年费"),))
            for n in range(count)
        ]
        store.build([*others, replace(guide, passages=(passage("gi#0", "gi", "毛驴"),))], embedder=embedder)
        parts = store.open(embedder).parts
        return float(worded_alike(parts, {"毛": 1.0, "驴": 1.0}).scores[0])

    def passage(passage_id: str, document_id: str, question: str) -> Passage:
        return replace(guide.passages[0], passage_id=passage_id, document_id=document_id, questions=(question,))

    assert best(8) == pytest.approx(best(80), rel=0.1)


def test_a_section_is_found_by_all_that_is_asked_about_it_and_else_by_its_own_words(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    encoder = shipped_question_encoder()
    sections = [passage for guide in guides for passage in sections_of(guide)]
    silent = next(each for each in sections if not each.questions)
    told = next(each for each in sections if each.questions)
    kept = KeptVectors.made((), encoder.encode(()), encoder.name)
    asked = AskedQuestions({told.passage_id: ("毛驴驮着酱缸过河",)}, kept, encoder.encoder.name, encoder.projection)
    store = IndexStore(tmp_path, asked=asked)
    store.build(guides, embedder=embedder)
    parts = store.open(embedder).parts

    def found(text: str) -> list[str]:
        terms = term_weights(parts.analyzer.characters(parts.analyzer.normalise(text)))
        return [parts.catalogue.passage(number).passage_id for number in worded_alike(parts, terms).ids.tolist()]

    assert found("毛驴驮酱缸") == [told.passage_id]
    assert found(told.questions[0])[0] == told.passage_id
    assert found(silent.text)[0] == silent.passage_id
    law = next(each for each in guides if each.kind is Kind.LAW)
    assert not {each.passage_id for each in law.passages} & {*found(law.passages[0].text)}


def test_what_ships_is_of_the_shipped_encoder_and_knows_most_lay_questions(analyzer: Analyzer) -> None:
    encoder = shipped_question_encoder()
    questions = [
        analyzer.normalise(question)
        for document in shipped_documents()
        for passage in sections_of(document)
        for question in passage.questions
    ]
    assert shipped_asked_questions().vectors.share_known(questions, encoder) > 0.9, (
        "run: python -m index.training.asked"
    )
    sections = {passage.passage_id for document in shipped_documents() for passage in sections_of(document)}
    assert len(shipped_asked_questions().others.keys() & sections) > 0.9 * len(shipped_asked_questions().others)


def test_vectors_of_another_encoder_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(shipped_asked_questions(), encoder="sentence-zh-0")
    monkeypatch.setattr(asked, "shipped_asked_questions", lambda: other)
    with pytest.raises(EmbedderError, match=f"sentence-zh-0, wanted {shipped_encoder().name}"):
        shipped_question_encoder.__wrapped__()


def test_what_the_projection_leaves_out_hardly_matters() -> None:
    encoder = shipped_question_encoder()
    questions = ["俺家辣椒能贴红标不", "红标谁能用", "商标注册多少钱", "专利费减要什么材料", "商标续展要几块钱"]
    whole, small = unit_rows(shipped_encoder().encode(questions)), encoder.encode(questions)
    pairs = np.triu_indices(len(questions), 1)
    assert np.corrcoef((whole @ whole.T)[pairs], (small @ small.T)[pairs])[0, 1] > 0.95
