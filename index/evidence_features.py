"""What the doubt model looks at: how well the best passage, and its known questions, cover the question's words."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence

from corpus.records import Document, Passage
from index.parts import TEXT, WORDS, SearchParts, indexed_text
from index.query import AnalysedQuery

REMEMBERED = 200_000  # terms whose rarity is kept: asking tantivy again costs more than the rest of a comparison

KEPT = 8192  # known questions whose terms are remembered


class Coverage:
    """Compares a question with texts, each word weighted by how rare it is in the corpus."""

    def __init__(self, parts: SearchParts) -> None:
        self._parts = parts
        self._count = max(parts.texts.count, 1)
        self._terms = functools.lru_cache(maxsize=KEPT)(self._terms_of)
        self._rarities: dict[tuple[str, str], float] = {}

    def rarity(self, term: str, field: str = TEXT) -> float:
        """Return the idf of a term, ln(1 + N / (1 + df)); greatest for a term that the corpus does not have."""
        known = self._rarities.get((field, term))
        if known is None:
            known = math.log(1 + self._count / (1 + self._parts.texts.document_frequency(field, term)))
            if len(self._rarities) < REMEMBERED:
                self._rarities[field, term] = known
        return known

    def similarity(self, query: AnalysedQuery, question: str) -> float:
        """Return the weighted Dice overlap of the character terms of the query and a known question, 0..1."""
        terms, weight = self._terms(question)
        both = self._weight(query.own_terms) + weight
        return 2 * self._weight(query.own_terms & terms) / both if both else 0.0

    def best_question(self, query: AnalysedQuery, passage: Passage) -> tuple[str | None, float]:
        """Return the passage's known question nearest to the query, and how near it is, 0..1."""
        scored = [(self.similarity(query, question), question) for question in passage.questions]
        similarity, question = max(scored, default=(0.0, None))
        return question, similarity

    def of_passage(self, query: AnalysedQuery, passage: Passage, document: Document) -> dict[str, float]:
        """Return which share of the query's words and character pairs the passage has."""
        analyzer = self._parts.analyzer
        whole = analyzer.normalise("\n".join([indexed_text(document, passage), *passage.questions]))
        words = list(query.content_words)
        present = [word for word in words if word in whole]
        pairs = [term for term in query.own_terms if len(term) > 1]
        total = self._weight(words, WORDS)
        rarest = max((self.rarity(word, WORDS) for word in words), default=0.0)
        rarest_missing = max((self.rarity(word, WORDS) for word in words if word not in whole), default=0.0)
        pair_total = self._weight(pairs)
        return {
            "coverage": self._weight(present, WORDS) / total if total else 0.0,
            "pair_coverage": self._weight(pair for pair in pairs if pair in whole) / pair_total if pair_total else 0.0,
            "known": self._known(words),
            "rarest_missing": rarest_missing / rarest if rarest else 1.0,
        }

    def _terms_of(self, question: str) -> tuple[frozenset[str], float]:
        terms = frozenset(self._parts.analyzer.characters(self._parts.analyzer.normalise(question)))
        return terms, self._weight(terms)

    def _known(self, words: Sequence[str]) -> float:
        known = [word for word in words if self._parts.texts.document_frequency(WORDS, word)]
        return len(known) / len(words) if words else 0.0

    def _weight(self, terms: Iterable[str], field: str = TEXT) -> float:
        return sum(self.rarity(term, field) for term in terms)
