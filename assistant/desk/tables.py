"""Tables of the desk. ``version`` counts the changes of a row: who changes it says which one was seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from corpus.database import Base, UtcDateTime


class AccountRow(Base):
    """A person who works at the desk; ``password_hash`` is Argon2id, None until the set-up link was used."""

    __tablename__ = "accounts"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class DeskSessionRow(Base):
    """A login; only the SHA-256 of its token is kept."""

    __tablename__ = "desk_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SetupLinkRow(Base):
    """A one-time link with which a person sets a password; only the SHA-256 of its token is kept."""

    __tablename__ = "setup_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.account_id", ondelete="CASCADE"))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class TicketRow(Base):
    """Work for staff. The conversation and its evidence are found by ``session_id`` and ``reply_id``.

    ``contact`` is masked; ``contact_sealed`` is the number itself in a form that only this installation can open.
    """

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_state_due_at", "state", "due_at"),)

    ticket_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    origin: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    session_id: Mapped[str] = mapped_column(String(64), index=True)
    reply_id: Mapped[str | None] = mapped_column(String(64), index=True)
    visitor: Mapped[str | None] = mapped_column(String(64), index=True)
    question: Mapped[str] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(String(64))
    contact_sealed: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(String(32), index=True)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(32))
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class CuratedRow(Base):
    """The state of a curated answer; what it says is in its newest :class:`CuratedVersionRow`.

    ``approved_number`` is the version that was approved last, None before the first approval.
    """

    __tablename__ = "curated_answers"

    curated_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(32))
    ticket_id: Mapped[str | None] = mapped_column(String(32), index=True)
    approved_number: Mapped[int | None]
    approved_by: Mapped[str | None] = mapped_column(String(32))
    approved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class CuratedVersionRow(Base):
    """What a curated answer said: a reply that quoted it can be reproduced.

    ``number`` is the row's ``version`` at which this was written.
    """

    __tablename__ = "curated_versions"

    curated_id: Mapped[str] = mapped_column(
        ForeignKey("curated_answers.curated_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    similar: Mapped[list[str]] = mapped_column(JSON)
    negative: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    topic: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[dt.date | None] = mapped_column(Date)
    valid_until: Mapped[dt.date | None] = mapped_column(Date)
    review_due: Mapped[dt.date] = mapped_column(Date)
    written_by: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class UploadRow(Base):
    """A file that waits to be confirmed; ``preview`` and ``rehearsal`` are JSON, the file lies in the data folder."""

    __tablename__ = "uploads"

    upload_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    document_id: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(Text)
    warnings: Mapped[list[str]] = mapped_column(JSON)
    rehearsal: Mapped[str | None] = mapped_column(Text)
    uploaded_by: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class ShippedRow(Base):
    """What the desk decided about a text that comes with the product; a text without a row is as it was shipped."""

    __tablename__ = "shipped_texts"

    document_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    amendments: Mapped[dict[str, Any]] = mapped_column(JSON)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class AuditRow(Base):
    """Who did what to which record; rows are only ever added, each holds the hash of the one before."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(32), index=True)
    action: Mapped[str] = mapped_column(String(64))
    record_kind: Mapped[str] = mapped_column(String(16))
    record_id: Mapped[str] = mapped_column(String(200), index=True)
    details: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
