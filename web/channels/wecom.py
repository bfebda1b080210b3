"""企业微信 apps: ``/wecom/{app}``, always encrypted, for our CorpID only."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request, Response

from assistant.channels.accounts import WecomApp
from assistant.replies import Channel
from web.channels.callback import door_of, hub_of, limited_body, refuse
from web.channels.inbound import read
from web.channels.wechat import Signed, SignedQuery, sealed_message, text_message
from web.channels.wechat_crypto import Envelope, RefusedError, check_fresh, check_signature
from web.channels.xml import read_fields
from web.deps import StateDep

router = APIRouter(include_in_schema=False)


@router.get("/wecom/{app}")
def verify(app: str, request: Request, state: StateDep, signed: SignedQuery) -> Response:
    """Prove to the platform that this address is ours: return what it encrypted."""
    door = door_of(hub_of(request), Channel.WECOM, app)
    try:
        plain = _opened(state.settings.wecom_apps[app], signed, signed.echostr)
    except RefusedError as error:
        refuse(door, error)
    return Response(plain, media_type="text/plain")


@router.post("/wecom/{app}")
async def receive(app: str, request: Request, state: StateDep, signed: SignedQuery) -> Response:
    """Answer a message."""
    hub = hub_of(request)
    door = door_of(hub, Channel.WECOM, app)
    config = state.settings.wecom_apps[app]
    body = await limited_body(door, request)
    try:
        incoming = read(read_fields(_opened(config, signed, read_fields(body).get("Encrypt", ""))))
        text = await hub.reply_to(door, incoming, proof=signed.msg_signature)
    except RefusedError as error:
        refuse(door, error)
    if not text:
        return Response(b"", media_type="text/plain")
    now = int(time.time())
    sealed = sealed_message(_envelope(config), config.token.get_secret_value(), text_message(incoming, text, now), now)
    return Response(sealed, media_type="application/xml")


def _opened(config: WecomApp, signed: Signed, encrypted: str) -> bytes:
    token = config.token.get_secret_value()
    check_signature(signed.msg_signature, token, signed.timestamp, signed.nonce, encrypted)
    check_fresh(signed.timestamp, time.time())
    return _envelope(config).open(encrypted)


def _envelope(config: WecomApp) -> Envelope:
    return Envelope(aes_key=config.aes_key.get_secret_value(), receive_id=config.corp_id)
