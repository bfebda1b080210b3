"""From printed runs of text on a page to paragraphs: columns, lines, running heads. Pure.

Coordinates are points from the top left corner; ``x0 < x1``, ``top < bottom``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from statistics import median

from corpus.clean import close_up
from corpus.structure import article_of, division_of, outline_of

_SAME_LINE = 0.5
_WORD_GAP = 0.25
_CELL_GAP = 1.2
_EDGE = 0.08
_LONGEST_HEAD = 40
_FEWEST_COLUMN_LINES = 5
_LEAST_COLUMN = 0.25
_LISTED = re.compile(
    r"\d{1,2}\s*[.、．)）]|[①-⑳]|[（(]\s*(?:[一二三四五六七八九十]+|\d{1,2})\s*[）)]|[—-]{1,2}[^\d—-]|附件|附表|注[:：]"
)
_SENTENCE_END = ("。", "；", "：", ":", "！", "？", "”")


@dataclass(frozen=True, slots=True)
class Run:
    """Text printed in one go, on one line."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        """Return the height in points."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Return the middle between top and bottom."""
        return (self.top + self.bottom) / 2


Line = Run


def segments_of(runs: Iterable[Run]) -> list[Run]:
    """Join the runs of each line as far as they stand together, from top to bottom and left to right."""
    return [segment for row in rows_of(runs) for segment in _segments(row)]


def page_lines(segments: Sequence[Run], width: float) -> list[Line]:
    """Return the lines of a page in reading order; of two columns the left one first, between lines across both.

    :param segments: as :func:`segments_of` gives them.
    """
    gutter = _gutter(segments, width)
    if gutter is None:
        return joined_lines(segments)
    ordered: list[Line] = []
    left: list[Run] = []
    right: list[Run] = []
    for segment in segments:
        if segment.x0 < gutter < segment.x1:
            ordered += [*joined_lines(left), *joined_lines(right), segment]
            left, right = [], []
        else:
            (left if segment.x1 <= gutter else right).append(segment)
    return [*ordered, *joined_lines(left), *joined_lines(right)]


def rows_of(runs: Iterable[Run]) -> list[list[Run]]:
    """Group what stands on one line, from top to bottom, each group from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.top + run.bottom):
        last = rows[-1][-1] if rows else None
        if last is not None and run.middle - last.middle < _SAME_LINE * min(run.height, last.height):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _segments(row: Sequence[Run]) -> Iterator[Run]:
    """Join the runs of a line as far as they stand together; another cell or column is a segment of its own."""
    waiting = row[0]
    for run in row[1:]:
        gap = run.x0 - waiting.x1
        if gap > _CELL_GAP * run.height:
            yield replace(waiting, text=close_up(waiting.text))
            waiting = run
        else:
            waiting = _joined(waiting, run, " " if gap > _WORD_GAP * run.height else "")
    yield replace(waiting, text=close_up(waiting.text))


def joined_lines(segments: Iterable[Run]) -> list[Line]:
    """Join the segments of each line; a blank keeps cells without rules apart."""
    return [reduce(lambda line, segment: _joined(line, segment, " "), row) for row in rows_of(segments)]


def _joined(one: Run, other: Run, between: str) -> Run:
    box = min(one.top, other.top), max(one.x1, other.x1), max(one.bottom, other.bottom)
    return Run(one.x0, *box, one.text + between + other.text)


def _gutter(segments: Sequence[Run], width: float) -> float | None:
    """Return where two columns of text part, or None. Cells of a table are short; lines of a column fill it."""
    for step in range(40, 61, 2):
        x = width * step / 100
        left = [segment for segment in segments if segment.x1 <= x]
        right = [segment for segment in segments if segment.x0 >= x]
        crossing = len(segments) - len(left) - len(right)
        if min(len(left), len(right)) < _FEWEST_COLUMN_LINES or crossing > len(segments) / 4:
            continue
        if all(_is_column(side, width) for side in (left, right)):
            return x
    return None


def _is_column(side: Sequence[Run], width: float) -> bool:
    extent = max(segment.x1 for segment in side) - min(segment.x0 for segment in side)
    return extent > _LEAST_COLUMN * width and median(segment.x1 - segment.x0 for segment in side) > 0.7 * extent


def running_heads(pages: Sequence[tuple[Sequence[Run], float]]) -> set[str]:
    """Return the texts, digits left out, that stand at the edge of at least three pages and of half of them.

    :param pages: the runs and the height of each page.
    """
    seen = Counter(
        key for runs, height in pages for key in {head_key(run.text) for run in runs if _may_be_head(run, height)}
    )
    return {key for key, count in seen.items() if count >= max(3, len(pages) / 2)}


def is_running_head(run: Run, height: float, heads: set[str]) -> bool:
    """Tell whether a run repeats what :func:`running_heads` found; page numbers do."""
    return _may_be_head(run, height) and head_key(run.text) in heads


def _may_be_head(run: Run, height: float) -> bool:
    at_edge = run.bottom < _EDGE * height or run.top > (1 - _EDGE) * height
    return at_edge and len(run.text) <= _LONGEST_HEAD and article_of(run.text) is None


def head_key(text: str) -> str:
    """Return a running head without what changes from page to page."""
    return re.sub(r"[\d\s]+", "", text)


def paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """Join the lines of one page or column into paragraphs."""
    waiting = ""
    previous: Line | None = None
    right = max((line.x1 for line in lines), default=0.0)
    gaps = [b.top - a.bottom for a, b in pairwise(lines) if b.top > a.bottom]
    usual = median(gaps) if gaps else 0.0
    for line in lines:
        if not line.text:
            continue
        if previous is not None and _begins(line, previous, right, usual):
            yield waiting
            waiting = ""
        waiting = f"{waiting} {line.text}" if _needs_blank(waiting, line.text) else waiting + line.text
        previous = line
    if waiting:
        yield waiting


def _begins(line: Line, previous: Line, right: float, usual: float) -> bool:
    if line.top < previous.top:  # the next column
        return previous.text.endswith(_SENTENCE_END) or starts_anew(line.text)
    ended_early = previous.x1 < right - 2.5 * previous.height
    indented = line.x0 > previous.x0 + 1.2 * line.height
    far = line.top - previous.bottom > usual + 0.8 * line.height
    return ended_early or indented or far or starts_anew(line.text)


def starts_anew(text: str) -> bool:
    """Tell whether a line begins with a number of its own."""
    return bool(article_of(text) or division_of(text) or outline_of(text) or _LISTED.match(text))


def continues(text: str, following: str) -> bool:
    """Tell whether a paragraph at the foot of a page goes on with the one at the head of the next."""
    return len(text) > 20 and not text.endswith(_SENTENCE_END) and not starts_anew(following)


def _needs_blank(text: str, following: str) -> bool:
    return (
        bool(text) and text[-1].isascii() and text[-1].isalnum() and following[0].isascii() and following[0].isalnum()
    )
