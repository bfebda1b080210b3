"""When the desk is staffed, and when a ticket is due. Pure: all moments are aware, the desk's clock is Shanghai's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_SEARCHED_DAYS = 400


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Spans of a working day, Monday to Friday; ``holidays`` are free, ``extra_days`` (调休) are worked."""

    spans: tuple[tuple[dt.time, dt.time], ...]
    holidays: frozenset[dt.date] = frozenset()
    extra_days: frozenset[dt.date] = frozenset()

    @classmethod
    def parse(cls, spans: str, holidays: str = "", extra_days: str = "") -> WorkingHours:
        """Read ``09:00-12:00,14:00-17:00`` and comma-separated days.

        :raises ValueError: for a span that cannot be read, ends before it begins, or overlaps the one before.
        """
        read = tuple(_span(part.strip()) for part in spans.split(","))
        ordered = [moment for span in read for moment in span]
        if ordered != sorted(set(ordered)):
            raise ValueError(f"found working hours {spans!r}, wanted rising spans like 09:00-12:00,14:00-17:00")
        return cls(read, _days(holidays), _days(extra_days))

    def works_on(self, day: dt.date) -> bool:
        """Return whether the desk is staffed at all on ``day``."""
        return day in self.extra_days or (day.weekday() < 5 and day not in self.holidays)

    def open_at(self, moment: dt.datetime) -> bool:
        """Return whether somebody is at the desk at ``moment``."""
        local = moment.astimezone(SHANGHAI)
        return self.works_on(local.date()) and any(start <= local.time() < end for start, end in self.spans)

    def due(self, moment: dt.datetime, working_time: dt.timedelta) -> dt.datetime:
        """Return the moment, in UTC, at which ``working_time`` of staffed time has passed since ``moment``."""
        left = working_time
        for start, end in self._spans_after(moment.astimezone(SHANGHAI)):
            if end - start >= left:
                return (start + left).astimezone(dt.UTC)
            left -= end - start
        raise ValueError(f"found fewer than {working_time} of working time in {_SEARCHED_DAYS} days")

    def _spans_after(self, local: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        for offset in range(_SEARCHED_DAYS):
            day = local.date() + dt.timedelta(days=offset)
            if not self.works_on(day):
                continue
            for opens, closes in self.spans:
                start = dt.datetime.combine(day, opens, SHANGHAI)
                end = dt.datetime.combine(day, closes, SHANGHAI)
                if end > local:
                    yield max(start, local), end


def _span(text: str) -> tuple[dt.time, dt.time]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"found working hours {text!r}, wanted spans like 09:00-12:00")
    opens, closes = dt.time(int(match[1]), int(match[2])), dt.time(int(match[3]), int(match[4]))
    return opens, closes


def _days(text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(part.strip()) for part in text.split(",") if part.strip())
