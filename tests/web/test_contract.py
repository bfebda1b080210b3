"""The HTTP contract, field by field, over the fixture corpus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.indexes import Indexes
from corpus.records import Document
from tests.web.serving import application

TODAY = "2026-11-23"
REPLY = {
    "reply_id": str, "session_id": str, "kind": str, "text": str, "citations": list, "notices": list,
    "suggestions": list, "confidence": float, "handoff": dict | None, "engine": str, "as_of": str, "elapsed_ms": float,
}  # fmt: skip
CITATION = {
    "marker": int, "document_id": str, "title": str, "locator": str, "quote": str, "issuer": str | None,
    "document_number": str | None, "effective_date": str | None, "repealed_date": str | None, "status": str, "url": str,
}  # fmt: skip


@pytest.fixture(scope="module")
def client(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app, _components = application(small_indexes, tmp_path_factory.mktemp("contract"))
    with TestClient(app, client=("127.0.0.1", 5000)) as opened:
        yield opened


def asked(client: TestClient, query: str, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/ask", json={"query": query, "as_of": TODAY, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def has_shape(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(name in found and isinstance(found[name], kind) for name, kind in wanted.items())


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("鹭标要啥材料", "answer"),
        ("规划要新增几处湿地", "answer"),
        ("你好", "clarification"),
        ("今天天气咋样", "abstention"),
        ("拿到鹭标政府给奖励吗", "handoff"),
        ("转人工", "handoff"),
    ],
)
def test_every_kind_of_reply_has_every_field(client: TestClient, query: str, kind: str) -> None:
    reply = asked(client, query)
    assert reply["kind"] == kind
    assert has_shape(reply, REPLY)
    assert 0 <= reply["confidence"] <= 1
    assert 0 < len(reply["text"]) <= 1500
    assert reply["engine"] == "extractive"
    assert reply["as_of"] == TODAY
    assert len(reply["suggestions"]) <= 3
    assert all(has_shape(citation, CITATION) for citation in reply["citations"])
    assert (reply["handoff"] is not None) == (kind == "handoff")
    if kind == "abstention":
        assert reply["citations"] == []


def test_a_handoff_names_reason_and_desk_and_its_ticket(client: TestClient) -> None:
    handoff = asked(client, "拿到鹭标政府给奖励吗", channel="web")["handoff"]
    assert handoff["reason"] == "heron-reward-gap"
    assert handoff["desk"] == "市农牧局"
    assert handoff["ticket_id"]


def test_quotes_are_verbatim_and_their_addresses_open_the_passage(
    client: TestClient, small_documents: list[Document]
) -> None:
    texts = {passage.passage_id: passage.text for document in small_documents for passage in document.passages}
    for query in ("鹭标要什么材料 多少钱", "规划要新增几处湿地", "印章租借咋办"):
        reply = asked(client, query)
        assert [citation["marker"] for citation in reply["citations"]] == list(range(1, len(reply["citations"]) + 1))
        for citation in reply["citations"]:
            assert f"[{citation['marker']}]" in reply["text"]
            assert citation["quote"] == texts[citation["passage_id"]]
            path, _, anchor = citation["url"].partition("#")
            page = client.get(path)
            assert page.status_code == 200
            assert f'<section id="{anchor}" class="cited">' in page.text


def test_the_day_asked_about_is_the_day_answered(client: TestClient) -> None:
    assert "30日" in asked(client, "鹭标多久下来", as_of="2026-11-23")["text"]
    later = asked(client, "鹭标多久下来", as_of="2027-02-01")
    assert "20日" in later["text"]
    assert later["as_of"] == "2027-02-01"


def test_without_a_day_it_is_today_in_shanghai(client: TestClient) -> None:
    reply = client.post("/api/v1/ask", json={"query": "印章租借咋办"}).json()
    shanghai = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    assert abs(dt.date.fromisoformat(reply["as_of"]) - shanghai) <= dt.timedelta(days=1)


def test_a_session_id_goes_on_with_a_conversation_and_null_starts_one(client: TestClient) -> None:
    first = asked(client, "鹭标要啥材料", session_id=None)
    second = asked(client, "多少钱", session_id=first["session_id"])
    assert second["session_id"] == first["session_id"]
    assert "260元" in second["text"]
    assert asked(client, "鹭标要啥材料")["session_id"] != first["session_id"]


@pytest.mark.parametrize("channel", ["web", "desk", "wechat", "wecom", "api"])
def test_every_channel_may_ask(client: TestClient, channel: str) -> None:
    assert asked(client, "印章租借咋办", channel=channel)["kind"] == "answer"


@pytest.mark.parametrize("query", ["", "   ", "鹭" * 501])
def test_a_question_that_is_empty_or_too_long_is_a_422_in_chinese(client: TestClient, query: str) -> None:
    answer = client.post("/api/v1/ask", json={"query": query})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["title"] == "问题不能为空，也不能超过 500 个字。"
    assert problem["status"] == 422
    assert problem["errors"][0]["field"] == "body.query"
    assert "鹭鹭" not in answer.text


def test_five_hundred_characters_are_allowed_after_trimming(client: TestClient) -> None:
    assert client.post("/api/v1/ask", json={"query": "  " + "鹭" * 500 + "  "}).status_code == 200


@pytest.mark.parametrize("fields", [{"as_of": "昨天"}, {"channel": "fax"}, {"session_id": "x" * 65}])
def test_a_wrong_field_is_named(client: TestClient, fields: dict[str, str]) -> None:
    answer = client.post("/api/v1/ask", json={"query": "鹭标", **fields})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"body.{name}" for name in fields]


def test_search_shows_what_the_assistant_sees(client: TestClient, small_documents: list[Document]) -> None:
    texts = {passage.passage_id: passage.text for document in small_documents for passage in document.passages}
    found = client.get("/api/v1/search", params={"query": "鹭标多少钱", "top_k": 3, "as_of": TODAY}).json()["passages"]
    assert 0 < len(found) <= 3
    for passage in found:
        assert set(passage) >= {"passage_id", "document_id", "title", "locator", "text", "score", "status"}
        assert passage["text"] == texts[passage["passage_id"]]
    assert [passage["score"] for passage in found] == sorted((p["score"] for p in found), reverse=True)


@pytest.mark.parametrize("params", [{"query": ""}, {"query": "鹭标", "top_k": 0}, {"query": "鹭标", "top_k": 51}, {}])
def test_search_refuses_what_it_cannot_do(client: TestClient, params: dict[str, Any]) -> None:
    assert client.get("/api/v1/search", params=params).status_code == 422


def test_feedback_is_taken_once_the_reply_is_known(client: TestClient) -> None:
    reply_id = asked(client, "印章租借咋办")["reply_id"]
    verdict = {"reply_id": reply_id, "rating": "down", "reason": "outdated", "comment": "规定改了"}
    answer = client.post("/api/v1/feedback", json=verdict)
    assert answer.status_code == 204
    assert answer.content == b""
    assert (
        client.post("/api/v1/feedback", json={"reply_id": reply_id, "rating": "up", "reason": None}).status_code == 204
    )
    assert client.post("/api/v1/feedback", json={**verdict, "reply_id": "no-such"}).status_code == 404
    assert client.post("/api/v1/feedback", json={**verdict, "rating": "so-so"}).status_code == 422


def test_the_documents_are_listed_with_their_state_on_a_day(client: TestClient) -> None:
    listed = client.get("/api/v1/documents", params={"as_of": "2010-06-01"}).json()
    states = {document["document_id"]: document["status"] for document in listed}
    assert states["old-heron-rule"] == "current"
    assert states["heron-mark"] == "future"
    today = {each["document_id"]: each["status"] for each in client.get("/api/v1/documents").json()}
    assert today["old-heron-rule"] == "repealed"
    assert today["test-plan"] == "expired"


def test_a_document_comes_with_its_passages_in_reading_order(
    client: TestClient, small_documents: list[Document]
) -> None:
    document = next(each for each in small_documents if each.document_id == "heron-mark")
    found = client.get("/api/v1/documents/heron-mark").json()
    assert [passage["passage_id"] for passage in found["passages"]] == [each.passage_id for each in document.passages]
    assert [passage["text"] for passage in found["passages"]] == [each.text for each in document.passages]
    assert client.get(found["url"]).status_code == 200


def test_an_unknown_document_is_a_404_in_chinese(client: TestClient) -> None:
    answer = client.get("/api/v1/documents/no-such")
    assert answer.status_code == 404
    assert answer.json()["title"] == "没有找到这个内容，请检查链接。"
    assert "no-such" in answer.json()["detail"]


def test_the_counters_have_replies_and_no_words(client: TestClient) -> None:
    asked(client, "印章租借咋办")
    metrics = client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'assistant_replies_total{channel="api",engine="extractive",kind="answer"}' in metrics.text
    assert "印章" not in metrics.text
