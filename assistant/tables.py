"""Tables of conversations: sessions, the replies given in them with their evidence, and what visitors thought of them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from corpus.database import Base, UtcDateTime


class SessionRow(Base):
    """A visitor's history; ``visitor`` is a keyed hash of a platform's id, never the id."""

    __tablename__ = "sessions"

    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    visitor: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class ReplyRow(Base):
    """One exchange; ``payload`` is the whole reply with its citations, as JSON, so that it can be shown again as it was.

    ``made_with`` says which index and which texts it was made with, as JSON.
    """

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_session_id_number", "session_id", "number"),)

    reply_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.session_id", ondelete="CASCADE"))
    number: Mapped[int]
    query: Mapped[str] = mapped_column(Text)
    standalone_query: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    payload: Mapped[str] = mapped_column(Text)
    document_ids: Mapped[str] = mapped_column(Text)
    made_with: Mapped[str | None] = mapped_column(Text)
    as_of: Mapped[dt.date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float] = mapped_column(Float)
    elapsed_ms: Mapped[float] = mapped_column(Float)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class FeedbackRow(Base):
    """A visitor's verdict on a reply; the last one counts."""

    __tablename__ = "feedback"

    reply_id: Mapped[str] = mapped_column(ForeignKey("replies.reply_id", ondelete="CASCADE"), primary_key=True)
    rating: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(32))
    comment: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
