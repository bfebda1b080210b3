"""Which day a question is about. Pure."""

from __future__ import annotations

import datetime as dt
import re

_YEAR_MONTH = re.compile(
    r"(?<!\d)(20\d{2})\s*[年\-/.]\s*(1[0-2]|0?[1-9])(?!\d)(?:\s*[月\-/.]\s*(3[01]|[12]\d|0?[1-9])(?!\d)[日号]?|月份?)?"
)
_NEXT_YEAR = re.compile(r"明年|过了年|来年")


def asked_day(query: str, today: dt.date) -> dt.date:
    """Return the day ``query`` is about: a later day it names, else ``today``.

    Only days to come move the date, and only with a month or as "next year": a bare year is more often a forecast that
    somebody wants. A past year in a question names a plan's target or an old event, and its reader
    still lives today.
    """
    match = _YEAR_MONTH.search(query)
    if match is not None:
        try:
            day = dt.date(int(match[1]), int(match[2]), int(match[3] or 1))
        except ValueError:
            return today
        return max(day, today)
    if _NEXT_YEAR.search(query):
        return dt.date(today.year + 1, 1, 1)
    return today


def without_day(query: str) -> str:
    """Return ``query`` without the day it names: that has moved the date, and is nothing to search for."""
    for pattern in (_YEAR_MONTH, _NEXT_YEAR):
        query = pattern.sub("", query)
    return query.strip() or query
