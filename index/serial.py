"""Documents as JSON lines: one line a document, its passages in it; dates in ISO form, enums by value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from enum import StrEnum
from typing import Any

from corpus.records import Confidence, Document, Facet, Kind, Passage, Source

_DOCUMENT_DATES = (
    *("published_date", "effective_date", "repealed_date", "period_start", "period_end"),
    *("reviewed_on", "review_due"),
)
_PASSAGE_DATES = ("effective_date", "repealed_date")


def document_to_json(document: Document) -> str:
    """Return one line of JSON with everything the document and its passages hold."""
    return json.dumps(_plain(document), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def document_from_json(line: str) -> Document:
    """Return what :func:`document_to_json` was given.

    :raises ValueError: the line is not JSON or a value is not what the record wants.
    :raises KeyError: a field is missing.
    :raises TypeError: a field is unknown.
    """
    values = json.loads(line)
    _read_dates(values, _DOCUMENT_DATES)
    values["kind"] = Kind(values["kind"])
    if "confidence" in values:
        values["confidence"] = Confidence(values["confidence"])
    for name in ("audience", "aliases", "replaces", "related"):
        values[name] = tuple(values.get(name, ()))
    values["sources"] = tuple(Source(**source) for source in values.get("sources", ()))
    document_id = values["document_id"]
    values["passages"] = tuple(_passage(passage, document_id) for passage in values.get("passages", ()))
    return Document(**values)


def _passage(values: dict[str, Any], document_id: str) -> Passage:
    _read_dates(values, _PASSAGE_DATES)
    values["questions"] = tuple(values.get("questions", ()))
    values["facet"] = Facet(values["facet"]) if values.get("facet") else None
    values["document_id"] = document_id
    return Passage(**values)


def _read_dates(values: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if values.get(name):
            values[name] = dt.date.fromisoformat(values[name])


def _plain(record: Document | Passage | Source) -> dict[str, Any]:
    """Return the fields that differ from their defaults, in JSON's types."""
    plain = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if value == field.default or (isinstance(record, Passage) and field.name == "document_id"):
            continue
        plain[field.name] = _plain_value(value)
    return plain


def _plain_value(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, Passage | Source):
        return _plain(value)
    return value
