"""Reads OFD files (GB/T 33190), China's fixed-layout format: a zip of XML. The text objects of each page are laid out anew.

There is a library for it on PyPI (easyofd), but it needs PyMuPDF, whose licence (AGPL) this project cannot take on.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from corpus.errors import BrokenFileError, FileTooLargeError, ScannedFileError
from corpus.readers.archive import open_archive, open_part
from corpus.readers.base import Block, Content, Limits, Paragraph
from corpus.readers.pdf_layout import Run, is_running_head, page_lines, paragraphs, running_heads, segments_of
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
    if not any(runs for runs, _, _ in pages) and pictures:
        raise ScannedFileError("found OFD pages that are pictures; wanted text: export the document with its text")
    heads = running_heads([(runs, height) for runs, _, height in pages])
    blocks: list[Block] = []
    for runs, width, height in pages:
        kept = [run for run in runs if not is_running_head(run, height, heads)]
        blocks += [Paragraph(text) for text in paragraphs(page_lines(kept, width))]
    return Content(tuple(blocks))


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

    def pages(self, root: str) -> Iterator[tuple[list[Run], float, float]]:
        """Yield runs, width and height (mm) of each page; text of a page's templates comes first."""
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
            runs = [run for path in used if path for run in _runs(self._parse(_beside(root, path)))]
            width, height = _size(child(page, "Area")) or default_size or _A4_MM
            yield segments_of([*runs, *_runs(page)]), width, height


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
            text, width = _spaced(code, size)
            yield Run(left, top, left + (width or box[2]), top + (box[3] if len(codes) == 1 else size), text)


def _spaced(code: Element, size: float) -> tuple[str, float]:
    """Return the text, with a blank where the next character stands far off, and its width in mm."""
    text = (code.text or "").strip("\n")
    steps = _steps(value(code, "DeltaX") or "")
    if not steps:
        return text, 0.0
    parts = []
    for index, character in enumerate(text):
        parts.append(character)
        if index < len(steps) and steps[index] > _GAP * size:
            parts.append(" ")
    return "".join(parts), sum(steps[: len(text)]) + size


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
