"""A report as tables that a spreadsheet program opens. No cell is ever taken for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.desk import messages
from assistant.desk.hours import SHANGHAI
from assistant.desk.statistics import Count, Report

Cell = str | int | float | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Table:
    """A named table; the first row of a sheet is ``header``."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: Report) -> tuple[Table, ...]:
    """Return a report as tables, the totals first."""
    tickets, verdicts = report.tickets, report.satisfaction
    totals: tuple[tuple[Cell, ...], ...] = (
        (messages.ASKED, report.total.asked), (messages.ANSWERED, report.total.answered),
        (messages.HANDED_OVER, report.total.handed_over), (messages.ABSTAINED, report.total.abstained),
        (messages.RATED_UP, verdicts.up), (messages.RATED_DOWN, verdicts.down),
        (messages.TICKETS_OPENED, tickets.opened), (messages.TICKETS_ANSWERED, tickets.answered),
        (messages.TICKETS_LATE, tickets.late), (messages.HOURS_TO_ANSWER, tickets.median_hours),
        (messages.MEDIAN_MS, report.median_ms), (messages.P95_MS, report.p95_ms),
    )  # fmt: skip
    return (
        Table(messages.TABLE_TOTALS, (messages.FIGURE, messages.VALUE), totals),
        _counted(messages.TABLE_DAYS, messages.DAY, report.by_day),
        _counted(messages.TABLE_CHANNELS, messages.CHANNEL, report.by_channel),
        _counted(messages.TABLE_TOPICS, messages.TOPIC, report.by_topic),
        _counted(messages.TABLE_DISTRICTS, messages.DISTRICT, report.by_district),
        Table(
            messages.TABLE_UNANSWERED,
            (messages.QUESTION, messages.ASKED, messages.LAST_ASKED),
            tuple((each.question, each.asked, _moment(each.last_at)) for each in report.unanswered),
        ),
        Table(
            messages.TABLE_SLOW,
            (messages.QUESTION, messages.MILLISECONDS, messages.MOMENT),
            tuple((each.query, round(each.elapsed_ms), _moment(each.at)) for each in report.slow),
        ),
    )


def as_csv(table: Table) -> bytes:
    """Return one table as CSV in UTF-8 with a byte order mark, which spreadsheet programs need for Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(_safe_row(row) for row in (table.header, *table.rows))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(found: Sequence[Table]) -> bytes:
    """Return all tables as sheets of one workbook."""
    # Imported here: ten megabytes and a fifth of a second that a start need not wait for.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for table in found:
        sheet = book.create_sheet(table.name[:31])
        for row in (table.header, *table.rows):
            sheet.append(_safe_row(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _safe_row(row: Sequence[Cell]) -> list[Cell]:
    return [safe_cell(cell) for cell in row]


def safe_cell(cell: Cell) -> Cell:
    """Return a cell that is shown as it is: text that a spreadsheet program would execute gets an apostrophe.

    >>> safe_cell("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub("", cell)[:32_000]
    starts = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if starts else text


def _counted(name: str, first: str, counts: Sequence[Count]) -> Table:
    header = (first, messages.ASKED, messages.ANSWERED, messages.HANDED_OVER, messages.ABSTAINED)
    return Table(
        name, header, tuple((each.name, each.asked, each.answered, each.handed_over, each.abstained) for each in counts)
    )


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
