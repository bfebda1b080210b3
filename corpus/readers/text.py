"""Reads plain text and plain Markdown: UTF-8, UTF-16 with a mark, or GB18030."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from corpus.clean import clean_heading, clean_line
from corpus.errors import UnsupportedFormatError
from corpus.readers.base import Block, Cell, Content, Heading, Limits, Paragraph, make_table

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1a]")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_MARKUP = re.compile(r"\*\*|__|`|^>\s?|<!--.*?-->|!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def decode(data: bytes) -> str:
    """Return the text of a file.

    :raises UnsupportedFormatError: when it is neither UTF-8, nor marked UTF-16, nor GB18030.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    for name in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            return text
    raise UnsupportedFormatError("found bytes that are neither UTF-8, UTF-16 nor GB18030 text, nor a known format")


def read_text(data: bytes, limits: Limits) -> Content:
    """Read a plain text: a line is a paragraph, columns divided by tabs a table."""
    return Content(tuple(_text_blocks(decode(data).splitlines())))


def _text_blocks(lines: Iterable[str]) -> Iterator[Block]:
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        if line.strip().count("\t"):
            rows.append(line.strip("\r\n").split("\t"))
            continue
        yield from _table(rows)
        rows = []
        if text := clean_line(line):
            yield Paragraph(text)


def read_plain_markdown(data: bytes, limits: Limits) -> Content:
    """Read a Markdown file that has no front matter of ours: headings, paragraphs, lists and pipe tables."""
    blocks = tuple(_markdown_blocks(decode(data)))
    first = next((block for block in blocks if isinstance(block, Heading)), None)
    return Content(blocks, title=first.text if first and first.level == 1 else None)


def _markdown_blocks(text: str) -> Iterator[Block]:
    rows: list[list[str]] = []
    waiting: list[str] = []
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        heading = _HEADING.match(stripped)
        is_row = stripped.startswith("|")
        starts_anew = not stripped or heading or is_row or re.match(r"[-*+]\s|\d+[.)]\s|>", stripped)
        if starts_anew and waiting:
            yield Paragraph(clean_line("".join(waiting)))
            waiting = []
        if not is_row:
            yield from _table(rows)
            rows = []
        if heading:
            yield Heading(clean_heading(_plain(heading[2])), len(heading[1]))
        elif is_row and not _RULE.match(stripped):
            rows.append([_plain(cell) for cell in re.split(r"(?<!\\)\|", stripped.strip("|"))])
        elif stripped and not is_row and (plain := _plain(stripped).strip()):
            waiting.append(plain)


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", _MARKUP.sub("", text)).replace("\\|", "|")


def _table(rows: list[list[str]]) -> Iterator[Block]:
    cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    if rows and (table := make_table(cells)):
        yield table
