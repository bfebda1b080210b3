from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from corpus.records import Document
from index.embedder import StaticEmbedder
from index.errors import IndexBrokenError, IndexMissingError
from index.fingerprint import fingerprint
from index.retriever import SearchResult
from index.store import IndexStore


def ids(result: SearchResult) -> list[str]:
    return [hit.passage.passage_id for hit in result.hits]


def test_an_added_document_is_found_and_the_others_still_are(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build(guides[:1], embedder=embedder)
    generation = store.update(added=guides[1:], embedder=embedder)
    assert store.current() == generation
    retriever = store.open(embedder).retriever()
    assert ids(retriever.search("红标要钱不", as_of=today))[0] == "gi#1"
    assert ids(retriever.search("普通商标注册官费", as_of=today))[0] == "trademark#0"


def test_a_removed_document_is_gone_everywhere(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build(guides, embedder=embedder)
    store.update(removed=["gi", "never-there"], embedder=embedder)
    index = store.open(embedder)
    assert index.documents.keys() == {"trademark", "old-law", "plan"}
    assert not [each for each in ids(index.retriever().search("红标要钱不", as_of=today)) if each.startswith("gi")]


def test_a_document_with_a_known_id_is_replaced(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build(guides, embedder=embedder)
    free = dataclasses.replace(guides[1].passages[1], text="申请使用专用标志，每年交五百元。")
    changed = dataclasses.replace(guides[1], passages=(guides[1].passages[0], free))
    store.update(added=[changed], embedder=embedder)
    index = store.open(embedder)
    assert index.passage("gi#1").text == "申请使用专用标志，每年交五百元。"
    assert ids(index.retriever().search("红标要钱不", as_of=today)).count("gi#1") == 1


def test_an_updated_index_is_as_fresh_as_a_built_one(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder
) -> None:
    store.build(guides[:2], embedder=embedder)
    store.update(added=guides[2:], removed=["trademark"], embedder=embedder)
    assert not store.stale(fingerprint(guides[1:], embedder=embedder))
    assert store.stale(fingerprint(guides, embedder=embedder))


def test_many_updates_after_one_another(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build([], embedder=embedder)
    for document in guides:
        store.update(added=[document], embedder=embedder)
    for _ in range(3):
        store.update(added=[guides[1]], embedder=embedder)
    index = store.open(embedder)
    assert index.documents.keys() == {document.document_id for document in guides}
    assert ids(index.retriever().search("红标谁能用", as_of=today))[0] == "gi#0"
    assert index.passages_of("gi") == list(guides[1].passages)


def test_the_generation_before_is_untouched(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path, today: dt.date
) -> None:
    store.build(guides, embedder=embedder)
    folder = tmp_path / "index" / str(store.current())
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    store.update(removed=["gi"], added=[dataclasses.replace(guides[0], document_id="another")], embedder=embedder)
    assert {path: path.read_bytes() for path in before} == before


def test_what_cannot_be_opened_cannot_be_updated(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    with pytest.raises(IndexMissingError):
        store.update(added=guides, embedder=embedder)
    good = store.build(guides, embedder=embedder)
    (tmp_path / "index" / good / "digests.json").write_text("{}", encoding="utf-8")
    with pytest.raises(IndexBrokenError):
        store.update(added=guides, embedder=embedder)
    assert store.current() == good
    assert [path.name for path in (tmp_path / "index").iterdir() if path.is_dir()] == [good]
