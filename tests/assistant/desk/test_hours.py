from __future__ import annotations

import datetime as dt

import pytest

from assistant.desk.hours import SHANGHAI, WorkingHours

HOURS = WorkingHours.parse("09:00-12:00,14:00-17:00", holidays="2026-11-25", extra_days="2026-11-28")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-23 10:00", 1, "2026-11-23 11:00"),
        ("2026-11-23 10:00", 2, "2026-11-23 12:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 15:00"),
        ("2026-11-23 13:00", 1, "2026-11-23 15:00"),
        ("2026-11-23 16:30", 6, "2026-11-24 16:30"),
        ("2026-11-23 22:00", 1, "2026-11-24 10:00"),
        ("2026-11-24 16:00", 2, "2026-11-26 10:00"),  # Wednesday is a holiday
        ("2026-11-27 16:00", 2, "2026-11-28 10:00"),  # Saturday is worked
        ("2026-11-29 10:00", 1, "2026-11-30 10:00"),  # Sunday is not
    ],
)
def test_only_staffed_time_counts_until_a_ticket_is_due(asked: str, hours: float, due: str) -> None:
    assert HOURS.due(at(asked), dt.timedelta(hours=hours)) == at(due)


def test_a_moment_given_in_utc_means_the_same_as_in_shanghai() -> None:
    asked = at("2026-11-23 10:00")
    assert HOURS.due(asked.astimezone(dt.UTC), dt.timedelta(hours=1)) == HOURS.due(asked, dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 09:00", True), ("2026-11-23 12:00", False), ("2026-11-23 16:59", True),
        ("2026-11-25 10:00", False), ("2026-11-28 10:00", True), ("2026-11-29 10:00", False),
    ],
)  # fmt: skip
def test_knows_when_somebody_is_at_the_desk(moment: str, is_open: bool) -> None:
    assert HOURS.open_at(at(moment)) is is_open


@pytest.mark.parametrize("spans", ["9-12", "", "12:00-09:00", "09:00-12:00,11:00-13:00", "09:00-25:00"])
def test_refuses_working_hours_that_make_no_sense(spans: str) -> None:
    with pytest.raises(ValueError, match=r"hour|wanted"):
        WorkingHours.parse(spans)


def test_refuses_to_wait_for_ever_when_nobody_ever_works() -> None:
    never = WorkingHours(spans=())
    with pytest.raises(ValueError, match="working time"):
        never.due(at("2026-11-23 10:00"), dt.timedelta(hours=1))
