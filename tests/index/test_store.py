from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest

from corpus.records import Document, Kind
from index.embedder import StaticEmbedder
from index.errors import EmbedderMismatchError, IndexBrokenError, IndexBusyError, IndexMissingError
from index.fingerprint import fingerprint
from index.locks import try_lock
from index.store import IndexStore
from index.terms import Analyzer
from tests.bootstrap import train_bootstrap


def current_folder(tmp_path: Path, store: IndexStore) -> Path:
    return tmp_path / "index" / str(store.current())


def test_has_no_current_generation_before_the_first_build(store: IndexStore, embedder: StaticEmbedder) -> None:
    assert store.current() is None
    with pytest.raises(IndexMissingError, match="python -m assistant index"):
        store.open(embedder)


def test_what_was_built_can_be_opened(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    generation = store.build(guides, embedder=embedder)
    assert store.current() == generation
    index = store.open(embedder)
    assert index.documents["gi"] == dataclasses.replace(guides[1], passages=())
    assert index.passage("gi#1") == guides[1].passages[1]
    assert index.passages_of("trademark") == list(guides[0].passages)
    assert index.retriever().search("商标注册收多少钱", as_of=today).hits[0].passage.passage_id == "trademark#0"


def test_an_unknown_passage_is_a_key_error(store: IndexStore, guides: list[Document], embedder: StaticEmbedder) -> None:
    store.build(guides, embedder=embedder)
    with pytest.raises(KeyError):
        store.open(embedder).passage("gi#99")


def test_reports_progress_to_the_end(store: IndexStore, guides: list[Document], embedder: StaticEmbedder) -> None:
    steps: list[tuple[str, int, int]] = []
    store.build(guides, embedder=embedder, progress=lambda *step: steps.append(step))
    assert {name for name, done, total in steps if done == total} == {"terms", "vectors", "questions", "sections"}


def test_builds_from_a_generator(store: IndexStore, guides: list[Document], embedder: StaticEmbedder) -> None:
    store.build((document for document in guides), embedder=embedder)
    assert not store.stale(fingerprint(guides, embedder=embedder))


def test_an_empty_corpus_can_be_built_and_searched(store: IndexStore, embedder: StaticEmbedder, today: dt.date) -> None:
    store.build([], embedder=embedder)
    result = store.open(embedder).retriever().search("商标", as_of=today)
    assert (result.hits, result.probability) == ((), 0.0)


def test_a_failed_build_leaves_the_last_good_generation(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    good = store.build(guides, embedder=embedder)

    def fail(step: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.build(guides, embedder=embedder, progress=fail)
    assert store.current() == good
    assert store.open(embedder).documents.keys() == {"trademark", "gi", "old-law", "plan"}
    assert [path.name for path in (tmp_path / "index").iterdir() if path.is_dir()] == [good]


def test_what_a_dead_build_left_is_removed_by_the_next(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    left = tmp_path / "index" / ".building-dead"
    left.mkdir(parents=True)
    store.build(guides, embedder=embedder)
    assert not left.exists()


def test_keeps_the_generation_before_and_removes_older_ones(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    first, second, third = (store.build(guides, embedder=embedder) for _ in range(3))
    kept = {path.name for path in (tmp_path / "index").iterdir() if path.is_dir()}
    assert kept == {second, third}
    assert first not in kept


def test_a_generation_in_use_is_not_removed(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    first = store.build(guides, embedder=embedder)
    index = store.open(embedder)
    store.build(guides, embedder=embedder)
    store.build(guides, embedder=embedder)
    assert (tmp_path / "index" / first).is_dir()
    index.close()
    store.build(guides, embedder=embedder)
    assert not (tmp_path / "index" / first).exists()


def test_an_open_index_answers_on_while_another_is_built(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build(guides, embedder=embedder)
    retriever = store.open(embedder).retriever()
    before = retriever.search("红标要钱不", as_of=today).hits
    store.build(guides[:1], embedder=embedder)
    assert retriever.search("红标要钱不", as_of=today).hits == before


def test_two_builds_at_once_are_refused(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "index").mkdir()
    lock = try_lock(tmp_path / "index" / ".build.lock")
    assert lock is not None
    with lock, pytest.raises(IndexBusyError):
        store.build(guides, embedder=embedder)
    store.build(guides, embedder=embedder)


def test_another_embedding_model_is_refused_by_name(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, analyzer: Analyzer
) -> None:
    store.build(guides, embedder=embedder)
    other = train_bootstrap(["商标 专利"], analyzer=analyzer, dim=4, min_count=1)
    with pytest.raises(EmbedderMismatchError, match=f"{embedder.name} .dim 16.*{other.name} .dim 4.*assistant index"):
        store.open(other)


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "documents.jsonl", "digests.json", "dense.faiss", "dense_ids.npy", "lexical/passages/meta.json"],
)
def test_a_damaged_file_is_a_broken_index(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path, name: str
) -> None:
    store.build(guides, embedder=embedder)
    path = current_folder(tmp_path, store) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(IndexBrokenError, match="python -m assistant index"):
        store.open(embedder)


def test_a_documents_file_that_lost_a_line_is_a_broken_index(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store.build(guides, embedder=embedder)
    path = current_folder(tmp_path, store) / "documents.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(IndexBrokenError, match="cannot be read"):
        store.open(embedder)


def test_another_format_is_a_broken_index(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store.build(guides, embedder=embedder)
    path = current_folder(tmp_path, store) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format_version": 0}), encoding="utf-8")
    with pytest.raises(IndexBrokenError, match="found format 0"):
        store.open(embedder)
    assert store.stale(fingerprint(guides, embedder=embedder))


def test_current_naming_nothing_is_a_broken_index(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store.build(guides, embedder=embedder)
    (tmp_path / "index" / "CURRENT").write_text("gone\n", encoding="utf-8")
    with pytest.raises(IndexBrokenError, match="gone"):
        store.open(embedder)
    assert store.stale(fingerprint(guides, embedder=embedder))


def test_an_index_is_stale_when_a_document_or_the_model_changed(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, analyzer: Analyzer
) -> None:
    assert store.stale(fingerprint(guides, embedder=embedder))
    store.build(guides, embedder=embedder)
    assert not store.stale(fingerprint(list(reversed(guides)), embedder=embedder))
    repealed = dataclasses.replace(guides[1], repealed_date=dt.date(2027, 1, 1))
    assert store.stale(fingerprint([guides[0], repealed, *guides[2:]], embedder=embedder))
    other = train_bootstrap(["商标 专利"], analyzer=analyzer, dim=4, min_count=1)
    assert store.stale(fingerprint(guides, embedder=other))


def test_the_same_documents_rank_alike_in_every_build(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    results = []
    for _ in range(2):
        store.build(guides, embedder=embedder)
        results.append(store.open(embedder).retriever().search("专用标志谁能用", as_of=today))
    assert results[0] == results[1]


def test_a_document_without_passages_does_no_harm(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder
) -> None:
    empty = Document(document_id="empty", title="空", kind=Kind.POLICY)
    store.build([empty, *guides], embedder=embedder)
    index = store.open(embedder)
    assert index.passages_of("empty") == []
    assert index.documents["empty"].title == "空"
