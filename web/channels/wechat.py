"""Official Accounts (公众号): ``/wechat/{account}``, in plain, compatible and safe mode.

With an EncodingAESKey configured, only what is encrypted counts: compatible mode's plain fields are not read.
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from assistant.channels.accounts import WechatAccount
from assistant.replies import Channel
from web.channels.callback import door_of, hub_of, limited_body, refuse
from web.channels.inbound import Incoming, read
from web.channels.wechat_crypto import Envelope, RefusedError, check_fresh, check_signature, signature
from web.channels.xml import read_fields, write_fields
from web.deps import StateDep

router = APIRouter(include_in_schema=False)
NOTHING_TO_SAY = "success"


class Signed(BaseModel):
    """The query parameters of a callback; what is missing fails the signature."""

    timestamp: str = ""
    nonce: str = ""
    signature: str = ""
    msg_signature: str = ""
    echostr: str = ""


SignedQuery = Annotated[Signed, Query()]


@router.get("/wechat/{account}")
def verify(account: str, request: Request, state: StateDep, signed: SignedQuery) -> Response:
    """Prove to the platform that this address is ours."""
    door = door_of(hub_of(request), Channel.WECHAT, account)
    token = state.settings.wechat_accounts[account].token.get_secret_value()
    try:
        check_signature(signed.signature, token, signed.timestamp, signed.nonce)
        check_fresh(signed.timestamp, time.time())
    except RefusedError as error:
        refuse(door, error)
    return Response(signed.echostr, media_type="text/plain")


@router.post("/wechat/{account}")
async def receive(account: str, request: Request, state: StateDep, signed: SignedQuery) -> Response:
    """Answer a message."""
    hub = hub_of(request)
    door = door_of(hub, Channel.WECHAT, account)
    config = state.settings.wechat_accounts[account]
    body = await limited_body(door, request)
    try:
        incoming, proof = _opened(config, signed, body)
        text = await hub.reply_to(door, incoming, proof=proof)
    except RefusedError as error:
        refuse(door, error)
    if not text:
        return Response(NOTHING_TO_SAY, media_type="text/plain")
    return Response(_packed(config, incoming, text), media_type="application/xml")


def _opened(config: WechatAccount, signed: Signed, body: bytes) -> tuple[Incoming, str]:
    token = config.token.get_secret_value()
    if config.aes_key is None:
        check_signature(signed.signature, token, signed.timestamp, signed.nonce)
        check_fresh(signed.timestamp, time.time())
        return read(read_fields(body)), signed.signature
    encrypted = read_fields(body).get("Encrypt", "")
    check_signature(signed.msg_signature, token, signed.timestamp, signed.nonce, encrypted)
    check_fresh(signed.timestamp, time.time())
    opened = Envelope(aes_key=config.aes_key.get_secret_value(), receive_id=config.app_id).open(encrypted)
    return read(read_fields(opened)), signed.msg_signature


def _packed(config: WechatAccount, incoming: Incoming, text: str) -> str:
    now = int(time.time())
    plain = text_message(incoming, text, now)
    if config.aes_key is None:
        return plain
    envelope = Envelope(aes_key=config.aes_key.get_secret_value(), receive_id=config.app_id)
    return sealed_message(envelope, config.token.get_secret_value(), plain, now)


def text_message(incoming: Incoming, text: str, now_s: int) -> str:
    """Return a passive text reply."""
    return write_fields(
        {
            "ToUserName": incoming.sender,
            "FromUserName": incoming.receiver,
            "CreateTime": now_s,
            "MsgType": "text",
            "Content": text,
        }
    )


def sealed_message(envelope: Envelope, token: str, plain: str, now_s: int) -> str:
    """Return a passive reply in its signed envelope."""
    encrypted, nonce = envelope.seal(plain.encode()), secrets.token_hex(8)
    signed = signature(token, str(now_s), nonce, encrypted)
    return write_fields({"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": now_s, "Nonce": nonce})
