"""The doors for bots, as the settings name them, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.channels.inbox import Inbox
from assistant.channels.outbox import Outbox
from assistant.channels.visitors import Visitors
from assistant.replies import Channel
from assistant.sessions import Conversations
from web.channels.plain_text import Style


@dataclass(frozen=True, slots=True)
class Door:
    """One account or app.

    :param sends: it may send messages by itself.
    :param always_sends: its answers are always sent, never passive (Markdown of 企业微信).
    """

    channel: Channel
    name: str
    style: Style
    sends: bool
    always_sends: bool = False

    @property
    def door_id(self) -> str:
        """The name under which the door's messages are stored."""
        return f"{self.channel.value}/{self.name}"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered between messages."""

    inbox: Inbox
    outbox: Outbox
    visitors: Visitors
    conversations: Conversations


@dataclass(frozen=True, slots=True)
class DeskView:
    """What doors need to know of the desk.

    :param serves: whether a member of staff is at work for a visitor.
    :param is_open: whether somebody is there now.
    :param closed_text: what to say when not.
    """

    serves: Callable[[str], bool]
    is_open: Callable[[], bool]
    closed_text: str
