"""What is not the platform's, not fresh or not well-formed is refused: never a 500, never a word of it in the log."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable

import xmltodict
from sqlalchemy import select
from structlog.testing import capture_logs
from wechatpy.crypto import WeChatCrypto

from assistant.channels.tables import InboxRow
from tests.web.channels.conftest import Server
from tests.web.channels.peers import AES_KEY, OPEN_ID, TOKEN, Platform, plain_signature, signer, text_xml

Serve = Callable[..., Server]
SECRET_WORDS = "我家的秘密辣椒"

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><xml><FromUserName>&lol9;</FromUserName><MsgId>1</MsgId><MsgType>text</MsgType></xml>"
)
XXE = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<xml><FromUserName>o</FromUserName><MsgId>1</MsgId><MsgType>text</MsgType><Content>&x;</Content></xml>"
)


def senders(server: Server) -> list[Platform]:
    return [server.sender("plain"), server.sender("safe", "compatible"), server.sender("safe", "safe"), server.wecom()]


def stored(server: Server) -> int:
    with server.components.database.reading() as session:
        return len(session.scalars(select(InboxRow)).all())


def test_a_wrong_signature_is_refused(serve: Serve) -> None:
    server = serve()
    for sender in senders(server):
        params, body = sender.request(text_xml(SECRET_WORDS))
        for name in ("signature", "msg_signature"):
            if name in params:
                params[name] = "a" * 40
        assert sender.deliver(params, body).status_code == 403
        assert sender.deliver({}, body).status_code == 403
        assert sender.deliver({**params, "msg_signature": "签名", "signature": "签名"}, body).status_code == 403
    assert stored(server) == 0


def test_an_old_or_future_timestamp_is_refused(serve: Serve) -> None:
    server = serve()
    for offset_s, sender in itertools.product((-301, 330, -(10**12)), senders(server)):
        assert sender.post(text_xml(SECRET_WORDS), timestamp=int(time.time()) + offset_s).status_code == 403
    assert stored(server) == 0


def test_a_timestamp_that_is_no_number_is_refused(serve: Serve) -> None:
    server = serve()
    for stamp in ("now", "١٤٠٩٧٣٥٦٦٩", "1e9", "9" * 400):
        sender = server.sender("plain")
        params, body = sender.request(text_xml("问"))
        params |= {"timestamp": stamp, "signature": plain_signature(stamp, params["nonce"])}
        assert sender.deliver(params, body).status_code == 403


def test_a_signature_used_for_another_message_is_a_replay(serve: Serve) -> None:
    sender = serve().sender("plain")
    params, body = sender.request(text_xml("鹭标要啥材料"))
    assert sender.deliver(params, body).status_code == 200
    assert sender.deliver(params, body).status_code == 200  # the platform's own second delivery
    assert sender.deliver(params, text_xml("鹭标多少钱").encode()).status_code == 403


def test_an_encrypted_account_refuses_plain_messages(serve: Serve) -> None:
    server = serve()
    downgraded = Platform(server.client, "/wechat/safe", "plain")
    assert downgraded.post(text_xml("问")).status_code == 403


def test_plain_fields_beside_the_envelope_are_not_believed(serve: Serve) -> None:
    server = serve()
    sender = server.sender("safe", "compatible")
    params, body = sender.request(text_xml("鹭标要啥材料"))
    forged = body.replace("鹭标要啥材料".encode(), "鹭标多少钱".encode()).replace(OPEN_ID.encode(), b"victim")
    assert "三样材料" in sender.read(sender.deliver(params, forged))


def test_a_message_for_another_account_is_refused(serve: Serve) -> None:
    server = serve()
    for sender, other in (
        (server.sender("safe", "safe"), "wx0000000000000000"),
        (server.wecom(), "ww0000000000000000"),
    ):
        stamp, nonce = str(int(time.time())), "77"
        sealed = xmltodict.parse(WeChatCrypto(TOKEN, AES_KEY, other).encrypt_message(text_xml("问"), nonce, stamp))[
            "xml"
        ]
        params = {"msg_signature": sealed["MsgSignature"], "timestamp": stamp, "nonce": nonce}
        response = sender.deliver(params, f"<xml><Encrypt>{sealed['Encrypt']}</Encrypt></xml>".encode())
        assert response.status_code == 403
        assert "receive id" in response.text


def test_a_broken_envelope_is_refused(serve: Serve) -> None:
    server = serve()
    for encrypted, sender in itertools.product(
        ["", "====", "AAAA", "A" * 64, "中文", "A" * 20_000], (server.sender("safe", "safe"), server.wecom())
    ):
        stamp, nonce = str(int(time.time())), "78"
        params = {"msg_signature": signer(TOKEN, stamp, nonce, encrypted), "timestamp": stamp, "nonce": nonce}
        assert sender.deliver(params, f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()).status_code == 403


def test_dangerous_and_broken_xml_is_refused_in_and_out_of_the_envelope(serve: Serve) -> None:
    server = serve()
    broken = [
        BOMB, XXE, "", "<xml>", "no xml", "<xml/>", "<xml><MsgType>text</MsgType></xml>", "\x00\xff",
        '<?xml version="1.0" encoding="no-such"?><xml/>', "<a>" * 5000,
    ]  # fmt: skip
    for xml, sender in itertools.product(
        broken, (server.sender("plain"), server.sender("safe", "safe"), server.wecom())
    ):
        assert sender.post(xml).status_code == 403, (xml[:80], sender.path)
    assert stored(server) == 0


def test_an_oversized_body_is_refused(serve: Serve) -> None:
    server = serve()
    for size, sender in itertools.product((70_000, 1_048_576), (server.sender("plain"), server.wecom())):
        params, _ = sender.request(text_xml("问"))
        assert sender.deliver(params, b"<xml>" + b"x" * size).status_code == 413


def test_every_kind_of_refusal_is_logged_by_its_check_and_without_content(serve: Serve) -> None:
    server = serve()
    plain, safe = server.sender("plain"), server.sender("safe", "safe")
    good, secret = plain.request(text_xml(SECRET_WORDS))
    other_app = xmltodict.parse(
        WeChatCrypto(TOKEN, AES_KEY, "wx0").encrypt_message(SECRET_WORDS, "9", good["timestamp"])
    )
    foreign = other_app["xml"]
    bad_padding = base64.b64encode(bytes(64)).decode()
    requests = {
        "signature": lambda: plain.deliver({**good, "signature": "0" * 40}, secret),
        "timestamp": lambda: plain.post(text_xml(SECRET_WORDS), timestamp=1),
        "size": lambda: plain.deliver(good, secret * 400),
        "xml": lambda: plain.post(XXE.replace("&x;", SECRET_WORDS)),
        "fields": lambda: plain.post(f"<xml><Content>{SECRET_WORDS}</Content></xml>"),
        "replay": lambda: [plain.deliver(good, text_xml(each).encode()) for each in ("鹭标要啥材料", SECRET_WORDS)][1],
        "receive id": lambda: safe.deliver(
            {"msg_signature": foreign["MsgSignature"], "timestamp": good["timestamp"], "nonce": "9"},
            f"<xml><Encrypt>{foreign['Encrypt']}</Encrypt></xml>".encode(),
        ),
        "padding": lambda: safe.deliver(
            {**good, "msg_signature": signer(TOKEN, good["timestamp"], good["nonce"], bad_padding)},
            f"<xml><Encrypt>{bad_padding}</Encrypt></xml>".encode(),
        ),
    }
    for check, refused in requests.items():
        with capture_logs() as lines:
            assert refused().status_code in (403, 413), check
        assert [(line["event"], line["check"]) for line in lines] == [("callback refused", check)]
        assert SECRET_WORDS not in str(lines)
        assert OPEN_ID not in str(lines)
