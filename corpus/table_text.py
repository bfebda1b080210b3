"""Tables as text: kept whole, or cut between rows with the header repeated; a spreadsheet row as a fact. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.readers.base import Table

MAX_TABLE = 700
TARGET = 500


def table_texts(table: Table) -> Iterator[str]:
    """Yield the table as Markdown, whole when it has at most 700 characters, else in groups of rows under its header."""
    whole = _markdown(table, list(table.rows))
    if len(whole) <= MAX_TABLE or len(table.rows) < 2:
        yield whole
        return
    group: list[tuple[str, ...]] = []
    for row in table.rows:
        if group and len(_markdown(table, [*group, row])) > TARGET:
            yield _markdown(table, group)
            group = []
        group.append(row)
    yield _markdown(table, group)


def row_facts(table: Table) -> Iterator[tuple[int, str]]:
    """Yield (number of the row in its sheet, ``header：value；header：value``) for each row that says something."""
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        pairs = [(name, value) for name, value in zip(table.names, row, strict=True) if value]
        text = "；".join(f"{name}：{value}" if name else value for name, value in pairs)
        if text:
            yield number, text


def _markdown(table: Table, rows: list[tuple[str, ...]]) -> str:
    lines = [table.caption, ""] if table.caption else []
    lines += [_line(table.names), "|" + "---|" * len(table.names)]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
