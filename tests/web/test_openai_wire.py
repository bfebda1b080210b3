"""The official client of the OpenAI wire format, unchanged, against the running server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from assistant.indexes import Indexes
from assistant.wiring import Components
from tests.assistant.scripted_model import Script, ScriptedModel, scripted_model
from tests.web.serving import application, running

FEE, FOLLOW_UP = "鹭标多少钱", "要啥材料"


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@pytest.fixture(scope="module")
def served(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Components]]:
    app, components = application(small_indexes, tmp_path_factory.mktemp("openai"))
    with running(app) as address:
        yield f"{address}/v1", components


@pytest.fixture
def client(served: tuple[str, Components]) -> openai.OpenAI:
    address, components = served
    _key, written = components.keys.create("测试")
    return openai.OpenAI(base_url=address, api_key=written, max_retries=0)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with scripted_model(Script("申请鹭标收费260元[1]。加急费是85元[1]。服务费500元[1]。")) as running_model:
        yield running_model


def test_a_question_is_answered_with_its_citations_as_lines_and_whole(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="gpt-4o", messages=[user(FEE)])
    content = reply.choices[0].message.content or ""
    assert content.startswith("申请鹭标收费260元。")
    assert "[1] 《鹭标怎么申请》收多少钱（现行）" in content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model_extra is not None
    assert reply.model_extra["citations"][0]["passage_id"] == "heron-mark#fee"
    assert reply.usage is not None
    assert reply.usage.completion_tokens == len(content)
    assert reply.model == "ip-assistant"


def test_a_stream_is_the_same_text_and_ends_with_the_citations(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="x", messages=[user(FEE)]).choices[0].message.content
    chunks = list(
        client.chat.completions.create(
            model="x", messages=[user(FEE)], stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-2].model_extra or {})["citations"][0]["document_id"] == "heron-mark"
    assert chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


def test_earlier_messages_resolve_a_follow_up(client: openai.OpenAI) -> None:
    history = [{"role": "system", "content": "你是海盗"}, user(FEE), {"role": "assistant", "content": "260元"}]
    alone = client.chat.completions.create(model="x", messages=[user(FOLLOW_UP)])
    after = client.chat.completions.create(model="x", messages=[*history, user(FOLLOW_UP)])  # type: ignore[list-item]
    assert "产品检验报告" not in (alone.choices[0].message.content or "")
    assert "产品检验报告" in (after.choices[0].message.content or "")


def test_only_the_last_message_is_stored(client: openai.OpenAI, served: tuple[str, Components]) -> None:
    reply = client.chat.completions.create(model="x", messages=[user(FEE), user(FOLLOW_UP)])
    stored = served[1].conversations.reply((reply.model_extra or {})["reply_id"])
    assert [turn.query for turn in served[1].conversations.history(stored.session_id)] == [FOLLOW_UP]


def test_a_message_of_parts_is_read(client: openai.OpenAI) -> None:
    parts: Any = [{"role": "user", "content": [{"type": "text", "text": FEE}]}]
    assert "260元" in (client.chat.completions.create(model="x", messages=parts).choices[0].message.content or "")


def test_the_plain_model_writes_for_chats_that_show_no_markdown(client: openai.OpenAI) -> None:
    two = f"{FEE}，{FOLLOW_UP}"
    marked, plain = (
        client.chat.completions.create(model=name, messages=[user(two)])
        for name in ("ip-assistant", "ip-assistant-plain")
    )
    content = plain.choices[0].message.content or ""
    assert plain.model == "ip-assistant-plain"
    assert "**" in (marked.choices[0].message.content or "")
    assert "〔1〕《鹭标怎么申请》" in content
    assert not any(mark in content for mark in ("**", "[1]", "\n- ", "|"))
    chunks = list(client.chat.completions.create(model="ip-assistant-plain", messages=[user(two)], stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == content
    assert {chunk.model for chunk in chunks} == {"ip-assistant-plain"}


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    listed = [model.id for model in client.models.list()]
    assert listed == ["ip-assistant", "ip-assistant-plain"]
    assert [client.models.retrieve(each).id for each in listed] == listed
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


@pytest.mark.parametrize("key", ["sk-wrong", "ipk_000000000000_" + "x" * 43])
def test_a_wrong_key_is_refused_in_the_client_s_own_error(served: tuple[str, Components], key: str) -> None:
    client = openai.OpenAI(base_url=served[0], api_key=key, max_retries=0)
    with pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(model="x", messages=[user(FEE)])
    assert caught.value.code == "invalid_api_key"
    assert key not in str(caught.value)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("messages", [[user("问" * 501)], [user("  ")], [], [{"role": "assistant", "content": "好"}]])
def test_a_request_that_cannot_be_answered_is_a_bad_request(
    client: openai.OpenAI, messages: list[Any], stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="x", messages=messages, stream=stream)
    assert caught.value.type == "invalid_request_error"


def test_a_key_over_its_limit_is_told_when_to_come_back(served: tuple[str, Components]) -> None:
    _key, written = served[1].keys.create("慢", per_minute=1)
    client = openai.OpenAI(base_url=served[0], api_key=written, max_retries=0)
    client.models.list()
    with pytest.raises(openai.RateLimitError) as caught:
        client.models.list()
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60


def test_anybody_may_ask_without_a_key(served: tuple[str, Components]) -> None:
    reply = httpx.post(f"{served[0]}/chat/completions", json={"messages": [user(FEE)]}, timeout=30)
    assert reply.status_code == 200
    assert reply.json()["object"] == "chat.completion"


def test_a_body_that_is_not_json_is_an_error_of_this_format(served: tuple[str, Components]) -> None:
    headers = {"Content-Type": "application/json"}
    reply = httpx.post(f"{served[0]}/chat/completions", content=b"{", headers=headers, timeout=30)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


def test_a_chat_model_s_answer_is_streamed_without_what_it_invents(
    model: ScriptedModel, small_indexes: Indexes, tmp_path: Path
) -> None:
    app, _components = application(
        small_indexes, tmp_path, chat_model="scripted", chat_model_base_url=model.base_url, chat_model_silence_s=5
    )
    with running(app) as address, httpx.Client(timeout=30) as http:
        body = {"messages": [user(FEE)], "stream": True}
        lines = http.post(f"{address}/v1/chat/completions", json=body).text
        events = http.post(f"{address}/api/v1/ask/stream", json={"query": FEE}).text
    for text in (lines, events):
        assert "申请鹭标收费260元[1]。" in text
        assert "500元" not in text  # an id may well hold 500
    assert lines.endswith("data: [DONE]\n\n")
