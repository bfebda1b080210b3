"""转人工 in the channel: a ticket with its conversation, a silent bot, the desk's reply where the visitor is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from assistant.channels import messages
from assistant.desk.hours import SHANGHAI
from assistant.desk.ticket_records import Origin, TicketFilter, TicketState
from tests.web.channels.conftest import CLERK, Server
from tests.web.channels.peers import Platform, other_xml

Serve = Callable[..., Server]


def only_ticket(server: Server):  # type: ignore[no-untyped-def]
    tickets, total = server.components.desk.tickets.find(TicketFilter())
    assert total == 1
    return tickets[0]


def test_a_handoff_records_a_ticket_and_offers_a_person(serve: Serve) -> None:
    server = serve()
    text = server.sender("plain").ask("鹭标奖励多少钱")
    ticket = only_ticket(server)
    assert ticket.origin is Origin.HANDOFF
    assert ticket.ticket_id in text
    assert messages.offer_person() in text


def test_asking_for_a_person_records_the_question_asked_before(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("鹭标要啥材料")
    text = sender.ask("转人工")
    ticket = only_ticket(server)
    assert (ticket.origin, ticket.question) == (Origin.PERSON, "鹭标要啥材料")
    assert text.startswith(f"{messages.PERSON_CALLED}\n\n{messages.desk_has_it(ticket.ticket_id, sends=False)}")
    assert messages.DESK_CLOSED not in text
    turns = server.components.conversations.history(ticket.session_id)
    assert [turn.query for turn in turns] == ["鹭标要啥材料", "转人工"]


def test_out_of_hours_the_settings_text_is_said_and_the_bot_goes_on(serve: Serve) -> None:
    hour = dt.datetime.now(SHANGHAI).hour
    closed_now = "13:00-18:00" if hour < 12 else "01:00-09:00"
    server = serve(desk_hours=closed_now, desk_closed_text="窗口周一到周五上班。")
    sender = server.sender("plain")
    assert "窗口周一到周五上班。" in sender.ask("转人工")
    assert "三样材料" in sender.ask("鹭标要啥材料")


@pytest.mark.parametrize("path", ["/wechat/plain", "/wecom/app"])
def test_the_bot_is_silent_while_a_person_serves_and_keeps_what_is_written(serve: Serve, path: str) -> None:
    server = serve()
    sender = Platform(server.client, path, "wecom" if "wecom" in path else "plain")
    sender.ask("转人工")
    tickets = server.components.desk.tickets
    ticket = only_ticket(server)
    taken = tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    assert sender.ask("鹭标要啥材料") == ""
    assert "三样材料" in sender.ask("鹭标要啥材料", sender="somebody-else")
    assert [turn.query for turn in server.components.conversations.history(ticket.session_id)][-1] == "鹭标要啥材料"
    tickets.close(CLERK, ticket.ticket_id, version=taken.version)
    assert "三样材料" in sender.ask("鹭标要啥材料")


def test_a_picture_or_a_scan_gets_no_word_of_the_bot_while_a_person_serves(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    picture = other_xml("<MsgType>image</MsgType><PicUrl>http://p</PicUrl><MsgId>91</MsgId>")
    assert [sender.read(sender.post(picture)) for _ in range(2)] == ["", ""]
    assert sender.read(sender.post(other_xml("<MsgType>event</MsgType><Event>SCAN</Event>"))) == ""
    turns = server.components.conversations.history(ticket.session_id)
    assert len(turns) == 2
    assert "访客发来图片" in turns[-1].query


def test_what_is_written_while_a_person_serves_is_kept_although_it_fetches_an_older_answer(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    assert ticket.visitor is not None
    server.components.desk.tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    with server.components.database.writing() as session:
        server.components.channels.outbox.add(session, door="wechat/plain", visitor=ticket.visitor, text="先前的答复。")
    assert sender.ask("我明天上午过去") == "先前的答复。"
    assert server.components.conversations.history(ticket.session_id)[-1].query == "我明天上午过去"


def test_a_number_sent_to_the_person_who_serves_is_kept_with_the_ticket(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    assert sender.ask("13812345678") == ""
    assert (only_ticket(server).contact or "").endswith("5678")


def test_a_spoken_word_leaves_human_service_although_it_ends_with_a_full_stop(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    spoken = "<MsgType>voice</MsgType><MsgId>92</MsgId><Recognition><![CDATA[退出人工。]]></Recognition>"
    assert sender.read(sender.post(other_xml(spoken))) == messages.BACK_TO_BOT


def test_a_visitor_can_leave_human_service_and_come_back(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.take(CLERK, ticket.ticket_id, version=ticket.version)
    assert sender.ask("退出人工") == messages.BACK_TO_BOT
    assert "三样材料" in sender.ask("鹭标要啥材料")
    sender.ask("转人工")
    assert sender.ask("鹭标要啥材料") == ""


@pytest.mark.parametrize("path", ["/wechat/sends", "/wecom/app"])
def test_the_desks_reply_is_sent_where_the_account_may(serve: Serve, path: str) -> None:
    server = serve()
    sender = Platform(server.client, path, "wecom" if "wecom" in path else "plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.answer(CLERK, ticket.ticket_id, version=ticket.version, text="请带身份证来窗口。")
    assert server.platform.wait_for(1)
    assert server.platform.sent[0]["text"]["content"] == messages.staff_answer("请带身份证来窗口。", ticket.ticket_id)


def test_the_desks_reply_is_fetched_where_the_account_may_not_send(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    server.components.desk.tickets.answer(CLERK, ticket.ticket_id, version=ticket.version, text="请带身份证来窗口。")
    assert messages.ANSWER_WAITS in sender.ask("鹭标要啥材料")
    assert "请带身份证来窗口。" in sender.ask("1")


def test_a_long_reply_of_the_desk_comes_in_several_messages_in_order(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask("转人工")
    ticket = only_ticket(server)
    text = "".join(f"第{number}点，请把材料准备好再来窗口办理。" for number in range(120))
    server.components.desk.tickets.answer(CLERK, ticket.ticket_id, version=ticket.version, text=text)
    parts = []
    while (part := sender.ask("1")) != messages.NOTHING_WAITS:
        parts.append(part)
    assert len(parts) > 2
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert all(part.endswith(messages.MORE_WAITS) for part in parts[:-1])
    whole = "".join(part.removesuffix(messages.MORE_WAITS).rstrip() for part in parts)
    assert whole == messages.staff_answer(text, ticket.ticket_id)


def test_the_page_of_a_reply_opens_a_ticket_that_reaches_the_visitor(serve: Serve) -> None:
    server = serve()
    text = server.sender("sends").ask("鹭标要啥材料")
    path = text.split("https://ip.example.cn")[1].split()[0]
    response = server.client.post(f"{path}/person", follow_redirects=True)
    ticket = only_ticket(server)
    assert ticket.ticket_id in response.text
    assert (ticket.origin, ticket.state) == (Origin.PERSON, TicketState.NEW)
    server.components.desk.tickets.answer(CLERK, ticket.ticket_id, version=ticket.version, text="好的，来窗口吧。")
    assert server.platform.wait_for(1)
