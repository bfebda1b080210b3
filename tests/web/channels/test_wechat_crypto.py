"""The platforms' published test vectors, and properties of the envelope."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto

from web.channels.wechat_crypto import Envelope, RefusedError, check_fresh, check_signature, signature
from web.channels.xml import read_fields, write_fields

# developers.weixin.qq.com, the sample shipped with the Official Account's WXBizMsgCrypt
WECHAT_TOKEN, WECHAT_KEY, WECHAT_APP = "spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
WECHAT_SIGNED = ("5d197aaffba7e9b25a30732f161a50dee96bd5fa", "1409735669", "1320562132")
WECHAT_ENCRYPTED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpb"
    "UAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn"
    "6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD1Dl"
    "D+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
# developer.work.weixin.qq.com, the sample of 企业微信's WXBizMsgCrypt
WECOM_TOKEN, WECOM_KEY, WECOM_CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
WECOM_SIGNED = ("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149")
WECOM_ENCRYPTED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TU"
    "UkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff"
    "0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVM"
    "NS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2p"
    "DBS8R07+qN+E7Q=="
)
WECOM_ECHO = ("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780")
WECOM_ECHO_ENCRYPTED = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="


def test_opens_the_official_accounts_sample() -> None:
    check_signature(WECHAT_SIGNED[0], WECHAT_TOKEN, *WECHAT_SIGNED[1:], WECHAT_ENCRYPTED)
    fields = read_fields(Envelope(aes_key=WECHAT_KEY, receive_id=WECHAT_APP).open(WECHAT_ENCRYPTED))
    assert fields["Content"] == "abcdteT"
    assert fields["FromUserName"] == "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
    assert fields["MsgId"] == "6054768590064713728"


def test_opens_the_sample_of_wecom() -> None:
    check_signature(WECOM_SIGNED[0], WECOM_TOKEN, *WECOM_SIGNED[1:], WECOM_ENCRYPTED)
    fields = read_fields(Envelope(aes_key=WECOM_KEY, receive_id=WECOM_CORP).open(WECOM_ENCRYPTED))
    assert fields == {
        "ToUserName": "wx5823bf96d3bd56c7",
        "FromUserName": "mycreate",
        "CreateTime": "1409659813",
        "MsgType": "text",
        "Content": "hello",
        "MsgId": "4561255354251345929",
        "AgentID": "218",
    }


def test_opens_the_sample_of_wecoms_address_check() -> None:
    check_signature(WECOM_ECHO[0], WECOM_TOKEN, *WECOM_ECHO[1:], WECOM_ECHO_ENCRYPTED)
    echo = Envelope(aes_key=WECOM_KEY, receive_id=WECOM_CORP).open(WECOM_ECHO_ENCRYPTED)
    assert echo == b"1616140317555161061"


@given(st.text(max_size=300))
def test_what_is_sealed_here_opens_at_the_peer(text: str) -> None:
    sealed = Envelope(aes_key=WECHAT_KEY, receive_id=WECHAT_APP).seal(text.encode())
    opened = PrpCrypto(base64.b64decode(WECHAT_KEY + "=")).decrypt(sealed, WECHAT_APP)
    assert (opened if isinstance(opened, bytes) else opened.encode()) == text.encode()


@given(st.binary(max_size=300))
def test_the_envelope_gives_back_what_it_was_given(message: bytes) -> None:
    envelope = Envelope(aes_key=WECHAT_KEY, receive_id=WECHAT_APP)
    assert envelope.open(envelope.seal(message)) == message


@given(st.integers(min_value=0, max_value=383), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_never_passes_the_signature(position: int, change: int) -> None:
    sealed = bytearray(base64.b64decode(WECHAT_ENCRYPTED))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(RefusedError):
        check_signature(WECHAT_SIGNED[0], WECHAT_TOKEN, *WECHAT_SIGNED[1:], base64.b64encode(sealed).decode())


@pytest.mark.parametrize("pad", [b"\x00", b"\x21", b"\x02\x03", b"\x05\x05\x05\x05\x04", b"\x20"])
def test_broken_padding_is_refused(pad: bytes) -> None:
    key = base64.b64decode(WECHAT_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    plain = (b"x" * 64 + pad)[-64:]
    sealed = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    with pytest.raises(RefusedError, match="padding"):
        Envelope(aes_key=WECHAT_KEY, receive_id=WECHAT_APP).open(sealed)


def test_a_length_beyond_the_message_is_refused() -> None:
    key = base64.b64decode(WECHAT_KEY + "=")
    plain = b"r" * 16 + (2**31).to_bytes(4, "big") + b"hello" + WECHAT_APP.encode()
    pad = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
    with pytest.raises(RefusedError, match="length"):
        Envelope(aes_key=WECHAT_KEY, receive_id=WECHAT_APP).open(sealed)


def test_the_window_of_a_timestamp_is_five_minutes_both_ways() -> None:
    for stamp in (1_000_000 - 300, 1_000_000, 1_000_000 + 300):
        check_fresh(str(stamp), 1_000_000.0)
    for stamp in (1_000_000 - 301, 1_000_000 + 301):
        with pytest.raises(RefusedError, match="timestamp"):
            check_fresh(str(stamp), 1_000_000.0)


def test_the_order_of_the_signed_parts_does_not_matter() -> None:
    assert signature("b", "a", "c") == signature("c", "b", "a")


@pytest.mark.parametrize("declared", ['<!DOCTYPE xml [<!ENTITY a "b">]>', "<!DOCTYPE xml>"])
def test_xml_that_declares_anything_is_refused_however_harmless(declared: str) -> None:
    with pytest.raises(RefusedError, match="xml"):
        read_fields(f"{declared}<xml><Content>b</Content></xml>".encode())


@given(st.text(max_size=200))
def test_written_xml_reads_back_whatever_the_text_holds(text: str) -> None:
    found = read_fields(write_fields({"Content": text, "CreateTime": 12}).encode())
    legal = "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
    assert found["Content"] == legal.replace("\r\n", "\n").replace("\r", "\n").strip()
    assert found["CreateTime"] == "12"
