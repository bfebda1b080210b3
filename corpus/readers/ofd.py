"""Reads OFD files (GB/T 33190), China's fixed-layout format: a zip of XML. The text objects of each page are laid out anew.

There is a library for it on PyPI (easyofd), but it needs PyMuPDF, whose licence (AGPL) this project cannot take on.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from corpus.errors import BrokenFileError, FileTooLargeError, ScannedFileError
from corpus.readers.archive import open_archive, open_part
from corpus.readers.base import Block, Content, Limits, Paragraph, Table
from corpus.readers.ofd_tables import Rule, lines_and_tables, ruled_tables, rules_of
from corpus.readers.pdf_layout import (
    Run,
    is_running_head,
    page_lines,
    paragraphs,
    rows_of,
    running_heads,
    segments_of,
)
from corpus.readers.xml import child, children, local, parse, value

_GAP = 1.6
_A4_MM = (210.0, 297.0)


def read_ofd(data: bytes, limits: Limits) -> Content:
    """Read an OFD file.

    :raises BrokenFileError: when a part is missing or damaged.
    :raises ScannedFileError: when its pages hold pictures and no text.
    """
    with open_archive(data, limits) as archive:
        reader = _Reader(archive, limits)
        pages = [page for root in reader.document_roots() for page in reader.pages(root)]
        pictures = any(name.lower().endswith((".jpg", ".jpeg", ".png", ".jb2", ".tif")) for name in archive.namelist())
    if not any(page.runs for page in pages) and pictures:
        raise ScannedFileError("found OFD pages that are pictures; wanted text: export the document with its text")
    heads = running_heads([(page.segments, page.height) for page in pages])
    return Content(tuple(block for page in pages for block in _blocks(page, heads)))


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands on a page; lengths in mm."""

    runs: Sequence[Run]
    rules: Sequence[Rule]
    width: float
    height: float

    @property
    def segments(self) -> list[Run]:
        return segments_of(self.runs)


def _blocks(page: _Page, heads: set[str]) -> Iterator[Block]:
    """Yield paragraphs and tables from top to bottom."""
    tables = ruled_tables(page.rules, page.runs)
    free = segments_of(run for run in page.runs if not any(table.holds(run) for table in tables))
    free = [segment for segment in free if not is_running_head(segment, page.height, heads)]
    for placed in tables:
        yield from _text([segment for segment in free if segment.top < placed.box[1]], page.width)
        free = [segment for segment in free if segment.top >= placed.box[1]]
        yield placed.table
    yield from _text(free, page.width)


def _text(segments: Sequence[Run], width: float) -> Iterator[Block]:
    lines = page_lines(segments, width)
    if len(lines) != len(rows_of(segments)):  # two columns of text: what stands side by side is no row
        yield from map(Paragraph, paragraphs(lines))
        return
    for part in lines_and_tables(segments):
        if isinstance(part, Table):
            yield part
        else:
            yield from map(Paragraph, paragraphs(part))


class _Reader:
    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits

    def _parse(self, path: str) -> Element:
        with open_part(self._archive, path, self._limits) as part:
            return parse(part)

    def document_roots(self) -> Iterator[str]:
        for body in children(self._parse("OFD.xml"), "DocBody"):
            root = child(body, "DocRoot")
            if root is not None and root.text:
                yield root.text.strip().lstrip("/")

    def pages(self, root: str) -> Iterator[_Page]:
        """Yield each page; what its templates hold comes first."""
        document = self._parse(root)
        common = child(document, "CommonData")
        default_size = _size(child(common, "PageArea")) if common is not None else None
        templates = {value(item, "ID"): value(item, "BaseLoc") or "" for item in _all(common, "TemplatePage")}
        listed = [item for group in children(document, "Pages") for item in children(group, "Page")]
        if len(listed) > self._limits.max_pages:
            raise FileTooLargeError(f"found {len(listed)} pages, wanted at most {self._limits.max_pages}")
        for item in listed:
            page = self._parse(_beside(root, value(item, "BaseLoc") or ""))
            used = [templates.get(value(use, "TemplateID"), "") for use in children(page, "Template")]
            parts = [*(self._parse(_beside(root, path)) for path in used if path), page]
            runs = [run for part in parts for run in _runs(part)]
            rules = [rule for part in parts for rule in rules_of(part)]
            yield _Page(runs, rules, *(_size(child(page, "Area")) or default_size or _A4_MM))


def _all(element: Element | None, name: str) -> Iterator[Element]:
    return children(element, name) if element is not None else iter(())


def _beside(root: str, path: str) -> str:
    if path.startswith("/"):
        return path.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(root), path))


def _size(area: Element | None) -> tuple[float, float] | None:
    box = child(area, "PhysicalBox") if area is not None else None
    if box is None or not box.text:
        return None
    numbers = _numbers(box.text)
    return (numbers[2], numbers[3]) if len(numbers) == 4 else None


def _runs(page: Element) -> Iterator[Run]:
    for item in page.iter():
        if local(item) != "TextObject" or value(item, "Visible") == "false":
            continue
        box, size = _numbers(value(item, "Boundary") or ""), float(value(item, "Size") or 4)
        if len(box) != 4:
            continue
        codes = [code for code in children(item, "TextCode") if code.text and code.text.strip()]
        for code in codes:
            top = box[1] if len(codes) == 1 else box[1] + float(value(code, "Y") or 0) - size
            left = box[0] + float(value(code, "X") or 0)
            height = box[3] if len(codes) == 1 else size
            for text, x, width in _apart(code, size):
                yield Run(left + x, top, left + x + (width or box[2]), top + height, text)


def _apart(code: Element, size: float) -> Iterator[tuple[str, float, float]]:
    """Yield the text, cut where the next character stands far off: where it begins, and its width (0: not told), in mm."""
    text = (code.text or "").strip("\n")
    steps = _steps(value(code, "DeltaX") or "")[: max(len(text) - 1, 0)]
    ends = [index for index, step in enumerate(steps, start=1) if step > _GAP * size]
    for begin, end in pairwise([0, *ends, len(text)]):
        if text[begin:end].strip():
            width = sum(steps[begin : end - 1]) + size if steps else 0.0
            yield text[begin:end], sum(steps[:begin]), width


def _steps(delta: str) -> list[float]:
    """Expand distances such as ``3.5 g 4 2.1``: 3.5, then four times 2.1."""
    words = delta.split()
    steps: list[float] = []
    while words:
        word = words.pop(0)
        if word != "g":
            steps.append(_number(word))
        elif len(words) >= 2:
            count, step = int(_number(words.pop(0))), _number(words.pop(0))
            steps += [step] * min(max(count, 0), 10_000)
    return steps


def _numbers(text: str) -> list[float]:
    return [_number(word) for word in text.split()]


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise BrokenFileError(f"found {word!r} where OFD wants a number") from error
