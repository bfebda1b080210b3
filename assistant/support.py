"""What the text of a source proves: figures with their bounds and places in tables, words, may or may not. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.answering.sentences import bigrams
from assistant.bounds import Bound
from assistant.figures import Figure, figures, implied
from assistant.polarity import Polarity, polarity
from assistant.table_cells import Cell, cells, is_row
from corpus.records import Document, Passage


@dataclass(frozen=True, slots=True)
class Support:
    """What one source proves: its figures, with what follows from them, its character pairs, may or may not.

    :ivar bounds: each figure with each bound that it has somewhere, none included.
    :ivar table: the figures that stand in tables; ``prose``: those that stand outside of them.
    """

    figures: frozenset[Figure] = frozenset()
    pairs: frozenset[str] = frozenset()
    polarity: Polarity = Polarity()  # noqa: RUF009 - frozen
    bounds: frozenset[tuple[Figure, Bound]] = frozenset()
    table: frozenset[Cell] = frozenset()
    prose: frozenset[Figure] = frozenset()

    def __or__(self, other: Support) -> Support:
        """Return what both prove together."""
        return Support(
            self.figures | other.figures, self.pairs | other.pairs, self.polarity | other.polarity,
            self.bounds | other.bounds, self.table | other.table, self.prose | other.prose,
        )  # fmt: skip


NOTHING = Support()


def support(passage: Passage, document: Document) -> Support:
    """Return what a passage proves: its text, and its document's own title, numbers, dates and sources."""
    days = (
        passage.effective_date, passage.repealed_date, document.effective_date, document.repealed_date,
        document.published_date, document.period_start, document.period_end,
    )  # fmt: skip
    names = (document.title, document.document_number, document.issuer, passage.locator, passage.heading, passage.basis)
    parts = [passage.text, *(name for name in names if name), *(str(day) for day in days if day)]
    parts += [source.document_number for source in document.sources if source.document_number]
    if document.period_start and document.period_end:
        parts.append(f"{document.period_start.year}—{document.period_end.year}年")
    return support_of_text("\n".join(parts))


def support_of_text(text: str) -> Support:
    """Return what ``text`` proves; bare numbers in the cells of a table about money are amounts."""
    stated, table = figures(text), cells(text)
    prose = implied(figures("\n".join(line for line in text.split("\n") if not is_row(line))))
    return Support(
        figures=frozenset(implied(stated) | {cell.figure for cell in table}),
        pairs=frozenset(bigrams(text)),
        polarity=polarity(text),
        bounds=frozenset((figure, figure.bound) for figure in stated),
        table=table,
        prose=prose,
    )


def together(sources: Iterable[Support]) -> Support:
    """Return what ``sources`` prove together."""
    result = NOTHING
    for source in sources:
        result |= source
    return result
