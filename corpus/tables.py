"""Tables of the library: a document, and every version of it that was ever taken in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from corpus.database import Base, UtcDateTime


class DocumentRow(Base):
    """One document; ``amendments`` are fields corrected by hand, laid over whatever version is current."""

    __tablename__ = "documents"

    document_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    current_number: Mapped[int]
    amendments: Mapped[dict[str, Any]] = mapped_column(JSON)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class VersionRow(Base):
    """One version; ``header`` is the document without passages and ``passages`` their list, both JSON.

    ``original`` is the path of the file below the library's folder; ``reader_version`` says which readers read it.
    """

    __tablename__ = "document_versions"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.document_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    reader_version: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(500))
    original: Mapped[str | None] = mapped_column(String(100))
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    passage_count: Mapped[int]
    header: Mapped[str] = mapped_column(Text)
    passages: Mapped[str] = mapped_column(Text)
