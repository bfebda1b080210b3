"""What the doubt model looks at: how well the best passage, and its known questions, cover the question's words."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from corpus.records import Passage
from index.arrays import FloatArray
from index.parts import TEXT, WORDS, SearchParts, indexed_text
from index.query import AnalysedQuery
from index.rarity import Rarity
from index.term_sets import TermComparer, TermSets

TEXTS_KEPT = 4096  # passages whose words, and the terms of whose known questions, are remembered


class Coverage:
    """Compares a question with texts, each word weighted by how rare it is in the corpus."""

    def __init__(self, parts: SearchParts) -> None:
        self._parts = parts
        self._rarity = Rarity(parts.texts)
        self._comparer = TermComparer(self._rarity)
        self._known_terms = functools.lru_cache(maxsize=TEXTS_KEPT)(self._known_terms_of)
        self._document_terms = functools.lru_cache(maxsize=TEXTS_KEPT)(self._document_terms_of)
        self._text = functools.lru_cache(maxsize=TEXTS_KEPT)(self._text_of)
        self._whole = functools.lru_cache(maxsize=TEXTS_KEPT)(self._whole_of)

    def rarity(self, term: str, field: str = TEXT) -> float:
        """Return the idf of a term, ln(1 + N / (1 + df)); greatest for a term that the corpus does not have."""
        return self._rarity.of(term, field)

    def warm(self, passage_ids: Iterable[str]) -> None:
        """Prepare these passages now, the first :data:`TEXTS_KEPT` of them, instead of when each is first compared."""
        for passage_id in itertools.islice(passage_ids, TEXTS_KEPT):
            self._known_terms(passage_id)
            self._text(passage_id)

    def question_terms(self, questions: Iterable[str]) -> TermSets:
        """Return the character terms of known questions, for :meth:`overlaps`."""
        analyzer = self._parts.analyzer
        return self._comparer.sets(analyzer.characters(analyzer.normalise(question)) for question in questions)

    def overlaps(self, own_terms: frozenset[str], questions: Sequence[TermSets]) -> FloatArray:
        """Return (n,) the weighted Dice overlap of the query's own terms with each known question, 0..1."""
        return self._comparer.dice(own_terms, questions) if questions else np.empty(0)

    def best_questions(
        self, own_terms: frozenset[str], passages: Sequence[Passage]
    ) -> Iterator[tuple[str | None, float]]:
        """Yield each passage's known question nearest to the query's own terms, and how near it is, 0..1."""
        terms = [self._known_terms(passage.passage_id) for passage in passages]
        overlaps = self.overlaps(own_terms, terms).tolist()
        end = 0
        for passage in passages:
            start, end = end, end + len(passage.questions)
            nearest = max(zip(overlaps[start:end], passage.questions, strict=True), default=(0.0, None))
            yield nearest[1], nearest[0]

    def likeness(self, own_terms: frozenset[str], document_id: str) -> float:
        """Return how near the query's own terms come to the nearest known question of a document, 0..1."""
        return float(self.overlaps(own_terms, [self._document_terms(document_id)]).max(initial=0.0))

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
            "pair_coverage": float(self.covered(query, [whole])[0]),
            "known": self._known(words),
            "rarest_missing": rarest_missing / rarest if rarest else 1.0,
        }

    def covered(self, query: AnalysedQuery, texts: Sequence[str]) -> FloatArray:
        """Return (len(texts),) which share of the query's character pairs, the rarer the more, stands in each normalised text, 0..1.

        Exact where meaning is vague: 重点工程五 is not 重点工程六.
        """
        pairs = sorted(
            term for term in query.own_terms if len(term) > 1
        )  # in one order: sums are the same to the last bit
        weights = np.array([self.rarity(pair) for pair in pairs])
        there = np.array([[pair in text for pair in pairs] for text in texts]).reshape(len(texts), len(pairs))
        share: FloatArray = there @ weights / max(float(weights.sum()), 1e-9)
        return share

    def in_texts(self, query: AnalysedQuery, passages: Iterable[Passage]) -> FloatArray:
        """Return (passages,) which share of the query's character pairs stands in each passage's own text; see :meth:`covered`."""
        return self.covered(query, [self._text(passage.passage_id) for passage in passages])

    def _known_terms_of(self, passage_id: str) -> TermSets:
        catalogue = self._parts.catalogue
        return self.question_terms(catalogue.passage(catalogue.number(passage_id)).questions)

    def _document_terms_of(self, document_id: str) -> TermSets:
        passages = self._parts.catalogue.passages_of(document_id)
        return self.question_terms(question for passage in passages for question in passage.questions)

    def _text_of(self, passage_id: str) -> str:
        number = self._parts.catalogue.number(passage_id)
        passage, document = self._parts.catalogue.passage(number), self._parts.catalogue.document_of(number)
        return self._parts.analyzer.normalise(indexed_text(document, passage))

    def _whole_of(self, passage_id: str) -> str:
        questions = self._parts.catalogue.passage(self._parts.catalogue.number(passage_id)).questions
        return "\n".join([self._text(passage_id), *map(self._parts.analyzer.normalise, questions)])

    def _known(self, words: Sequence[str]) -> float:
        known = [word for word in words if self._parts.texts.document_frequency(WORDS, word)]
        return len(known) / len(words) if words else 0.0
