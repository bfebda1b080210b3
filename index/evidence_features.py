"""What the doubt model looks at: how well the best passage, and its known questions, cover the question's words."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator, Sequence

from corpus.records import Passage
from index.parts import TEXT, WORDS, SearchParts, indexed_text
from index.query import AnalysedQuery
from index.rarity import Rarity

KEPT, TEXTS_KEPT = 8192, 2048  # known questions whose terms, and passages whose words, are remembered


class Coverage:
    """Compares a question with texts, each word weighted by how rare it is in the corpus."""

    def __init__(self, parts: SearchParts) -> None:
        self._parts = parts
        self._rarity = Rarity(parts.texts)
        self._terms = functools.lru_cache(maxsize=KEPT)(self._terms_of)
        self._whole = functools.lru_cache(maxsize=TEXTS_KEPT)(self._whole_of)

    def rarity(self, term: str, field: str = TEXT) -> float:
        """Return the idf of a term, ln(1 + N / (1 + df)); greatest for a term that the corpus does not have."""
        return self._rarity.of(term, field)

    def similarity(self, query: AnalysedQuery, question: str) -> float:
        """Return the weighted Dice overlap of the character terms of the query and a known question, 0..1."""
        return self._overlap(query.own_terms, self._rarity.weight(query.own_terms), question)

    def best_questions(
        self, own_terms: frozenset[str], passages: Iterable[Passage]
    ) -> Iterator[tuple[str | None, float]]:
        """Yield each passage's known question nearest to the query's own terms, and how near it is, 0..1."""
        own = self._rarity.weight(own_terms)
        for passage in passages:
            scored = [(self._overlap(own_terms, own, question), question) for question in passage.questions]
            similarity, question = max(scored, default=(0.0, None))
            yield question, similarity

    def of_passage(self, query: AnalysedQuery, passage: Passage) -> dict[str, float]:
        """Return which share of the query's words and character pairs the passage has."""
        whole = self._whole(passage.passage_id)
        words = list(query.content_words)
        present = [word for word in words if word in whole]
        total = self._rarity.weight(words, WORDS)
        rarest = max((self.rarity(word, WORDS) for word in words), default=0.0)
        rarest_missing = max((self.rarity(word, WORDS) for word in words if word not in whole), default=0.0)
        return {
            "coverage": self._rarity.weight(present, WORDS) / total if total else 0.0,
            "pair_coverage": self.covered(query, whole),
            "known": self._known(words),
            "rarest_missing": rarest_missing / rarest if rarest else 1.0,
        }

    def covered(self, query: AnalysedQuery, whole: str) -> float:
        """Return which share of the query's character pairs stands in ``whole``, a normalised text, 0..1."""
        pairs = [term for term in query.own_terms if len(term) > 1]
        total = self._rarity.weight(pairs)
        return self._rarity.weight(pair for pair in pairs if pair in whole) / total if total else 0.0

    def _overlap(self, own_terms: frozenset[str], own: float, question: str) -> float:
        terms, weight = self._terms(question)
        return 2 * self._rarity.weight(own_terms.intersection(terms)) / (own + weight) if own + weight else 0.0

    def _terms_of(self, question: str) -> tuple[tuple[str, ...], float]:
        # Thousands are kept: as tuples, a tenth of sets, and of the same few thousand terms, each there once.
        terms = frozenset(map(sys.intern, self._parts.analyzer.characters(self._parts.analyzer.normalise(question))))
        return tuple(terms), self._rarity.weight(terms)

    def _whole_of(self, passage_id: str) -> str:
        number = self._parts.catalogue.number(passage_id)
        passage, document = self._parts.catalogue.passage(number), self._parts.catalogue.document_of(number)
        return self._parts.analyzer.normalise("\n".join([indexed_text(document, passage), *passage.questions]))

    def _known(self, words: Sequence[str]) -> float:
        known = [word for word in words if self._parts.texts.document_frequency(WORDS, word)]
        return len(known) / len(words) if words else 0.0
