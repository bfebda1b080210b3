"""The current generation is brought up to date by as little work as will do."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from corpus.held import Held, held
from corpus.records import Document
from index.embedder import StaticEmbedder
from index.errors import IndexBusyError
from index.locks import try_lock
from index.manifest import Manifest
from index.store import IndexStore
from index.terms import Analyzer
from tests.bootstrap import train_bootstrap

ALL = 8  # passages of the fixture corpus

Refresh = Callable[..., int]


@pytest.fixture
def refresh(store: IndexStore, embedder: StaticEmbedder) -> Refresh:
    """Return what refreshes the index and tells how many passages were indexed for it."""

    def refreshed(documents: Iterable[Document | Held], *, embedder: StaticEmbedder = embedder) -> int:
        given, totals = list(documents), [0]

        def note(step: str, done: int, total: int) -> None:
            totals.append(total if step == "terms" else 0)

        assert store.refresh(lambda: given, embedder=embedder, progress=note) == store.current()
        return max(totals)

    return refreshed


def changed(document: Document, text: str) -> Document:
    return dataclasses.replace(document, passages=(dataclasses.replace(document.passages[0], text=text),))


def test_the_first_time_everything_is_indexed(refresh: Refresh, guides: list[Document]) -> None:
    assert refresh(guides) == ALL


def test_nothing_is_done_when_nothing_changed(refresh: Refresh, store: IndexStore, guides: list[Document]) -> None:
    refresh(guides)
    before = store.current()
    assert refresh(reversed(guides)) == 0
    assert store.current() == before


def test_what_is_known_is_not_read_again(refresh: Refresh, guides: list[Document]) -> None:
    def fail() -> Document:
        raise AssertionError("it was read")

    refresh(guides[:3])
    known = [Held(each.document_id, held(each).digest, fail) for each in guides[:3]]
    assert refresh([*known, guides[3]]) == len(guides[3].passages)


def test_only_what_is_new_or_different_is_indexed(
    refresh: Refresh, store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    trademark, gi, law, plan = guides
    refresh([trademark, gi, law])
    ended = dataclasses.replace(gi, repealed_date=dt.date(2026, 1, 1))
    assert refresh([trademark, ended, plan]) == len(gi.passages) + len(plan.passages)
    index = store.open(embedder)
    assert index.documents.keys() == {"trademark", "gi", "plan"}
    assert index.documents["gi"].repealed_date == dt.date(2026, 1, 1)
    result = index.retriever().search("红标要钱不", as_of=today)
    assert "gi" not in {hit.document.document_id for hit in result.hits}
    assert "gi" in {hit.document.document_id for hit in result.out_of_force}


def test_an_updated_index_ranks_as_a_built_one(
    refresh: Refresh,
    store: IndexStore,
    guides: list[Document],
    embedder: StaticEmbedder,
    today: dt.date,
    tmp_path: Path,
) -> None:
    refresh(guides[:2])
    refresh(guides)
    whole = IndexStore(tmp_path / "whole")
    whole.build(guides, embedder=embedder)
    for query in ("红标谁能用", "商标几个月能下来", "每万人发明专利"):
        results = [each.open(embedder).retriever().search(query, as_of=today) for each in (store, whole)]
        assert results[0] == results[1]


def test_the_digest_that_was_given_is_kept(refresh: Refresh, guides: list[Document]) -> None:
    # A library may have written a document in another way than it would be written today.
    given = [Held(each.document_id, f"digest of {each.document_id}", lambda each=each: each) for each in guides]
    assert refresh(given) == ALL
    assert refresh(given) == 0


def test_other_word_vectors_index_everything_again(
    refresh: Refresh, guides: list[Document], analyzer: Analyzer
) -> None:
    refresh(guides)
    other = train_bootstrap(["商标 专利"], analyzer=analyzer, dim=4, min_count=1)
    assert refresh(guides[:3], embedder=other) == ALL - len(guides[3].passages)


def test_other_words_and_rules_index_everything_again(
    refresh: Refresh, guides: list[Document], analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(guides)
    monkeypatch.setattr(analyzer, "fingerprint", "of another dictionary")
    assert refresh(guides[:3]) == ALL - len(guides[3].passages)


@pytest.mark.parametrize("name", ["digests.json", "documents.jsonl", "manifest.json"])
def test_what_cannot_be_updated_is_built_anew(
    refresh: Refresh, store: IndexStore, guides: list[Document], tmp_path: Path, name: str
) -> None:
    refresh(guides[:3])
    (tmp_path / "index" / str(store.current()) / name).write_text("{}", encoding="utf-8")
    assert refresh(guides) == ALL


def test_passage_numbers_do_not_grow_without_end(
    refresh: Refresh, store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    refresh(guides)
    for number in range(12):
        refresh([*guides[:3], changed(guides[3], f"到{number}年每万人发明专利2.5件。")])
        manifest = Manifest.read(tmp_path / "index" / str(store.current()))
        assert manifest.next_number <= 2 * manifest.passages
    assert "到11年" in store.open(embedder).passages_of("plan")[0].text


def test_another_process_that_builds_is_no_hindrance_when_nothing_changed(
    refresh: Refresh, guides: list[Document], tmp_path: Path
) -> None:
    refresh(guides)
    with try_lock(tmp_path / "index" / ".build.lock"):  # type: ignore[union-attr]
        assert refresh(guides) == 0
        with pytest.raises(IndexBusyError):
            refresh(guides[:3])


def test_documents_are_asked_for_when_no_other_process_can_build(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    locks = []

    def documents() -> list[Document]:
        locks.append(try_lock(tmp_path / "index" / ".build.lock"))
        return guides

    store.refresh(documents, embedder=embedder)
    assert locks == [None]


def test_what_did_not_change_is_shared_with_the_index_before(
    refresh: Refresh, store: IndexStore, guides: list[Document], embedder: StaticEmbedder
) -> None:
    refresh(guides[:3])
    before = store.open(embedder)
    refresh([changed(guides[0], "改了。"), *guides[1:]])
    index = store.open(embedder, before=before)
    assert index.documents == store.open(embedder).documents
    for document_id in index.documents:
        assert index.passages_of(document_id) == store.open(embedder).passages_of(document_id)
    known = {id(passage) for document_id in before.documents for passage in before.passages_of(document_id)}
    shared = {each for each in index.documents if id(index.passages_of(each)[0]) in known}
    assert shared == {"gi", "old-law"}
