"""The events of a streamed reply."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.errors import IndexNotReadyError
from assistant.indexes import Indexes
from assistant.replies import Delta, Sources, Turn
from tests.web.serving import application
from web import streaming
from web.routes.ask import events


@pytest.fixture(scope="module")
def client(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app, _components = application(small_indexes, tmp_path_factory.mktemp("stream"))
    with TestClient(app) as opened:
        yield opened


def parsed(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream, comments left out."""
    found = []
    for block in text.split("\n\n"):
        if block.startswith("event: "):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def collect(body: Any) -> str:
    async def read() -> str:
        return "".join([line async for line in body])

    return asyncio.run(read())


@pytest.mark.parametrize(
    "query", ["鹭标多少钱", "鹭标多少钱？印章租借要什么材料？", "你好", "公积金贷款额度", "拿到鹭标政府给奖励吗"]
)
def test_the_citations_come_first_the_deltas_are_the_text_and_done_is_the_reply(client: TestClient, query: str) -> None:
    reply = client.post("/api/v1/ask/stream", json={"query": query})
    assert reply.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in parsed(reply.text)]
    assert names[0] == "citations"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"delta"}
    (_, citations), *deltas, (_, done) = parsed(reply.text)
    assert "".join(data["text"] for _, data in deltas) == done["text"]
    assert all(citation in citations for citation in done["citations"])
    whole = client.post("/api/v1/ask", json={"query": query}).json()
    assert (whole["text"], whole["citations"], whole["kind"]) == (done["text"], done["citations"], done["kind"])


def test_a_session_goes_on_in_a_stream(client: TestClient) -> None:
    first = parsed(client.post("/api/v1/ask/stream", json={"query": "鹭标要啥材料"}).text)[-1][1]
    body = {"query": "多少钱", "session_id": first["session_id"]}
    assert "260元" in parsed(client.post("/api/v1/ask/stream", json=body).text)[-1][1]["text"]


def test_an_empty_question_is_refused_before_the_stream(client: TestClient) -> None:
    assert client.post("/api/v1/ask/stream", json={"query": " "}).status_code == 422


def test_silence_is_filled_with_comments() -> None:
    go_on = threading.Event()
    beats = 0

    def start() -> Iterator[Sources | Delta | Turn]:
        assert go_on.wait(30)
        yield Delta("好")

    async def read() -> list[str]:
        nonlocal beats
        lines = []
        async for line in events(start, counted=lambda _: None, heartbeat_s=0.01):
            lines.append(line)
            beats += line == streaming.COMMENT
            if beats == 3:
                go_on.set()
        return lines

    lines = asyncio.run(read())
    assert beats >= 3
    assert lines[-1].startswith("event: delta")


def test_an_error_in_a_stream_is_an_event() -> None:
    def fails() -> Iterator[Sources | Delta | Turn]:
        yield Sources(())
        raise IndexNotReadyError("found none")

    (first, _), (last, problem) = parsed(collect(events(fails, counted=lambda _: None)))
    assert (first, last) == ("citations", "error")
    assert problem["status"] == 503


def test_an_unexpected_error_in_a_stream_says_nothing_of_its_inside() -> None:
    def breaks() -> Iterator[Sources | Delta | Turn]:
        raise RuntimeError("secret")
        yield

    text = collect(events(breaks, counted=lambda _: None))
    assert parsed(text)[0][1]["status"] == 500
    assert "secret" not in text


def test_a_visitor_who_leaves_closes_what_feeds_the_stream() -> None:
    closed = threading.Event()

    def start() -> Iterator[Sources | Delta | Turn]:
        try:
            yield Delta("一")
            yield Delta("二")
        finally:
            closed.set()

    async def leave() -> None:
        body = events(start, counted=lambda _: None)
        await anext(body)
        await body.aclose()

    asyncio.run(leave())
    assert closed.wait(5)


def test_a_chat_model_that_is_not_there_gives_the_extractive_answer(small_indexes: Indexes, tmp_path: Path) -> None:
    app, _components = application(
        small_indexes, tmp_path, chat_model="none", chat_model_base_url="http://127.0.0.1:9/v1", chat_model_retries=0
    )
    reply = TestClient(app).post("/api/v1/ask", json={"query": "鹭标多少钱"}).json()
    assert reply["engine"] == "extractive"
    assert "260元" in reply["text"]
    assert reply["notices"]
