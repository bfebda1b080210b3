"""One article (条) as one passage, or, when it is very long, as several along its 款 and 项. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.clean import sentences
from corpus.errors import LocatorError
from corpus.locator import NUMERAL, Locator, to_int

MAX_ARTICLE = 900
TARGET = 500
_ITEM = re.compile(rf"[（(]\s*({NUMERAL})\s*[）)]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it has an id; ``anchor`` is the part of the id that it asks for; ``apart``: never merged."""

    locator: str
    headings: tuple[str, ...]
    text: str
    anchor: str = ""
    apart: bool = False

    def takes(self, other: Piece, *, small: int, target: int) -> bool:
        """Tell whether the next piece should be joined to this one."""
        if self.apart or other.apart or self.anchor or other.anchor:
            return False
        related = self.headings[:-1] == other.headings[:-1] and len(self.headings) == len(other.headings)
        return related and min(len(self.text), len(other.text)) < small and len(self.text) + len(other.text) <= target

    def joined(self, other: Piece) -> Piece:
        """Return both as one; the place names the first and the last."""
        first, same = self.locator.split("至")[0], self.headings == other.headings
        return replace(
            self,
            locator=self.locator if same or not other.locator else f"{first}至{other.locator}",
            headings=self.headings if same else self.headings[:-1],
            text=f"{self.text}\n{other.text}",
        )


def article_pieces(article: Locator, paragraphs: Sequence[str], headings: tuple[str, ...]) -> Iterator[Piece]:
    """Yield the article whole, or cut between 款 and 项 into pieces of at most 500 characters where it exceeds 900."""
    anchor = f"a{article.article}" + (f"-{article.insertion}" if article.insertion else "")
    text = "\n".join(paragraphs)
    if len(text) <= MAX_ARTICLE:
        yield Piece(str(article), headings, text, anchor)
        return
    group: list[tuple[Locator, str]] = []
    for number, part in enumerate(_groups(article, paragraphs), start=1):
        group = part
        yield Piece(
            _span(group),
            headings,
            "\n".join(text for _, text in group),
            anchor if number == 1 else f"{anchor}.{number}",
        )


def _groups(article: Locator, paragraphs: Sequence[str]) -> Iterator[list[tuple[Locator, str]]]:
    group: list[tuple[Locator, str]] = []
    for locator, text in _located(article, paragraphs):
        if group and sum(len(part) for _, part in group) + len(text) > TARGET:
            yield group
            group = []
        group.append((locator, text))
    yield group


def _located(article: Locator, paragraphs: Sequence[str]) -> Iterator[tuple[Locator, str]]:
    """Yield each paragraph, or sentence of a very long one, with its 款 and 项; a single 款 is not counted."""
    items = [_item_of(text) for text in paragraphs]
    single = items.count(0) == 1
    number = 0
    for text, item in zip(paragraphs, items, strict=True):
        number += item == 0
        locator = replace(article, paragraph=0 if single else number, item=item)
        for part in [text] if len(text) <= MAX_ARTICLE else sentences(text):
            yield locator, part


def _item_of(text: str) -> int:
    """Return the number of the 项 that a paragraph is; 0 when it is none."""
    match = _ITEM.match(text)
    try:
        return to_int(match[1]) if match else 0
    except LocatorError:
        return 0


def _span(group: Sequence[tuple[Locator, str]]) -> str:
    first, last = group[0][0], group[-1][0]
    if first == last:
        return str(first)
    if first.paragraph != last.paragraph:
        return f"{replace(first, item=0)}至{_tail(replace(last, item=0))}"
    if not first.item:
        return str(first)
    return f"{first}至第{str(last).rsplit('第', 1)[1]}"


def _tail(locator: Locator) -> str:
    return str(replace(locator, article=0, insertion=0))
