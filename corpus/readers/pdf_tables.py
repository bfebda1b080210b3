"""Ruled tables of a PDF file: pdfplumber finds the cells, their text is asked for by place."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException

from corpus.clean import close_up
from corpus.errors import BrokenFileError
from corpus.readers.base import Cell, Table, make_table
from corpus.readers.pdf_layout import Run

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the top left corner."""

TextIn = Callable[[Box], str]

_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table and where it stands."""

    box: Box
    table: Table

    def holds(self, run: Run) -> bool:
        """Tell whether the middle of a run lies in the table."""
        x, y = (run.x0 + run.x1) / 2, (run.top + run.bottom) / 2
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]


def find_cells(data: bytes, numbers: Sequence[int]) -> dict[int, list[list[Box]]]:
    """Return the cells of each ruled table on the pages of these numbers (from 0).

    :raises BrokenFileError: when the file cannot be read.
    """
    if not numbers:
        return {}
    found: dict[int, list[list[Box]]] = {}
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number + 1 for number in numbers]) as document:
            for page in document.pages:
                found[page.page_number - 1] = [list(table.cells) for table in page.find_tables()]
                page.close()
    except PdfminerException as error:
        raise BrokenFileError(f"found a PDF file that cannot be read: {error}") from error
    return found


def place_table(boxes: Sequence[Box], text_in: TextIn) -> PlacedTable | None:
    """Return the table that these cells make, with merged cells resolved.

    :returns: None for less than two by two cells, which is a frame, and for cells without text.
    """
    columns, rows = _edges(boxes, 0, 2), _edges(boxes, 1, 3)
    if len(columns) < 3 or len(rows) < 3:
        return None
    table = make_table(_cell(box, columns, rows, text_in) for box in boxes)
    if table is None:
        return None
    return PlacedTable((columns[0], rows[0], columns[-1], rows[-1]), table)


def _edges(boxes: Sequence[Box], first: int, last: int) -> list[float]:
    edges: list[float] = []
    for edge in sorted(value for box in boxes for value in (box[first], box[last])):
        if not edges or edge - edges[-1] > _TOLERANCE:
            edges.append(edge)
    return edges


def _cell(box: Box, columns: list[float], rows: list[float], text_in: TextIn) -> Cell:
    def index(edges: list[float], value: float) -> int:
        return min(range(len(edges)), key=lambda position: abs(edges[position] - value))

    left, top, right, bottom = index(columns, box[0]), index(rows, box[1]), index(columns, box[2]), index(rows, box[3])
    return Cell(top, left, close_up(text_in(box)), max(bottom - top, 1), max(right - left, 1))
