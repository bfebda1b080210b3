"""Reads spreadsheets (XLSX) row by row: each row is a fact with its headers; merged cells are resolved."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from corpus.errors import BrokenFileError, FileTooLargeError
from corpus.readers.archive import open_archive, open_part
from corpus.readers.base import Block, Cell, Content, Heading, Limits, make_table
from corpus.readers.xml import children, local, parse, value, walk

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_Range = tuple[int, int, int, int]


def read_xlsx(data: bytes, limits: Limits) -> Content:
    """Read the visible sheets of a spreadsheet; formulas give the value that was last calculated.

    :raises FileTooLargeError: when there are more filled cells than the limit.
    :raises BrokenFileError: when it cannot be opened.
    """
    with open_archive(data, limits) as archive:
        merged = {name: _merged(archive, path, limits) for name, path in _sheets(archive, limits).items()}
    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError) as error:
        raise BrokenFileError(f"found a spreadsheet that cannot be opened: {error}") from error
    blocks: list[Block] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state == "visible":
            blocks += _sheet(sheet, merged.get(sheet.title, []), limits)
    workbook.close()
    return Content(tuple(blocks))


def _sheets(archive: zipfile.ZipFile, limits: Limits) -> dict[str, str]:
    """Return the path of each sheet inside the archive, by the sheet's name."""
    with open_part(archive, _RELATIONS, limits) as part:
        targets = {value(item, "Id"): value(item, "Target") or "" for item in parse(part)}
    with open_part(archive, _WORKBOOK, limits) as part:
        sheets = [item for group in children(parse(part), "sheets") for item in children(group, "sheet")]
    found = {}
    for sheet in sheets:
        identity = next((text for key, text in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(identity, "")
        found[value(sheet, "name") or ""] = (
            target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
        )
    return found


def _merged(archive: zipfile.ZipFile, path: str, limits: Limits) -> list[_Range]:
    """Return the merged ranges of a sheet; they stand after its rows, which are skipped without keeping them."""
    if path not in archive.namelist():
        return []
    ranges: list[_Range] = []
    open_elements: list[Element] = []
    with open_part(archive, path, limits) as part:
        for event, element in walk(part):
            if event == "start":
                open_elements.append(element)
                continue
            open_elements.pop()
            if local(element) == "mergeCell":
                ranges.append(_range(value(element, "ref") or ""))
            elif local(element) == "row" and open_elements:
                open_elements[-1].remove(element)
    return ranges


def _range(reference: str) -> _Range:
    try:
        left, top, right, bottom = range_boundaries(reference)
    except (ValueError, TypeError) as error:
        raise BrokenFileError(f"found the merged range {reference!r}") from error
    return int(left or 1), int(top or 1), int(right or 1), int(bottom or 1)


def _sheet(sheet: Any, merged: list[_Range], limits: Limits) -> Iterator[Block]:
    rows: dict[int, dict[int, str]] = {}
    filled = 0
    for row in sheet.iter_rows():
        values = {cell.column: text for cell in row if cell.value is not None and (text := _text(cell))}
        if values:
            rows[row[0].row if hasattr(row[0], "row") else next(c.row for c in row if hasattr(c, "row"))] = values
            filled += len(values)
        if filled > limits.max_cells:
            raise FileTooLargeError(f"found more than {limits.max_cells} filled cells; split the spreadsheet")
    numbers = sorted(rows)
    table = make_table(_cells(rows, numbers, merged), row_numbers=numbers)
    if table is not None:
        yield Heading(sheet.title, 2)
        yield table


def _cells(rows: dict[int, dict[int, str]], numbers: list[int], merged: list[_Range]) -> Iterator[Cell]:
    """Yield the filled cells by their place among the filled rows, each merged range as one cell."""
    corners = {(top, left): (bottom, right) for left, top, right, bottom in merged}
    for index, number in enumerate(numbers):
        for column, text in rows[number].items():
            bottom, right = corners.get((number, column), (number, column))
            height = bisect_right(numbers, bottom) - bisect_left(numbers, number)
            yield Cell(index, column - 1, text, max(height, 1), right - column + 1)


def _text(cell: Any) -> str:
    """Return a cell as a reader of the sheet sees it: 5% for 0.05, 2024-03-05 for a day, 3960 for 3960.0."""
    content = cell.value
    if isinstance(content, bool):
        return "是" if content else "否"
    if isinstance(content, int | float):
        if "%" in (cell.number_format or ""):
            return f"{content * 100:.10g}%"
        return f"{content:.15g}"
    if isinstance(content, dt.datetime) and content.time() == dt.time():
        return content.date().isoformat()
    return str(content).strip()
