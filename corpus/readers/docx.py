"""Reads Word files (DOCX) as a stream: headings by style, automatic numbers, tables with merged cells.

Links to other files and pictures are never followed: only the parts inside the archive are opened.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from corpus.clean import clean_heading, clean_line
from corpus.readers.archive import open_archive, open_part
from corpus.readers.base import Block, Cell, Content, Heading, Limits, Paragraph, make_table
from corpus.readers.docx_numbering import Numbering
from corpus.readers.xml import child, children, local, parse, value, walk

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*(\d)$", re.IGNORECASE)
_WRAPPERS = {"sdt", "sdtContent", "ins", "smartTag", "customXml"}
_UNREAD = {"Fallback", "del", "moveFrom", "instrText", "rPr", "pPr"}
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class _Style:
    heading: int = 0
    list_id: str = ""
    list_level: int = 0


@dataclass(slots=True)
class _Rules:
    styles: dict[str, _Style] = field(default_factory=dict)
    numbering: Numbering = field(default_factory=Numbering)


def read_docx(data: bytes, limits: Limits) -> Content:
    """Read a Word file.

    :raises BrokenFileError: when a part is missing or damaged.
    """
    with open_archive(data, limits) as archive:
        main = _main_part(archive, limits)
        rules = _Rules(_styles(archive, main, limits), _numbering(archive, main, limits))
        with open_part(archive, main, limits) as part:
            return Content(tuple(_blocks(walk(part), rules)))


def _main_part(archive: zipfile.ZipFile, limits: Limits) -> str:
    with open_part(archive, "_rels/.rels", limits) as part:
        for relation in parse(part):
            if (value(relation, "Type") or "").endswith("/officeDocument") and value(relation, "TargetMode") is None:
                return (value(relation, "Target") or "").lstrip("/")
    return "word/document.xml"


def _beside(archive: zipfile.ZipFile, main: str, name: str, limits: Limits) -> Element | None:
    path = str(PurePosixPath(main).parent / name)
    if path not in archive.namelist():
        return None
    with open_part(archive, path, limits) as part:
        return parse(part)


def _styles(archive: zipfile.ZipFile, main: str, limits: Limits) -> dict[str, _Style]:
    root = _beside(archive, main, "styles.xml", limits)
    return (
        {value(style, "styleId") or "": _style(style) for style in children(root, "style")} if root is not None else {}
    )


def _style(style: Element) -> _Style:
    name = child(style, "name")
    match = _HEADING_NAME.match((value(name) if name is not None else None) or "")
    outline = child(style, "pPr", "outlineLvl")
    level = int(value(outline) or 9) + 1 if outline is not None else 0
    list_id, list_level = _list_of(style)
    return _Style(int(match[1]) if match else (level if level <= 6 else 0), list_id, list_level)


def _numbering(archive: zipfile.ZipFile, main: str, limits: Limits) -> Numbering:
    root = _beside(archive, main, "numbering.xml", limits)
    return Numbering.of(root) if root is not None else Numbering()


def _list_of(element: Element) -> tuple[str, int]:
    number, level = child(element, "pPr", "numPr", "numId"), child(element, "pPr", "numPr", "ilvl")
    return (value(number) or "" if number is not None else ""), int(value(level) or 0) if level is not None else 0


def _blocks(events: Iterator[tuple[str, Element]], rules: _Rules) -> Iterator[Block]:
    """Yield the paragraphs and tables of the body; what lies inside a table or a text box belongs to its outer block."""
    path: list[Element] = []
    depth = 0
    for event, element in events:
        is_block = local(element) in ("p", "tbl")
        if event == "start":
            path.append(element)
            depth += is_block
            continue
        path.pop()
        depth -= is_block
        if is_block and not depth:
            yield from _paragraphs(element, rules) if local(element) == "p" else _table(element, rules)
            path[-1].remove(element)  # keeps memory flat


def _table(element: Element, rules: _Rules) -> Iterator[Block]:
    cells = list(_cells(element))
    if len(cells) == 1:  # a frame around text
        for paragraph in [item for item in element.iter() if local(item) == "p"]:
            yield from _paragraphs(paragraph, rules)
    elif table := make_table(cells):
        yield table


def _paragraphs(element: Element, rules: _Rules) -> Iterator[Block]:
    style_name = child(element, "pPr", "pStyle")
    style = rules.styles.get((value(style_name) if style_name is not None else None) or "", _Style())
    list_id, level = _list_of(element)
    number = rules.numbering.next(list_id or style.list_id, level if list_id else style.list_level)
    text = text_of(element)
    if not text.strip():
        return
    if style.heading:
        yield Heading(clean_heading(number + text), style.heading)
        return
    for line in (number + text).split("\n"):
        if cleaned := clean_line(line):
            yield Paragraph(cleaned)


def text_of(element: Element) -> str:
    """Return the text of a paragraph or cell as it reads now: deletions and the second form of drawings left out."""
    parts: list[str] = []
    for item in element:
        name = local(item)
        if name in _UNREAD:
            continue
        if name == "t":
            parts.append(item.text or "")
        elif name in _BREAKS:
            parts.append(_BREAKS[name])
        else:
            parts.append(text_of(item))
            parts.append("\n" if name == "p" else "")
    return "".join(parts)


def _inside(element: Element, name: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, also those in content controls."""
    for item in element:
        if local(item) == name:
            yield item
        elif local(item) in _WRAPPERS:
            yield from _inside(item, name)


def _cells(table: Element) -> Iterator[Cell]:
    open_cells: dict[int, Cell] = {}
    for row, line in enumerate(_inside(table, "tr")):
        before = child(line, "trPr", "gridBefore")
        column = int(value(before) or 0) if before is not None else 0
        for element in _inside(line, "tc"):
            span, merge = child(element, "tcPr", "gridSpan"), child(element, "tcPr", "vMerge")
            width = int(value(span) or 1) if span is not None else 1
            above = open_cells.pop(column, None)
            if merge is not None and value(merge) != "restart" and above is not None:
                cell = Cell(above.row, column, above.text, row - above.row + 1, above.columns)
            else:
                if above is not None:
                    yield above
                cell = Cell(row, column, text_of(element), 1, width)
            open_cells[column] = cell
            column += width
    yield from open_cells.values()
