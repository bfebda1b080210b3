"""Starting, waiting, and an index that is broken, of another embedding, or cannot be made."""

from __future__ import annotations

import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant import cli, wiring
from assistant.errors import IndexNotReadyError
from assistant.indexes import Indexes
from assistant.settings import Settings
from assistant.tables import ReplyRow
from corpus.database import Database
from corpus.errors import CorpusError
from corpus.records import Document
from index.embedder import Embedder, StaticEmbedder
from index.retriever import Retriever, SearchResult
from index.store import IndexStore
from index.terms import default_analyzer
from tests.bootstrap import train_bootstrap
from web.app import create_app
from web.desk.housekeeping import Housekeeper
from web.server import _keep, serve
from web.state import State

QUESTION = {"query": "印章租借咋办"}


@pytest.fixture(scope="module")
def other_embedder() -> StaticEmbedder:
    return train_bootstrap(["鹭标要申请表", "印章租借登记要合同"] * 3, analyzer=default_analyzer(), dim=8, min_count=1)


def state_over(
    data_dir: Path, documents: Iterable[Document], embedder: Embedder, when_prepared: Callable[[], None] = lambda: None
) -> State:
    """Return the state of a server that has yet to open its index."""
    indexes = Indexes(store=IndexStore(data_dir), embedder=embedder, documents=lambda: documents)
    components = replace(wiring.build(Settings(data_dir=data_dir)), indexes=indexes)
    return State(components=components, when_prepared=when_prepared)


@pytest.mark.parametrize("broken", [False, True])
def test_whoever_waits_for_the_start_is_told_when_it_is_over_well_or_badly(
    broken: bool, small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    told: list[bool] = []

    def documents() -> Iterator[Document]:
        yield from small_documents
        if broken:
            raise CorpusError("found a torn text")

    state = state_over(tmp_path, documents(), small_embedder, when_prepared=lambda: told.append(state.ready))
    state.start()
    state.wait()
    assert told == [not broken]


def test_what_the_start_made_is_collected_no_more_and_what_comes_later_is() -> None:
    gc.disable()
    try:
        _keep()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.enable()
        gc.unfreeze()


def test_what_all_questions_share_is_made_once_questions_are_answered(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[bool] = []
    state = state_over(tmp_path, small_documents, small_embedder)
    monkeypatch.setattr(Retriever, "warm", lambda _self: warmed.append(state.ready))
    state.start()
    state.wait()
    assert warmed == [True]


def test_the_first_visitor_finds_everything_made(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    found = Retriever.search

    def search(self: Retriever, query: str, **options: Any) -> SearchResult:
        searched.append(query)
        return found(self, query, **options)

    monkeypatch.setattr(Retriever, "search", search)
    state = state_over(tmp_path, small_documents, small_embedder)
    state.start()
    state.wait()
    known = {passage.questions[0] for each in small_documents for passage in each.passages if passage.questions}
    assert len(known & {*searched}) > 5
    with state.components.database.reading() as session:
        assert session.scalars(select(ReplyRow)).all() == []


def test_what_the_database_wrote_ahead_goes_into_its_file_again_and_again(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Semaphore(0)
    monkeypatch.setattr(Database, "checkpoint", lambda _self: done.release())
    housekeeper = Housekeeper(state=state_over(tmp_path, small_documents, small_embedder), every_s=0.001)
    housekeeper.start()
    try:
        assert all(done.acquire(timeout=30) for _ in range(3))
    finally:
        housekeeper.stop()


def test_the_server_keeps_idle_connections_longer_than_its_clients_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _app, **options: run_with.update(options))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        serve(Settings(data_dir=tmp_path), host="127.0.0.1", port=port)
    finally:
        gc.enable()
    assert run_with["timeout_keep_alive"] > 60


class Waiting(list[Document]):
    """Documents that can be read once ``go_on`` is set."""

    def __init__(self, documents: Iterable[Document]) -> None:
        super().__init__(documents)
        self.go_on = threading.Event()

    def __iter__(self):  # type: ignore[no-untyped-def]
        assert self.go_on.wait(30)
        return super().__iter__()


def test_before_the_index_is_open_everybody_is_told_to_come_back(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    documents = Waiting(small_documents)
    state = state_over(tmp_path, documents, small_embedder)
    with TestClient(create_app(state), client=("127.0.0.1", 5000)) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        for answer in (client.get("/readyz"), client.post("/api/v1/ask", json=QUESTION), client.get("/documents")):
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["title"] == "系统正在准备，请过几秒再试。"
        assert client.get("/").status_code == 200
        documents.go_on.set()
        state.wait()
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.post("/api/v1/ask", json=QUESTION).json()["kind"] == "answer"


def test_a_broken_index_folder_is_built_again_at_start(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    indexes = Indexes(store=IndexStore(tmp_path), embedder=small_embedder, documents=lambda: small_documents)
    indexes.build()
    damaged = [
        each for each in (tmp_path / "index").rglob("*") if each.is_file() and each.suffix in {".faiss", ".jsonl"}
    ]
    assert damaged
    for file in damaged:
        file.write_bytes(b"not what it was")
    with pytest.raises(IndexNotReadyError):
        indexes.open()
    state = state_over(tmp_path, small_documents, small_embedder)
    with TestClient(create_app(state), client=("127.0.0.1", 5000)) as client:
        state.wait()
        assert client.get("/readyz").status_code == 200
        assert client.post("/api/v1/ask", json=QUESTION).json()["kind"] == "answer"


def test_an_index_of_another_embedding_is_refused_in_words_and_built_again_at_start(
    small_documents: list[Document], small_embedder: StaticEmbedder, other_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    Indexes(store=IndexStore(tmp_path), embedder=other_embedder, documents=lambda: small_documents).build()
    indexes = Indexes(store=IndexStore(tmp_path), embedder=small_embedder, documents=lambda: small_documents)
    with pytest.raises(IndexNotReadyError, match=r"dim 8.*dim 32.*python -m assistant index"):
        indexes.open()
    state = state_over(tmp_path, small_documents, small_embedder)
    with TestClient(create_app(state), client=("127.0.0.1", 5000)) as client:
        state.wait()
        assert client.get("/readyz").status_code == 200


def test_an_index_that_cannot_be_made_leaves_the_server_up_saying_why(
    small_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    class Unreadable(list[Document]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            raise CorpusError("found no front matter in a.md, wanted one")

    state = state_over(tmp_path, Unreadable(), small_embedder)
    with TestClient(create_app(state), client=("127.0.0.1", 5000)) as client:
        state.wait()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["title"] == "索引没能打开，暂时不能回答问题，请联系管理员。要办事可以先打 12345 问。"
        assert "found no front matter in a.md" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/").status_code == 200
        assert client.post("/api/v1/ask", json=QUESTION).status_code == 503


def test_a_taken_port_is_one_sentence_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
        monkeypatch.setattr(sys, "argv", ["assistant", "serve", "--port", str(port)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said == f"出错了：127.0.0.1:{port} 已经被别的程序占用，请换一个端口，例如 make run PORT={port + 1}\n"
