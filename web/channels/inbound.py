"""What a message from the platform asks of us, the same for Official Accounts and 企业微信. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from web.channels.wechat_crypto import RefusedError

_SILENT_TYPES = ("update_button", "transfer_customer_service")
_STICKER = "【收到不支持的消息类型，暂无法显示】"
"""What the platform puts in the place of a sticker, as a text message."""


class Wish(StrEnum):
    """What is wanted."""

    QUESTION = "question"
    WELCOME = "welcome"
    LEFT = "left"
    UNCLEAR_VOICE = "unclear voice"
    NOT_TEXT = "not text"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. ``key`` is equal for each delivery of it; ``text`` is there for a question only."""

    wish: Wish
    sender: str
    receiver: str
    key: str
    text: str = ""


def read(fields: Mapping[str, str]) -> Incoming:
    """Read a message.

    :raises RefusedError: when it has no sender, or nothing to recognise it by.
    """
    sender, created = fields.get("FromUserName", ""), fields.get("CreateTime", "")
    key = fields.get("MsgId", "")
    event = fields.get("Event", "").lower()
    if not key and sender and created:
        # The platform's advice for events; the name keeps two events of one second apart.
        key = f"{created}-{event}-{sender}"
    if not sender or not key or len(sender) > 128:
        raise RefusedError("fields")
    wish, text = _wish(fields, event)
    return Incoming(wish=wish, sender=sender, receiver=fields.get("ToUserName", ""), key=key, text=text)


def _wish(fields: Mapping[str, str], event: str) -> tuple[Wish, str]:
    match fields.get("MsgType", ""):
        case "text" if fields.get("Content") == _STICKER:
            return Wish.NOT_TEXT, ""
        case "text":
            return Wish.QUESTION, fields.get("Content", "")
        case "voice":
            heard = fields.get("Recognition", "")
            return (Wish.QUESTION, heard) if heard else (Wish.UNCLEAR_VOICE, "")
        case "event":
            return _event(event, fields.get("EventKey", ""))
        case kind if kind in _SILENT_TYPES:
            return Wish.NOTHING, ""
        case _:
            return Wish.NOT_TEXT, ""


def _event(event: str, key: str) -> tuple[Wish, str]:
    """Read an event; a menu's key is what the visitor would have typed."""
    match event:
        case "subscribe" | "scan":
            return Wish.WELCOME, ""
        case "unsubscribe":
            return Wish.LEFT, ""
        case "click" if key:
            return Wish.QUESTION, key
        case _:
            return Wish.NOTHING, ""
