"""Tables of an OFD page: cells between ruled lines, or columns of rows that stand below one another. Lengths in mm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from xml.etree.ElementTree import Element

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from corpus.readers.base import Cell, Table, make_table
from corpus.readers.pdf_layout import Line, Run, joined_lines, rows_of, segments_of
from corpus.readers.pdf_tables import Box, PlacedTable, place_table
from corpus.readers.xml import child, local, value

_STRAIGHT = 0.3
_NEAR = 1.0
_MOST_RULES = 3000
_FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, level or upright."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def level(self) -> bool:
        """Tell whether it runs from left to right."""
        return self.bottom - self.top <= _STRAIGHT


def rules_of(page: Element) -> Iterator[Rule]:
    """Yield the level and upright lines of the paths that are drawn on a page, or of their outlines."""
    for item in page.iter():
        if local(item) == "PathObject" and value(item, "Visible") != "false":
            data, box = child(item, "AbbreviatedData"), _numbers(value(item, "Boundary") or "")
            if data is not None and data.text and len(box) == 4:
                matrix = _numbers(value(item, "CTM") or "")
                yield from _straight(data.text, box[:2], matrix if len(matrix) == 6 else [1, 0, 0, 1, 0, 0])


def _straight(path: str, origin: Sequence[float], matrix: Sequence[float]) -> Iterator[Rule]:
    a, b, c, d, e, f = matrix
    for one, other in _strokes(path.split()):
        (x0, y0), (x1, y1) = ((origin[0] + a * x + c * y + e, origin[1] + b * x + d * y + f) for x, y in (one, other))
        if min(abs(x1 - x0), abs(y1 - y0)) <= _STRAIGHT < max(abs(x1 - x0), abs(y1 - y0)):
            yield Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _strokes(words: Sequence[str]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield both ends of each straight stroke of OFD's path language (M, S, L, C; curves only move on)."""
    groups: list[tuple[str, list[float]]] = []
    for word in words:
        if word.isalpha():
            groups.append((word, []))
        elif groups:
            groups[-1][1].extend(_numbers(word))
    start = at = (0.0, 0.0)
    for letter, numbers in groups:
        to = start if letter == "C" else (numbers[-2], numbers[-1]) if len(numbers) >= 2 else at
        if letter in ("L", "C"):
            yield at, to
        elif letter in ("M", "S"):
            start = to
        at = to


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []  # a picture's path; a damaged one draws no table


def ruled_tables(rules: Sequence[Rule], runs: Sequence[Run]) -> list[PlacedTable]:
    """Return the tables whose cells are ruled, from top to bottom, with merged cells resolved."""
    if not 4 <= len(rules) <= _MOST_RULES:
        return []
    edges = merge_edges([_edge(rule) for rule in rules], _NEAR, _NEAR, _NEAR, _NEAR)
    boxes = intersections_to_cells(edges_to_intersections(edges, _NEAR, _NEAR))

    def text_in(box: Box) -> str:
        x0, top, x1, bottom = box
        inside = [run for run in runs if x0 <= (run.x0 + run.x1) / 2 <= x1 and top <= run.middle <= bottom]
        return "".join(line.text for line in joined_lines(segments_of(inside)))

    placed = [place_table(cells, text_in) for cells in cells_to_tables(boxes)]
    return sorted((table for table in placed if table is not None), key=lambda table: table.box[1])


def _edge(rule: Rule) -> dict[str, Any]:
    edge: dict[str, Any] = {"x0": rule.x0, "x1": rule.x1, "top": rule.top, "bottom": rule.bottom, "object_type": "line"}
    middle = (rule.top + rule.bottom) / 2 if rule.level else (rule.x0 + rule.x1) / 2
    edge |= (
        {"top": middle, "bottom": middle, "orientation": "h"}
        if rule.level
        else {"x0": middle, "x1": middle, "orientation": "v"}
    )
    return edge | {"width": edge["x1"] - edge["x0"], "height": edge["bottom"] - edge["top"]}


def lines_and_tables(segments: Sequence[Run]) -> Iterator[list[Line] | Table]:
    """Yield lines that may be joined to paragraphs, and tables without rules; a row that is no table's stays alone."""
    for many, group in groupby(_grouped(rows_of(segments)), key=lambda rows: len(rows[0]) > 1):
        if not many:
            yield joined_lines([run for rows in group for row in rows for run in row])
            continue
        for rows in group:
            table = _table(rows) if len(rows) >= _FEWEST_ROWS else None
            if table is not None:
                yield table
            else:
                yield from (joined_lines(row) for row in rows)


def _grouped(rows: Sequence[list[Run]]) -> Iterator[list[list[Run]]]:
    """Group neighbouring rows of which each cell stands below one of the row before."""
    group: list[list[Run]] = []
    for row in rows:
        if group and not _below(group[-1], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _below(above: Sequence[Run], row: Sequence[Run]) -> bool:
    if len(above) != len(row) or len(row) < 2:
        return False
    own = all(one.x0 < other.x1 and other.x0 < one.x1 for one, other in zip(above, row, strict=True))
    others = any(one.x1 > right.x0 or other.x1 > left.x0
                 for (one, left), (other, right) in zip(pairwise(above), pairwise(row), strict=True))  # fmt: skip
    return own and not others


def _table(rows: Sequence[Sequence[Run]]) -> Table | None:
    return make_table(Cell(y, x, run.text) for y, row in enumerate(rows) for x, run in enumerate(row))
