"""How a document stands in the database, and how it is read back: JSON of the records, checked on reading."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.errors import AmendmentError
from corpus.records import Document, Passage

_FROM_THE_FILE = {"document_id", "sha256", "passages", "sources", "confidence", "related"}
AMENDABLE = frozenset(field.name for field in fields(Document)) - _FROM_THE_FILE


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list: its current version without passages, as amended by hand, with its place in time."""

    document: Document
    number: int
    file_name: str
    passage_count: int
    added_at: dt.datetime
    withdrawn_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document; ``number`` counts from 1."""

    number: int
    sha256: str
    file_name: str
    passage_count: int
    added_at: dt.datetime
    current: bool


@cache
def _headers() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


@cache
def _passages() -> TypeAdapter[tuple[Passage, ...]]:
    return TypeAdapter(tuple[Passage, ...])


def dump(document: Document) -> tuple[str, str]:
    """Return header (all but digest and passages) and passages as JSON."""
    header = _headers().dump_json(replace(document, passages=(), sha256=""), exclude_defaults=True)
    return header.decode(), _passages().dump_json(document.passages, exclude_defaults=True).decode()


def load_header(header: str, amendments: dict[str, Any], sha256: str) -> Document:
    """Return the document without passages, with the fields amended by hand laid over it."""
    return _headers().validate_python({**json.loads(header), **amendments, "sha256": sha256})


def load_passages(passages: str) -> tuple[Passage, ...]:
    """Return the passages in reading order."""
    return _passages().validate_json(passages)


def checked_amendments(header: str, amendments: dict[str, Any]) -> dict[str, Any]:
    """Return amendments as JSON values, after trying them on the document.

    :raises AmendmentError: for a field outside :data:`AMENDABLE`, a value of the wrong type, or dates out of order.
    """
    if unknown := sorted(amendments.keys() - AMENDABLE):
        raise AmendmentError(f"found {', '.join(unknown)}; wanted fields among {', '.join(sorted(AMENDABLE))}")
    values: dict[str, Any] = json.loads(json.dumps(amendments, default=_as_json))
    try:
        document = load_header(header, values, "")
    except ValidationError as error:
        raise AmendmentError(f"{error.error_count()} wrong values: {error.errors()[0]['msg']}") from error
    effective, repealed = document.effective_date, document.repealed_date
    if effective and repealed and repealed <= effective:
        raise AmendmentError(f"found repealed_date {repealed}, wanted a day after effective_date {effective}")
    return values


def _as_json(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise AmendmentError(f"found {value!r}, wanted a text, a date or a list of texts")
