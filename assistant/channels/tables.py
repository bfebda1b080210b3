"""Tables of the channels. No platform id of a visitor stands in any of them in the clear."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from corpus.database import Base, UtcDateTime


class ChannelVisitorRow(Base):
    """Somebody who wrote on a channel; ``address`` is the sealed platform id, kept only while a message may be sent."""

    __tablename__ = "channel_visitors"

    visitor: Mapped[str] = mapped_column(String(64), primary_key=True)
    door: Mapped[str] = mapped_column(String(80))
    session_id: Mapped[str | None] = mapped_column(String(64), index=True)
    address: Mapped[str | None] = mapped_column(Text)
    bot_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class InboxRow(Base):
    """A message taken in; ``body`` is the passive reply it was given, ``query`` (masked) goes when it is answered."""

    __tablename__ = "channel_inbox"
    __table_args__ = (Index("ix_channel_inbox_state_lease_until", "state", "lease_until"),)

    door: Mapped[str] = mapped_column(String(80), primary_key=True)
    message_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(64), index=True)
    query: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    body: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    lease_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class ProofRow(Base):
    """A signed request seen before: the same signature with another message is a replay."""

    __tablename__ = "channel_proofs"

    door: Mapped[str] = mapped_column(String(80), primary_key=True)
    proof: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_key: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class OutboxRow(Base):
    """A text that waits for a visitor: it is sent where the door may send, or fetched with the next message."""

    __tablename__ = "channel_outbox"
    __table_args__ = (Index("ix_channel_outbox_state_not_before", "state", "not_before"),)

    delivery_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(index=True)
    door: Mapped[str] = mapped_column(String(80))
    visitor: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(100))
    not_before: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
