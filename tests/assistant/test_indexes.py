"""The index in use keeps up with the texts, whoever changes them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import messages, wiring
from assistant.errors import IndexNotReadyError
from assistant.indexes import Indexes
from assistant.replies import Answer, Clarification, Turn
from assistant.settings import Settings
from assistant.vocabulary import CorpusUnderstander
from corpus.records import Document, Facet, Kind, Passage
from index.embedder import StaticEmbedder
from index.retriever import Retriever
from index.store import Index, IndexStore
from index.terms import default_analyzer
from tests.bootstrap import train_bootstrap

DRIED = Document(
    "gui-dried",
    "桂干品牌",
    Kind.GUIDE,
    aliases=("桂干",),
    passages=(
        Passage(
            "gui-dried#fee",
            "gui-dried",
            "收多少钱",
            "桂干品牌 › 收多少钱",
            "申请用桂干品牌不收费。",
            1,
            questions=("用桂干品牌要交多少钱",),
        ),
        Passage("gui-dried#who", "gui-dried", "谁能办", "桂干品牌 › 谁能办", "合作社可以申请用桂干品牌。", 2),
    ),
)


@pytest.fixture
def texts(small_documents: list[Document]) -> list[Document]:
    return list(small_documents)


@pytest.fixture
def open_indexes(texts: list[Document], small_embedder: StaticEmbedder, tmp_path: Path) -> Callable[[], Indexes]:
    """Return a maker of what one process holds over the same folder and the same texts."""
    return lambda: Indexes(store=IndexStore(tmp_path), embedder=small_embedder, documents=lambda: texts)


def test_there_is_none_before_it_is_opened(open_indexes: Callable[[], Indexes]) -> None:
    with pytest.raises(IndexNotReadyError, match="python -m assistant index"):
        open_indexes().current()


def test_stays_as_it_is_when_nothing_changed(open_indexes: Callable[[], Indexes]) -> None:
    indexes = open_indexes()
    assert indexes.ensure() is indexes.ensure() is indexes.current()
    assert open_indexes().ensure().generation == indexes.current().generation


def test_a_new_text_is_found_and_only_it_is_indexed(open_indexes: Callable[[], Indexes], texts: list[Document]) -> None:
    indexes = open_indexes()
    before = indexes.ensure()
    texts.append(DRIED)
    totals = []
    index = indexes.ensure(lambda step, done, total: totals.append(total) if step == "terms" else None)
    assert totals == [len(DRIED.passages)]
    assert index is indexes.current() is not before
    assert indexes.current().passage("gui-dried#fee").text == "申请用桂干品牌不收费。"


def test_what_searches_an_index_is_made_when_it_is_opened(
    open_indexes: Callable[[], Indexes], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = open_indexes()
    indexes.ensure()

    def made_by_who_asks(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Retriever, "__init__", made_by_who_asks)
    assert indexes.retriever() is indexes.retriever()


def test_an_index_that_is_no_longer_in_use_goes_even_when_a_server_had_taken_it_out_of_collection(
    open_indexes: Callable[[], Indexes], texts: list[Document]
) -> None:
    indexes = open_indexes()
    before = weakref.ref(indexes.ensure())
    gone = weakref.ref(indexes.retriever())
    gc.freeze()
    try:
        texts.append(DRIED)
        indexes.ensure()
        gc.collect()
        assert before() is None
        assert gone() is None
    finally:
        gc.unfreeze()


def test_every_step_that_is_told_has_a_name_in_chinese(open_indexes: Callable[[], Indexes]) -> None:
    told = []
    open_indexes().build(lambda step, done, total: told.append(messages.index_stage(step)))
    assert told
    assert not [name for name in told if name.isascii()]


def test_a_damaged_part_is_mended_by_building_anew(
    open_indexes: Callable[[], Indexes], texts: list[Document], tmp_path: Path
) -> None:
    generation = open_indexes().ensure().generation
    (tmp_path / "index" / generation / "dense.faiss").write_bytes(b"damaged")
    assert open_indexes().ensure().documents.keys() == {text.document_id for text in texts}


def test_what_another_process_made_is_taken_over_without_a_restart(
    open_indexes: Callable[[], Indexes], texts: list[Document]
) -> None:
    indexes, other = open_indexes(), open_indexes()
    indexes.ensure()
    texts.append(DRIED)
    other.ensure()
    assert "gui-dried" in indexes.current().documents
    assert indexes.current().generation == other.current().generation
    texts.pop()
    other.ensure()
    assert "gui-dried" not in indexes.current().documents


def test_every_way_of_asking_looks_once_for_what_another_process_made(
    open_indexes: Callable[[], Indexes], texts: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = open_indexes()
    indexes.ensure()
    assistant = replace(wiring.build(Settings(data_dir=tmp_path)), indexes=indexes).assistant()
    looked: list[str | None] = []
    look = IndexStore.current

    def counted(store: IndexStore) -> str | None:
        looked.append(look(store))
        return looked[-1]

    monkeypatch.setattr(IndexStore, "current", counted)
    texts.append(DRIED)
    open_indexes().ensure()
    looked.clear()
    assert assistant.search("桂干品牌收多少钱").hits[0].passage.passage_id == "gui-dried#fee"
    assert len(looked) == 1
    texts.pop()
    open_indexes().ensure()
    looked.clear()
    assert "gui-dried" not in assistant.ask("桂干品牌收多少钱").document_ids
    assert len(looked) == 1
    texts.append(DRIED)
    open_indexes().ensure()
    looked.clear()
    turn = list(assistant.ask_stream("桂干品牌收多少钱"))[-1]
    assert isinstance(turn, Turn)
    assert "gui-dried" in turn.document_ids
    assert len(looked) == 1


def test_whoever_asks_while_another_opens_it_is_not_kept_waiting(
    open_indexes: Callable[[], Indexes], texts: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes, other = open_indexes(), open_indexes()
    before = indexes.ensure()
    texts.append(DRIED)
    other.ensure()
    seen = []
    opened = indexes.open

    def open_slowly() -> Index:
        seen.append(indexes.current())
        return opened()

    monkeypatch.setattr(indexes, "open", open_slowly)
    assert "gui-dried" in indexes.current().documents
    assert seen == [before]


def test_what_another_process_made_and_cannot_be_opened_is_passed_over(
    open_indexes: Callable[[], Indexes], texts: list[Document], tmp_path: Path
) -> None:
    indexes = open_indexes()
    good = indexes.ensure()
    other_embedder = train_bootstrap(["鹭标 申请"], analyzer=default_analyzer(), dim=8, min_count=1)
    Indexes(store=IndexStore(tmp_path), embedder=other_embedder, documents=lambda: texts).build()
    for _ in range(2):
        assert indexes.current() is good
    texts.append(DRIED)
    assert "gui-dried" in indexes.ensure().documents


def test_names_of_a_new_text_are_understood_without_a_restart(
    open_indexes: Callable[[], Indexes], texts: list[Document], tmp_path: Path
) -> None:
    indexes = open_indexes()
    indexes.ensure()
    assistant = replace(wiring.build(Settings(data_dir=tmp_path)), indexes=indexes).assistant()
    assert isinstance(assistant.ask("用桂干要交多少钱").reply, Clarification)  # a word that it does not know
    texts.append(DRIED)
    indexes.ensure()
    assert isinstance(assistant.ask("用桂干要交多少钱").reply, Answer)


def test_a_name_of_the_corpus_alone_is_a_topic_without_a_question(
    open_indexes: Callable[[], Indexes], texts: list[Document]
) -> None:
    indexes = open_indexes()
    indexes.ensure()
    understander = CorpusUnderstander(indexes=indexes, normalise=default_analyzer().normalise)
    assert not understander.understand("桂干").facets
    texts.append(DRIED)
    indexes.ensure()
    assert understander.understand("桂干").facets == {Facet.WHAT, Facet.STEPS}


def test_names_of_a_text_that_is_gone_are_forgotten(open_indexes: Callable[[], Indexes], texts: list[Document]) -> None:
    texts.append(replace(DRIED, aliases=("桂干", "干桂")))
    indexes = open_indexes()
    indexes.ensure()
    understander = CorpusUnderstander(indexes=indexes, normalise=default_analyzer().normalise)
    assert understander.on_topic("干桂怎么卖")
    texts.pop()
    indexes.ensure()
    assert not understander.on_topic("干桂怎么卖")


def test_a_candidate_holds_what_would_be_and_leaves_the_index_in_use_alone(
    open_indexes: Callable[[], Indexes], tmp_path: Path
) -> None:
    indexes = open_indexes()
    index = indexes.ensure()
    before = {path: path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file()}
    with_one = indexes.candidate(tmp_path / "one", "gui-dried", DRIED).ensure()
    without = indexes.candidate(tmp_path / "other", "heron-mark", None).ensure()
    assert with_one.documents.keys() == index.documents.keys() | {"gui-dried"}
    assert without.documents.keys() == index.documents.keys() - {"heron-mark"}
    assert with_one.passages_of("heron-mark")[0] is index.passages_of("heron-mark")[0]
    assert indexes.current() is index
    assert {path: path.read_bytes() for path in before} == before
