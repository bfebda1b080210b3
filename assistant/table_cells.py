"""To which row and column of a table a figure belongs, so that the fee of one thing is not said of another. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answering.sentences import bigrams
from assistant.figures import Figure, figures

LEAST_LABEL = 1 / 3
"""A sentence with so much of a row's label may speak of that row in other words."""
_RULE = re.compile(r"^[\s|:-]+$")
BARE = re.compile(r"\d+(?:\.\d+)?")
_CLAUSE = re.compile(r"[，,、；;。]")
_ASIDE = re.compile(r"[（(][^（()）]*[)）]|\W")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table, with the words that head its row and its column, without asides and punctuation."""

    row: str
    column: str
    figure: Figure


def is_row(line: str) -> bool:
    """Return whether ``line`` is a line of a Markdown table."""
    return line.lstrip().startswith("|")


def cells(text: str) -> frozenset[Cell]:
    """Return the figures in the tables of ``text``; bare numbers in a text about money are amounts."""
    found: set[Cell] = set()
    header: list[str] = []
    money = "元" in text or "费" in text
    for line in text.split("\n"):
        if not is_row(line):
            header = []
            continue
        parts = [part.strip() for part in line.strip().strip("|").split("|")]
        if not header:
            header = parts
        elif not _RULE.match(line):
            found |= set(_row(parts, header, money=money))
    return frozenset(found)


def _row(parts: list[str], header: list[str], *, money: bool) -> Iterable[Cell]:
    for column, part in zip(header[1:], parts[1:], strict=False):
        stated = figures(part)
        if money and BARE.fullmatch(part):
            stated.append(Figure(part, "元"))
        for figure in stated:
            yield Cell(plain(parts[0]), plain(column), figure)


def plain(text: str) -> str:
    """Return ``text`` without asides in brackets, punctuation and blanks."""
    return _ASIDE.sub("", text)


def misplaced(figure: Figure, sentence: str, table: frozenset[Cell]) -> bool:
    """Return whether ``sentence`` says of one row or column what stands in another one.

    Only where it names the other one by its very words and nothing of the right one: paraphrases pass.
    """
    right = [cell for cell in table if cell.figure == figure]
    if not right:
        return False
    rows, columns = {cell.row for cell in table}, {cell.column for cell in table}
    beside = next((clause for clause in _CLAUSE.split(sentence) if figure.text in clause), sentence)
    near = plain(beside)
    said = near if _named(rows, near) else plain(sentence)
    return not any(_meant(cell.row, rows, said) and _meant(cell.column, columns, near) for cell in right)


def _meant(label: str, labels: set[str], said: str) -> bool:
    """Return whether ``said`` may speak of ``label``: it names it, or a good part of it, or no other label either."""
    pairs = bigrams(label)
    if label in said or len(pairs & bigrams(said)) > LEAST_LABEL * len(pairs):
        return True
    return not _named({other for other in labels if other not in label}, said)


def _named(labels: set[str], said: str) -> bool:
    return any(len(label) > 1 and label in said for label in labels)
