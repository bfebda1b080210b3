"""Days as official texts write them: 2024年3月5日, 二〇二四年三月五日, 自…起施行, 有效期至…. Pure."""

from __future__ import annotations

import datetime as dt
import re

from corpus.errors import LocatorError
from corpus.locator import NUMERAL, to_int

_DAY = re.compile(
    rf"({NUMERAL})\s*年\s*({NUMERAL})\s*月\s*({NUMERAL})\s*日|(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?!\d)"
)
_IN_FORCE = re.compile(
    r"自(?:([^。；，自]{4,16}日)起?|(?:发布|公布|颁布|印发|签发)之日)起?(?:开始)?(?:施行|实施|执行|生效)"
)
_VALID_UNTIL = re.compile(r"有效期(?:限)?(?:自[^。；]{0,30})?(?:截)?至([^。；，）]{6,16}日)(?:止)?")
_VALID_YEARS = re.compile(rf"有效期(?:限)?(?:为|：)?\s*({NUMERAL})\s*年")


def find_date(text: str) -> dt.date | None:
    """Return the first day that a text names, or None when there is none or it is not in the calendar."""
    match = _DAY.search(text)
    if match is None:
        return None
    try:
        year, month, day = (to_int(part) for part in match.groups() if part)
        return dt.date(year, month, day)
    except (LocatorError, ValueError):
        return None


def effective_date_in(text: str, published: dt.date | None) -> dt.date | None:
    """Return the first day in force that a sentence 自…起施行 states; 自公布之日起 means ``published``."""
    match = _IN_FORCE.search(text)
    if match is None:
        return None
    return find_date(match[1]) if match[1] else published


def repealed_date_in(text: str, effective: dt.date | None) -> dt.date | None:
    """Return the first day out of force that 有效期至… or 有效期五年 states."""
    if until := _VALID_UNTIL.search(text):
        last = find_date(until[1])
        return last + dt.timedelta(days=1) if last else None
    years = _VALID_YEARS.search(text)
    if years is None or effective is None:
        return None
    return _years_later(effective, to_int(years[1]))


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
