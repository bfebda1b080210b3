"""How rare a term is in the corpus: what a shared term is worth when texts are compared."""

from __future__ import annotations

import math
from collections.abc import Iterable

from index.lexical import TermIndex
from index.parts import TEXT, WORDS

REMEMBERED = 200_000  # terms whose rarity is kept: asking tantivy again costs more than the rest of a comparison


class Rarity:
    """Inverse document frequencies of one generation's terms, looked up once each."""

    def __init__(self, texts: TermIndex) -> None:
        self._texts = texts
        self._count = max(texts.count, 1)
        self._known: dict[str, dict[str, float]] = {TEXT: {}, WORDS: {}}

    def of(self, term: str, field: str = TEXT) -> float:
        """Return ln(1 + N / (1 + df)); greatest for a term that the corpus does not have."""
        known = self._known[field]
        rarity = known.get(term)
        if rarity is None:
            rarity = math.log(1 + self._count / (1 + self._texts.document_frequency(field, term)))
            if len(known) < REMEMBERED:
                known[term] = rarity
        return rarity

    def weight(self, terms: Iterable[str], field: str = TEXT) -> float:
        """Return the summed rarity of ``terms``, the same to the last bit in whatever order they come."""
        known, terms = self._known[field], tuple(terms)
        try:  # nearly always all are known
            return math.fsum(map(known.__getitem__, terms))
        except KeyError:
            return math.fsum(self.of(term, field) for term in terms)
