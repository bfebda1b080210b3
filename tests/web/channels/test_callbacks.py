"""Real messages from an independent sender, in each mode, against a running server."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from wechatpy.enterprise.crypto import PrpCrypto

from assistant.channels import messages
from assistant.channels.tables import ChannelVisitorRow
from assistant.tables import ReplyRow, SessionRow
from assistant.understanding import PERHAPS
from index.store import Index
from tests.web.channels.conftest import Server
from tests.web.channels.peers import (
    AES_KEY,
    CORP_ID,
    OPEN_ID,
    TOKEN,
    Platform,
    other_xml,
    plain_signature,
    signer,
    text_xml,
)

QUESTION = "鹭标要啥材料"
Serve = Callable[..., Server]


def platforms(server: Server) -> dict[str, Platform]:
    return {
        "plain": server.sender("plain"),
        "compatible": server.sender("safe", "compatible"),
        "safe": server.sender("safe", "safe"),
        "wecom": server.wecom("silent"),
    }


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe", "wecom"])
def test_answers_a_text_message_in_the_passive_reply(serve: Serve, mode: str) -> None:
    text = platforms(serve())[mode].ask(QUESTION)
    assert "申请鹭标要交三样材料" in text
    assert "〔1〕《鹭标怎么申请》" in text
    assert "https://ip.example.cn/r/" in text
    assert len(text.encode()) <= 2048
    assert "**" not in text
    assert "[1]" not in text


def test_proves_the_address_of_an_official_account(serve: Serve) -> None:
    server = serve()
    params, _ = server.sender("plain").request("")
    assert server.client.get("/wechat/plain", params={**params, "echostr": "5837397520665436492"}).text == (
        "5837397520665436492"
    )
    wrong = {**params, "signature": "0" * 40, "echostr": "x"}
    assert server.client.get("/wechat/plain", params=wrong).status_code == 403


def test_proves_the_address_of_an_app_by_decrypting(serve: Serve) -> None:
    server = serve()
    echo = PrpCrypto(server.wecom().crypto().key).encrypt("1616140317555161061", CORP_ID).decode()
    params, _ = server.wecom().request("<xml/>")
    params |= {"echostr": echo, "msg_signature": signer(TOKEN, params["timestamp"], params["nonce"], echo)}
    assert server.client.get("/wecom/app", params=params).text == "1616140317555161061"
    params["msg_signature"] = signer(TOKEN, params["timestamp"], "other", echo)
    assert server.client.get("/wecom/app", params=params).status_code == 403


def test_a_voice_message_is_answered_by_what_the_platform_heard(serve: Serve) -> None:
    sender = serve().sender("plain")
    voice = "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><MsgId>77</MsgId>"
    heard = f"{voice}<Recognition><![CDATA[{QUESTION}。]]></Recognition>"
    assert "三样材料" in sender.read(sender.post(other_xml(heard)))
    assert sender.read(sender.post(other_xml(voice.replace("77", "78")))) == messages.VOICE_UNCLEAR


def test_a_menu_click_asks_what_its_key_says(serve: Serve) -> None:
    sender = serve().sender("plain")
    click = f"<MsgType>event</MsgType><Event>CLICK</Event><EventKey><![CDATA[{QUESTION}]]></EventKey>"
    assert "三样材料" in sender.read(sender.post(other_xml(click)))


def test_a_subscriber_is_greeted_with_three_example_questions(serve: Serve) -> None:
    sender = serve().sender("plain")
    text = sender.read(sender.post(other_xml("<MsgType>event</MsgType><Event>subscribe</Event>")))
    assert text.count("· ") == 3
    assert text.startswith("您好")


def test_what_cannot_be_read_gets_a_kind_sentence(serve: Serve) -> None:
    sender = serve().sender("plain")
    for number, kind in enumerate(("image", "location", "video", "link", "shortvideo", "file")):
        xml = other_xml(f"<MsgType>{kind}</MsgType><MsgId>9{number}</MsgId><Location_X>43.6</Location_X>")
        assert sender.read(sender.post(xml)) == messages.NOT_TEXT


def test_a_sticker_which_comes_as_a_text_gets_the_kind_sentence(serve: Serve) -> None:
    assert serve().sender("plain").ask("【收到不支持的消息类型，暂无法显示】") == messages.NOT_TEXT


def test_whoever_scans_the_code_again_is_greeted(serve: Serve) -> None:
    sender = serve().sender("plain")
    scanned = "<MsgType>event</MsgType><Event>SCAN</Event><EventKey>1</EventKey>"
    assert sender.read(sender.post(other_xml(scanned))) == messages.welcome()


def test_other_events_are_taken_in_silence(serve: Serve) -> None:
    server = serve()
    events = ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "enter_agent", "unknown")
    for event, sender in itertools.product(events, (server.sender("plain"), server.wecom())):
        xml = other_xml(f"<MsgType>event</MsgType><Event>{event}</Event><EventKey>k</EventKey>")
        assert sender.read(sender.post(xml)) == ""


def test_whoever_leaves_is_forgotten(serve: Serve) -> None:
    server = serve()
    sender = server.sender("sends")
    sender.ask(QUESTION)
    sender.post(other_xml("<MsgType>event</MsgType><Event>unsubscribe</Event>"))
    with server.components.database.reading() as session:
        assert session.scalars(select(ChannelVisitorRow)).all() == []


def test_three_deliveries_of_one_message_give_one_answer(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    xml = text_xml(QUESTION, msg_id=42)
    with ThreadPoolExecutor(3) as pool:
        texts = list(pool.map(lambda _: sender.read(sender.post(xml)), range(3)))
    assert len(set(texts)) == 1
    assert "三样材料" in texts[0]
    with server.components.database.reading() as session:
        assert len(session.scalars(select(ReplyRow)).all()) == 1


def test_deliveries_of_one_message_to_several_workers_give_one_answer(serve: Serve) -> None:
    servers = [serve(), serve()]
    senders = [server.sender("plain") for server in servers]
    xml = text_xml(QUESTION, msg_id=44)
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda sender: sender.read(sender.post(xml)), senders * 2))
    assert len(set(texts)) == 1
    assert "三样材料" in texts[0]
    with servers[0].components.database.reading() as session:
        assert len(session.scalars(select(ReplyRow)).all()) == 1


def test_two_deliveries_of_one_event_give_one_answer_and_one_record(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    click = "<MsgType>event</MsgType><Event>CLICK</Event><EventKey>鹭标多少钱</EventKey>"
    xml = other_xml(click, created=1409735668)
    assert sender.read(sender.post(xml)) == sender.read(sender.post(xml))
    with server.components.database.reading() as session:
        assert len(session.scalars(select(ReplyRow)).all()) == 1


def test_a_follow_up_is_understood_and_each_visitor_has_a_session(serve: Serve) -> None:
    server = serve()
    sender = server.sender("plain")
    sender.ask(QUESTION)
    assert "260元" in sender.ask("那多少钱")
    assert "260元" not in sender.ask("那多少钱", sender="somebody-else")
    with server.components.database.reading() as session:
        rows = session.scalars(select(SessionRow)).all()
    assert len(rows) == 2
    assert all(row.visitor and OPEN_ID not in row.visitor and len(row.visitor) == 64 for row in rows)


def test_a_restarted_server_remembers_the_session_and_the_message(serve: Serve) -> None:
    xml = text_xml(QUESTION, msg_id=43)
    first = serve().sender("plain")
    answer = first.read(first.post(xml))
    second = serve().sender("plain")
    assert second.read(second.post(xml)) == answer
    assert "260元" in second.ask("那多少钱")


def test_no_table_holds_an_open_id_or_an_unmasked_number(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    sends = server.sender("sends")
    sends.ask("我的电话13812345678，鹭标要啥材料", sender="oSecretOpenId1234567890")
    monkeypatch.setattr(Index, "goes_on", lambda *_: PERHAPS)  # asked back in the visitor's own words
    sends.ask("材料里13812345678能收到短信不", sender="oSecretOpenId1234567890")
    with server.components.database.reading() as session:
        connection = session.connection()
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'").scalars().all()
        dump = "\n".join(
            str(tuple(row)) for name in names for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        )
    assert "oSecretOpenId1234567890" not in dump
    assert "13812345678" not in dump
    assert dump.count("[手机号]") > 2


def test_a_question_that_is_too_long_or_empty_gets_a_sentence(serve: Serve) -> None:
    sender = serve().sender("plain")
    assert "太长" in sender.ask("鹭" * 600)
    assert sender.ask("   ") != ""


def test_an_unknown_account_is_not_there(serve: Serve) -> None:
    server = serve()
    assert server.sender("nobody").post(text_xml("问")).status_code == 404
    assert server.client.get("/wecom/nobody").status_code == 404


def test_without_accounts_every_callback_is_not_there(serve: Serve) -> None:
    server = serve(wechat_accounts={}, wecom_apps={})
    assert server.sender("plain").post(text_xml("问")).status_code == 404


def test_who_floods_is_asked_to_wait(serve: Serve) -> None:
    sender = serve().sender("plain")
    texts = [sender.ask("你好") for _ in range(31)]
    assert texts[-1] == messages.TOO_FAST
    assert messages.TOO_FAST not in texts[:30]
    assert sender.ask("你好", sender="another") != messages.TOO_FAST


def test_signature_of_the_peer_is_the_documents_own() -> None:
    assert signer(TOKEN, "1409735669", "1320562132") == plain_signature("1409735669", "1320562132")
    assert len(AES_KEY) == 43
