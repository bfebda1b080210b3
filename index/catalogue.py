"""Which passages exist, and which of them may answer on a given day: the one place where that is decided."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from corpus.records import Document, Facet, Kind, Passage
from index.arrays import BoolArray, IntArray

FILTERS_KEPT = 64  # masks of one byte a passage
_SAYING = frozenset(Kind) - {Kind.GAP}
_ALWAYS, _NEVER = dt.date.min.toordinal(), dt.date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is restricted to; None restricts nothing. ``facets`` and ``prefer_region`` boost, they do not filter."""

    regions: frozenset[str] | None = None
    kinds: frozenset[Kind] | None = None
    document_ids: frozenset[str] | None = None
    facets: frozenset[Facet] = field(default=frozenset())
    prefer_region: str | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A document with the number of its first passage; the others follow. A number is never given twice."""

    first: int
    document: Document


class Catalogue:
    """Passages by number and by id, and their lives as arrays.

    ``documents`` holds the documents' own data without passages.
    """

    def __init__(self, numbered: Iterable[Numbered]) -> None:
        self.documents: dict[str, Document] = {}
        self._firsts: dict[str, int] = {}
        self._passages: dict[int, Passage] = {}
        self._number_of: dict[str, int] = {}
        for entry in numbered:
            document = entry.document
            self.documents[document.document_id] = replace(document, passages=())
            self._firsts[document.document_id] = entry.first
            for number, passage in enumerate(document.passages, entry.first):
                self._passages[number] = passage
                self._number_of[passage.passage_id] = number
        self.size = max(self._passages, default=-1) + 1
        self._codes = {document_id: code for code, document_id in enumerate(self.documents)}
        self._document_codes = self._per_passage(lambda passage: self._codes[passage.document_id], default=-1)
        self._effective = self._per_passage(self._first_day, default=_NEVER)
        self._repealed = self._per_passage(self._first_day_out, default=_ALWAYS)
        self._matching = functools.lru_cache(maxsize=FILTERS_KEPT)(self._made_matching)
        facets = list(Facet)
        self._facets = self._per_passage(lambda p: facets.index(p.facet) if p.facet else -1, default=-1)

    def __len__(self) -> int:
        return len(self._passages)

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of all passages, ascending."""
        yield from sorted(self._passages)

    def passage(self, number: int) -> Passage:
        """Return the passage with this number."""
        return self._passages[number]

    def number(self, passage_id: str) -> int:
        """Return the number of the passage with this id.

        :raises KeyError: there is none.
        """
        return self._number_of[passage_id]

    def document_of(self, number: int) -> Document:
        """Return the document (without passages) that the passage belongs to."""
        return self.documents[self._passages[number].document_id]

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document in reading order; none when the document is unknown."""
        first = self._firsts.get(document_id)
        passages = []
        while first is not None and first in self._passages and self._passages[first].document_id == document_id:
            passages.append(self._passages[first])
            first += 1
        return passages

    def in_force(self, as_of: dt.date) -> BoolArray:
        """Return (size,) whether each passage is in force on ``as_of``, as :meth:`Document.status` has it.

        Plans whose period is over count as in force: they may be quoted, with a notice.
        """
        day = as_of.toordinal()
        return (self._effective <= day) & (day < self._repealed)

    def matching(self, filters: Filters) -> BoolArray:
        """Return (size,) whether each passage passes the filters, whatever the day; not to be written to."""
        return self._matching(filters.regions, filters.kinds, filters.document_ids)

    def with_facets(self, facets: frozenset[Facet], numbers: IntArray) -> BoolArray:
        """Return (n,) whether each of ``numbers`` is a section of one of these facets."""
        order = list(Facet)
        return np.isin(self._facets[numbers], [order.index(facet) for facet in facets])

    def with_region(self, region: str, numbers: IntArray) -> BoolArray:
        """Return (n,) whether each of ``numbers`` is of a document for this region that says something (no gap)."""
        found: BoolArray = self._matching(frozenset({region}), _SAYING, None)[numbers]
        return found

    def _made_matching(
        self, regions: frozenset[str] | None, kinds: frozenset[Kind] | None, document_ids: frozenset[str] | None
    ) -> BoolArray:
        passes = [
            (regions is None or document.region in regions)
            and (kinds is None or document.kind in kinds)
            and (document_ids is None or document.document_id in document_ids)
            for document in self.documents.values()
        ]
        # A number that no passage has stands for document -1: the last of the table, which never passes.
        return np.array([*passes, False], dtype=bool)[self._document_codes]

    def _per_passage(self, value: Callable[[Passage], int], *, default: int) -> IntArray:
        array = np.full(self.size, default, dtype=np.int64)
        for number, passage in self._passages.items():
            array[number] = value(passage)
        return array

    def _first_day(self, passage: Passage) -> int:
        date = passage.effective_date or self.documents[passage.document_id].starts
        return date.toordinal() if date else _ALWAYS

    def _first_day_out(self, passage: Passage) -> int:
        date = passage.repealed_date or self.documents[passage.document_id].repealed_date
        return date.toordinal() if date else _NEVER
