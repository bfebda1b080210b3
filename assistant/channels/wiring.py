"""Builds what the channels remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.channels.inbox import Inbox
from assistant.channels.outbox import Outbox
from assistant.channels.visitors import Visitors
from assistant.replies import Channel
from corpus.database import Database


@dataclass(frozen=True, slots=True)
class Channels:
    """The parts that the bot doors and the desk use."""

    inbox: Inbox
    outbox: Outbox
    visitors: Visitors

    @property
    def outboxes(self) -> Mapping[Channel, Outbox]:
        """Where the desk puts replies, by channel."""
        return {Channel.WECHAT: self.outbox, Channel.WECOM: self.outbox}


def build_channels(database: Database) -> Channels:
    """Return the parts over an upgraded database."""
    outbox = Outbox(database=database)
    return Channels(inbox=Inbox(database=database, outbox=outbox), outbox=outbox, visitors=Visitors(database=database))
