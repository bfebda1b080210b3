"""What every reader gives: headings, paragraphs and tables in reading order; and what it must not exceed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.clean import clean_line

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may cost; sizes in bytes.

    ``max_ratio`` is unpacked to packed size of an archive, checked above ``ratio_floor`` unpacked bytes
    (an honest small XML file may shrink a hundredfold).
    """

    max_bytes: int = 50 * MIB
    max_unpacked_bytes: int = 400 * MIB
    max_part_bytes: int = 40 * MIB
    max_html_bytes: int = 20 * MIB
    max_ratio: int = 100
    ratio_floor: int = 5 * MIB
    max_entries: int = 10_000
    max_pages: int = 3_000
    max_cells: int = 200_000
    conversion_timeout_s: int = 120


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as the file marks it; ``level`` from 1."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text without line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table at ``row``, ``column`` (from 0), covering ``rows`` × ``columns`` places."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table with merged cells resolved: every place holds the text of the cell that covers it.

    ``names`` is the header; ``row_numbers`` are those of a spreadsheet, where each row is a fact of its own
    (empty: a table of a text, which is kept together).
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    row_numbers: tuple[int, ...] = ()


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Content:
    """What a file says, before its passages are cut; the fields besides ``blocks`` only where the file states them.

    ``transcribed`` tells that some of it was read from pictures by OCR.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    issuer: str | None = None
    published_date: dt.date | None = None
    transcribed: bool = False


Reader = Callable[[bytes, Limits], Content]


def make_table(cells: Iterable[Cell], *, row_numbers: Sequence[int] = ()) -> Table | None:
    """Resolve merged cells and find caption and header.

    A first row with one cell only is the caption. The header is one row, or as many as its merged cells cover;
    names of several header rows are joined with ``/`` (补助金额/上限).

    :returns: None when there is no text at all.
    """
    given = list(cells)
    height = max((cell.row + cell.rows for cell in given), default=0)
    width = max((cell.column + cell.columns for cell in given), default=0)
    grid = [[""] * width for _ in range(height)]
    for cell in given:
        text = clean_line(cell.text)
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid[row][column] = text
    top, captions = 0, []
    while top < height - 1 and width > 1 and (len(set(grid[top])) == 1 or not any(grid[top][1:])):
        captions.append(grid[top][0])
        top += 1
    depth = _header_depth(given, top, height)
    names = tuple(
        "/".join(dict.fromkeys(part for part in column if part))
        for column in zip(*grid[top : top + depth], strict=True)
    )
    rows = tuple(tuple(row) for row in grid[top + depth :])
    if not any(names) and not any(any(row) for row in rows):
        return None
    return Table(names, rows, "".join(captions), tuple(row_numbers[top + depth :]))


def _header_depth(cells: list[Cell], top: int, height: int) -> int:
    first = [cell for cell in cells if cell.row == top]
    if any(cell.columns > 1 for cell in first):
        deepest = max((cell.rows for cell in first), default=1)
        return min(max(deepest, 2 if height - top > 2 else 1), height - top)
    return 1
