"""The row of a table that a question names, as one sentence before the table. Pure."""

from __future__ import annotations

import re

from assistant.figures import number
from assistant.table_cells import BARE, is_row, plain

_PARTS = re.compile(r"[、，]")
_YEARS = re.compile(r"(\d+)(?:[—–~-](\d+))?年")
_YEAR_ASKED = re.compile(r"(?<!\d)(\d{1,2}|[一二三四五六七八九十]{1,3})\s*年")
_IN_YUAN = re.compile(r"[（(]元|单位：元")


def asked_row(text: str, query: str) -> str:
    r"""Return the row of ``text``'s first table that ``query`` names, in words; empty where it names none, or several.

    >>> asked_row("官费（元）：\n\n| 业务 | 网上 |\n|---|---|\n| 转让 | 450 |\n| 续展 | 400 |", "商标转让官费")
    '转让：网上450元。'
    """
    lines = [line for line in text.split("\n") if is_row(line)]
    if len(lines) < 4:
        return ""
    header, _, *rows = ([part.strip() for part in line.strip().strip("|").split("|")] for line in lines)
    named = [(length, row) for row in rows if (length := _named(row[0], query))]
    longest = max((length for length, _ in named), default=0)
    best = [row for length, row in named if length == longest]
    if len(best) != 1:
        return ""
    row = best[0]
    cells = list(zip(header[1:], row[1:], strict=False))
    asked = [(name, cell) for name, cell in cells if plain(name) in query] or cells
    yuan = _IN_YUAN.search(text) is not None
    values = (f"{plain(name) if len(cells) > 1 else ''}{_value(cell, yuan=yuan)}" for name, cell in asked)
    return f"{row[0]}：{'，'.join(values)}。"


def _named(label: str, query: str) -> int:
    """Return how many characters of ``label``, or of one of the things it lists, stand in ``query``.

    A label of years (13—15年) is named by each of its years.
    """
    years = _YEARS.fullmatch(label.strip())
    if years is not None:
        asked = {int(number(numeral)) for numeral in _YEAR_ASKED.findall(query)}
        return len(label) if any(int(years[1]) <= year <= int(years[2] or years[1]) for year in asked) else 0
    parts = (plain(part) for part in _PARTS.split(label))
    return max((len(part) for part in (plain(label), *parts) if len(part) > 1 and part in query), default=0)


def _value(cell: str, *, yuan: bool) -> str:
    return f"{cell}元" if yuan and BARE.fullmatch(cell) else cell
