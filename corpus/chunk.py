"""Cuts the blocks of a document into passages along its own structure. Pure.

A law is cut by article (条); one longer than :data:`MAX_ARTICLE` between its 款 and 项. Anything else is cut by its
headings (章 节, 一、 （一）, 附件, or the headings that the file marks) and packed by paragraph to :data:`TARGET`.
Lengths are in characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.articles import Piece, article_pieces
from corpus.clean import sentences
from corpus.locator import Locator
from corpus.readers.base import Block, Heading, Paragraph, Table
from corpus.records import Passage
from corpus.structure import Level, Mark, article_of, division_of, is_contents_line, outline_of
from corpus.table_text import row_facts, table_texts

TARGET = 500
SMALL = 80
FEWEST_ARTICLES = 3
BEFORE_ALL = "前言"
_NUMBERED = (Level.APPENDIX, Level.OUTLINE, Level.SUBOUTLINE)
_DIVISIONS = (Level.PART, Level.CHAPTER, Level.SECTION)


@dataclass(slots=True)
class _Unit:
    """What stands under one heading, or one article."""

    marks: tuple[Mark, ...] = ()
    article: Locator | None = None
    parts: list[str | Table] = field(default_factory=list)

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(mark.name for mark in self.marks)

    @property
    def locator(self) -> str:
        numbered = "".join(mark.locator for mark in self.marks if mark.level in _NUMBERED)
        divisions = "".join(mark.locator for mark in self.marks if mark.level in _DIVISIONS)
        marked = [mark.locator for mark in self.marks if mark.level >= Level.MARKED]
        return " ".join(part for part in (numbered or divisions, marked[-1] if marked else "") if part)


def chunk(blocks: Sequence[Block], *, document_id: str, title: str) -> tuple[Passage, ...]:
    """Return the passages of a document in reading order; ``order`` counts from 1."""
    pieces = [piece for unit in _units(blocks) for piece in _pieces(unit)]
    structured = any(piece.locator for piece in pieces)
    passages: list[Passage] = []
    anchors: set[str] = set()
    for order, piece in enumerate(_merged(pieces), start=1):
        anchor = piece.anchor if piece.anchor and piece.anchor not in anchors else f"p{order}"
        anchors.add(anchor)
        passages.append(
            Passage(
                passage_id=f"{document_id}#{anchor}",
                document_id=document_id,
                locator=piece.locator or (BEFORE_ALL if structured else f"第{order}段"),
                heading=" › ".join((title, *piece.headings)),
                text=piece.text,
                order=order,
            )
        )
    return tuple(passages)


def count_articles(blocks: Iterable[Block]) -> int:
    """Return how many paragraphs begin an article."""
    return sum(isinstance(block, Paragraph) and article_of(block.text) is not None for block in blocks)


def _units(blocks: Sequence[Block]) -> Iterator[_Unit]:
    has_articles = count_articles(blocks) >= FEWEST_ARTICLES
    unit = _Unit()
    for block in blocks:
        if not isinstance(block, Table) and is_contents_line(block.text):
            continue
        article = article_of(block.text) if has_articles and isinstance(block, Paragraph) else None
        mark = None if article else _mark_of(block, inside_article=unit.article is not None)
        if article is not None:
            yield from _closed(unit)
            unit = _Unit(tuple(m for m in unit.marks if m.level <= Level.SECTION), article)
        elif mark is not None:
            yield from _closed(unit, mark.level)
            unit = _Unit((*(m for m in unit.marks if m.level < mark.level), mark))
        if isinstance(block, Table):
            unit.parts.append(block)
        elif mark is None or not mark.whole:
            unit.parts.append(block.text)
    yield from _closed(unit)


def _mark_of(block: Block, *, inside_article: bool) -> Mark | None:
    if isinstance(block, Table):
        return None
    mark = division_of(block.text)
    if mark is None:
        outline = outline_of(block.text)
        # 一、 and （一） inside an article are its items; only an appendix ends the articles.
        mark = outline if outline and (not inside_article or outline.level is Level.APPENDIX) else None
    if mark is None and isinstance(block, Heading):
        return Mark(Level.MARKED + block.level - 1, block.text, block.text, whole=True)
    return mark


def _closed(unit: _Unit, next_level: int = 0) -> Iterator[_Unit]:
    """Yield the unit if it says something; a numbered line that heads nothing is itself the text."""
    last = unit.marks[-1] if unit.marks else None
    if not unit.parts and last and last.level in _NUMBERED and next_level <= last.level:
        yield _Unit(unit.marks, None, [last.name])
    elif unit.parts:
        yield unit


def _pieces(unit: _Unit) -> Iterator[Piece]:
    if unit.article is not None:
        texts = [part for part in unit.parts if isinstance(part, str)]
        yield from article_pieces(unit.article, texts, unit.headings)
        for part in unit.parts:
            if isinstance(part, Table):
                yield from (Piece(str(unit.article), unit.headings, text) for text in table_texts(part))
        return
    waiting: list[str] = []
    for part in unit.parts:
        if isinstance(part, str):
            waiting.append(part)
            continue
        lead = waiting.pop() if waiting and len(waiting[-1]) < SMALL else ""
        yield from _packed(unit, waiting)
        waiting = []
        yield from _table_pieces(unit, part, lead)
    yield from _packed(unit, waiting)


def _table_pieces(unit: _Unit, table: Table, lead: str) -> Iterator[Piece]:
    """Cut a table; ``lead`` is the short line before it, which often names what it holds."""
    if table.row_numbers:
        for row, text in row_facts(table):
            yield Piece(
                f"{unit.locator} 第{row}行".strip(), (*unit.headings, *filter(None, [table.caption])), text, apart=True
            )
        return
    for text in table_texts(table):
        yield Piece(unit.locator, unit.headings, f"{lead}\n\n{text}" if lead else text, apart=True)


def _packed(unit: _Unit, paragraphs: Iterable[str]) -> Iterator[Piece]:
    group: list[str] = []
    for text in (part for paragraph in paragraphs for part in _fitting(paragraph)):
        if group and sum(len(part) + 1 for part in group) + len(text) > TARGET:
            yield Piece(unit.locator, unit.headings, "\n".join(group))
            group = []
        group.append(text)
    if group:
        yield Piece(unit.locator, unit.headings, "\n".join(group))


def _fitting(paragraph: str) -> Iterator[str]:
    """Yield the paragraph, in even parts cut between sentences where it is longer than a passage.

    One sentence is never cut, however long.
    """
    if len(paragraph) <= TARGET:
        yield paragraph
        return
    share = len(paragraph) / -(-len(paragraph) // TARGET)
    group = ""
    for sentence in sentences(paragraph):
        if group and (len(group) >= share or len(group) + len(sentence) > TARGET):
            yield group
            group = ""
        group += sentence
    if group:
        yield group


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours that are too small to be found by themselves, under the heading that they share."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.takes(piece, small=SMALL, target=TARGET + SMALL):
            last = last.joined(piece)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
