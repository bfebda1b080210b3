"""Ruled tables of a PDF file, by pdfplumber."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException

from corpus.clean import close_up
from corpus.errors import BrokenFileError
from corpus.readers.base import Cell, Table, make_table
from corpus.readers.pdf_layout import Run

_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table and where it stands, in points from the top left corner."""

    x0: float
    top: float
    x1: float
    bottom: float
    table: Table

    def holds(self, run: Run) -> bool:
        """Tell whether the middle of a run lies in the table."""
        x, y = (run.x0 + run.x1) / 2, (run.top + run.bottom) / 2
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom


def ruled_tables(data: bytes, numbers: Sequence[int]) -> dict[int, list[PlacedTable]]:
    """Return the tables of at least two by two cells on the pages of these numbers (from 0).

    :raises BrokenFileError: when the file cannot be read.
    """
    if not numbers:
        return {}
    try:
        with pdfplumber.open(io.BytesIO(data), pages=[number + 1 for number in numbers]) as document:
            return {page.page_number - 1: _on_page(page) for page in document.pages}
    except PdfminerException as error:
        raise BrokenFileError(f"found a PDF file that cannot be read: {error}") from error


def _on_page(page: Any) -> list[PlacedTable]:
    found = []
    for ruled in page.find_tables():
        columns, rows = _edges(ruled.cells, 0, 2), _edges(ruled.cells, 1, 3)
        if len(columns) < 3 or len(rows) < 3:
            continue
        cells = [_cell(page, box, columns, rows) for box in ruled.cells]
        if table := make_table(cells):
            x0, top, x1, bottom = ruled.bbox
            found.append(PlacedTable(x0, top, x1, bottom, table))
    page.close()
    return found


def _edges(boxes: Sequence[Sequence[float]], first: int, last: int) -> list[float]:
    edges: list[float] = []
    for edge in sorted(value for box in boxes for value in (box[first], box[last])):
        if not edges or edge - edges[-1] > _TOLERANCE:
            edges.append(edge)
    return edges


def _cell(page: Any, box: tuple[float, float, float, float], columns: list[float], rows: list[float]) -> Cell:
    def index(edges: list[float], value: float) -> int:
        return min(range(len(edges)), key=lambda position: abs(edges[position] - value))

    left, top, right, bottom = index(columns, box[0]), index(rows, box[1]), index(columns, box[2]), index(rows, box[3])
    text = close_up((page.crop(box, strict=False).extract_text() or "").replace("\n", " "))
    return Cell(top, left, text, max(bottom - top, 1), max(right - left, 1))
