"""Answers that take longer than the platform waits: acknowledged, stored, sent or fetched; once, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from anyio.to_thread import current_default_thread_limiter
from sqlalchemy import select
from structlog.testing import capture_logs

from assistant.channels import messages
from assistant.channels.tables import ChannelVisitorRow, InboxRow, OutboxRow
from tests.web.channels.conftest import Server, SlowWriter
from tests.web.channels.peers import OPEN_ID, Platform, text_xml
from web.channels.inbound import read

Serve = Callable[..., Server]
QUESTION = "鹭标要啥材料"


@pytest.fixture
def slow() -> Iterator[SlowWriter]:
    writer = SlowWriter()
    yield writer
    writer.finish.set()


def finished(server: Server, count: int = 1) -> None:
    """Return when ``count`` messages have been answered."""
    server.hub._responder.delivered.wait(20)
    while len(rows(server, InboxRow, state="answered")) < count:
        server.hub._responder.delivered.wait(0.05)


def rows(server: Server, table: type, **values: object) -> list[object]:
    with server.components.database.reading() as session:
        return list(session.scalars(select(table).filter_by(**values)))


def test_acknowledges_and_sends_where_the_account_may(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    assert server.sender("sends").ask(QUESTION) == messages.ACK_SEND
    assert server.platform.sent == []
    slow.finish.set()
    assert server.platform.wait_for(1)
    sent = server.platform.sent[0]
    assert sent["touser"] == OPEN_ID
    assert sent["msgtype"] == "text"
    assert "三样材料" in sent["text"]["content"]
    assert (
        "三样材料".encode() in server.platform.bodies[0]
    )  # UTF-8, not \u escapes: the platform shows those as they are


def test_acknowledges_and_lets_fetch_where_the_account_may_not_send(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    sender = server.sender("plain")
    assert sender.ask(QUESTION) == messages.ACK_FETCH
    assert sender.ask("1") == messages.STILL_WORKING
    slow.finish.set()
    finished(server, 2)
    xml = text_xml("1")
    assert "三样材料" in sender.read(sender.post(xml))
    assert "三样材料" in sender.read(sender.post(xml))  # the platform's repeated delivery gets the same
    assert sender.ask("1") == messages.NOTHING_WAITS
    assert rows(server, ChannelVisitorRow)[0].address is None  # nothing may be sent, so nothing is kept to send to


def test_while_the_chat_model_is_crowded_others_are_answered_at_once_without_it(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2, chat_model="slow", chat_model_base_url="http://127.0.0.1:9/v1")
    sender = server.sender("plain")
    with ThreadPoolExecutor(16) as pool:
        waiting = list(pool.map(lambda number: sender.ask(QUESTION, sender=f"visitor-{number}"), range(32)))
    assert set(waiting) == {messages.ACK_FETCH}
    text = sender.ask(QUESTION, sender="one too many")
    assert "三样材料" in text
    assert messages.CROWDED in text
    slow.finish.set()
    finished(server, 33)
    assert all("三样材料" in sender.ask("1", sender=f"visitor-{number}") for number in range(32))
    assert messages.CROWDED not in sender.ask(QUESTION, sender="after the rush")


def test_a_message_is_answered_while_every_thread_of_the_server_is_taken(serve: Serve) -> None:
    server = serve()
    incoming = read({"MsgType": "text", "Content": QUESTION, "FromUserName": OPEN_ID, "MsgId": "1"})

    async def answer() -> str:
        limiter = current_default_thread_limiter()
        limiter.total_tokens = 1
        async with limiter:
            return await asyncio.wait_for(
                server.hub.reply_to(server.hub.doors["wechat/plain"], incoming, proof="p"), 20
            )

    assert "三样材料" in asyncio.run(answer())


def test_another_visitor_cannot_fetch_the_answer(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    sender = server.sender("plain")
    sender.ask(QUESTION)
    slow.finish.set()
    finished(server)
    assert sender.ask("1", sender="somebody-else") == messages.NOTHING_WAITS
    assert "三样材料" in sender.ask("1")


def test_a_new_question_brings_the_older_answer_and_loses_nothing(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    sender = server.sender("plain")
    sender.ask(QUESTION)
    slow.finish.set()
    finished(server)
    slow.finish.clear()
    text = sender.ask("鹭标多少钱")
    assert "三样材料" in text
    assert text.endswith(messages.NEW_QUESTION_WAITS)
    assert len(text.encode()) <= 2048
    slow.finish.set()
    finished(server, 2)
    assert "260元" in sender.ask("好了吗")


def test_an_answer_in_time_mentions_that_an_older_one_waits(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    sender = server.sender("plain")
    sender.ask(QUESTION)
    slow.finish.set()
    finished(server)
    text = sender.ask("鹭标多少钱")
    assert "260元" in text
    assert messages.ANSWER_WAITS in text
    assert "三样材料" in sender.ask("1")


def test_three_deliveries_of_a_slow_message_are_acknowledged_alike_and_sent_once(
    serve: Serve, slow: SlowWriter
) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    sender = server.sender("sends")
    xml = text_xml(QUESTION)
    assert {sender.read(sender.post(xml)) for _ in range(3)} == {messages.ACK_SEND}
    slow.finish.set()
    assert server.platform.wait_for(1)
    finished(server)
    assert len(rows(server, OutboxRow)) == 1
    assert slow.asked.acquire(blocking=False)
    assert not slow.asked.acquire(blocking=False)


def test_while_the_index_loads_a_message_is_acknowledged_and_kept(serve: Serve) -> None:
    loading = serve(loading=True)
    assert loading.sender("sends").ask(QUESTION) == messages.ACK_SEND
    assert len(rows(loading, InboxRow, state="deferred")) == 1
    serve()  # a second process on the same database, whose index is open
    assert loading.platform.wait_for(1)
    assert "三样材料" in loading.platform.sent[0]["text"]["content"]


def test_what_a_dead_worker_left_is_answered_once_by_the_next(serve: Serve, slow: SlowWriter) -> None:
    dying = serve(writer=slow, passive_wait_s=0.2, courier=False)
    dying.sender("sends").ask(QUESTION)
    with dying.components.database.writing() as session:
        for row in session.scalars(select(InboxRow)):
            row.lease_until = row.received_at
    serve()
    assert dying.platform.wait_for(1)
    slow.finish.set()
    finished(dying)
    assert "三样材料" in dying.platform.sent[0]["text"]["content"]
    assert len(rows(dying, OutboxRow)) == 1


def test_wecom_sends_text_with_its_own_duplicate_check(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    assert server.wecom().ask(QUESTION) == messages.ACK_SEND
    slow.finish.set()
    assert server.platform.wait_for(1)
    sent = server.platform.sent[0]
    assert (sent["agentid"], sent["msgtype"], sent["enable_duplicate_check"]) == (218, "text", 1)


def test_wecom_markdown_is_always_sent_never_passive(serve: Serve) -> None:
    server = serve()
    assert server.wecom("markdown").ask(QUESTION) == ""
    assert server.platform.wait_for(1)
    sent = server.platform.sent[0]
    assert sent["msgtype"] == "markdown"
    assert "](https://ip.example.cn/documents/heron-mark?passage=materials#materials)" in sent["markdown"]["content"]


def test_a_run_out_token_is_fetched_again_and_the_message_sent_once(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2)
    server.platform.codes = [42001]
    server.sender("sends").ask(QUESTION)
    slow.finish.set()
    assert server.platform.wait_for(1)
    assert server.platform.tokens_given == 2


def test_an_answer_that_may_not_be_sent_is_fetched_instead(serve: Serve, slow: SlowWriter) -> None:
    server = serve(writer=slow, passive_wait_s=0.2, courier=False)
    server.platform.codes = [45015]  # more than 48 hours since the visitor's last word
    sender: Platform = server.sender("sends")
    sender.ask(QUESTION)
    slow.finish.set()
    finished(server)
    server.hub._courier.send()
    server.hub._courier.send()
    assert server.platform.sent == []
    assert "三样材料" in sender.ask("1")
    assert rows(server, OutboxRow)[0].error == "errcode 45015"


def test_a_failing_assistant_gives_a_sentence_and_logs_no_words(serve: Serve) -> None:
    class Broken:
        def write(self, *_: object, **__: object) -> None:
            raise RuntimeError("我家的秘密辣椒")

    server = serve(writer=Broken())
    with capture_logs() as lines:
        assert server.sender("plain").ask(QUESTION) == messages.FAILED
    assert lines[0]["error"] == "RuntimeError"
    assert "秘密" not in str(lines)
