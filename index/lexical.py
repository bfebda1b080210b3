"""The lexical index: BM25 (k1 1.2, b 0.75) by tantivy over terms that :mod:`index.terms` has already made.

Two tantivy folders. ``passages`` has one entry a passage: characters of title, heading and text, and of a section those of all
that is asked about it. ``questions`` has one entry a lay question; a passage's question score is that of its best question.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy

from index.arrays import BoolArray, FloatArray, IntArray, Scope
from index.errors import REBUILD, IndexBrokenError

_WRITER_BYTES = 128_000_000
_SPARE, _FETCH_GROWTH = 1.25, 4
_FEW, _FEW_SHARE = 2000, 0.25
_ANALYZER = "terms"


@dataclass(frozen=True, slots=True)
class TermHits:
    """Entries found, best first.

    :ivar ids: (n,) int64, what :meth:`TermIndex.add` was given.
    :ivar scores: (n,) float64, BM25, descending.
    """

    ids: IntArray
    scores: FloatArray

    def only(self, keep: BoolArray) -> TermHits:
        """Return the entries where ``keep`` is true."""
        return TermHits(ids=self.ids[keep], scores=self.scores[keep])

    def first(self, count: int | None) -> TermHits:
        """Return the first ``count`` entries, all when None."""
        return TermHits(ids=self.ids[:count], scores=self.scores[:count])


class TermIndexWriter:
    """Adds entries to, and removes them from, a tantivy folder; nothing is visible before :meth:`commit`.

    :param slots: how many entries a passage may have: ``entry id // slots`` is the passage's number.
    """

    def __init__(self, folder: Path, fields: Iterable[str], *, slots: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = _register(tantivy.Index(_schema(fields), path=str(folder)))
        # One thread makes one segment with the entries in order: the same texts give the same index.
        self._writer = self._index.writer(_WRITER_BYTES, 1)
        self._slots = slots

    def add(self, entry_id: int, terms: Mapping[str, Iterable[str]]) -> None:
        """Add an entry with the terms of each field."""
        document = tantivy.Document()
        document.add_integer("id", entry_id)
        document.add_integer("number", entry_id // self._slots)
        for field, field_terms in terms.items():
            document.add_text(field, " ".join(field_terms))
        self._writer.add_document(document)

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove the entries of the passages with these numbers."""
        for number in numbers:
            self._writer.delete_documents_by_term("number", number)

    def commit(self) -> None:
        """Write what was added and removed to disk."""
        self._writer.commit()

    def close(self) -> None:
        """Forget what was not committed and end the threads that write into the folder."""
        self._writer.rollback()
        self._writer.wait_merging_threads()


class TermIndex:
    """Searches a tantivy folder written by :class:`TermIndexWriter`."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = _register(tantivy.Index.open(str(folder)))
        except (ValueError, OSError) as error:
            raise IndexBrokenError(f"{folder}: tantivy cannot open it ({error}); {REBUILD}") from error
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @property
    def count(self) -> int:
        """Entries in the index."""
        return int(self._searcher.num_docs)

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many entries have ``term`` in ``field``."""
        return int(self._searcher.doc_freq(field, term))

    def search(
        self, weights: Mapping[str, Mapping[str, float]], *, scope: Scope | None, limit: int, slots: int = 1
    ) -> TermHits:
        """Return the best ``limit`` entries of allowed passages, as if no others were in the index.

        :param weights: field → term → weight.
        :param scope: by passage number, ``entry id // slots``; None allows all. Few are named to tantivy; of many, more
            are fetched until ``limit`` allowed ones are found, which keeps its fast path over plain term queries.
        """
        query = self._query(weights)
        if scope is None:
            return self._found(query, limit)
        few = np.flatnonzero(scope.both)
        if few.size <= min(_FEW, _FEW_SHARE * scope.both.size):
            query = self._among(query, few.tolist())
        fetch = math.ceil(limit * _SPARE)
        while True:
            hits = self._found(query, fetch)
            kept = hits.only(scope.both[hits.ids // slots])
            cut = scope.cut(kept.ids // slots, limit)
            if cut is not None or len(hits.ids) < fetch:
                return kept.first(cut)
            fetch *= _FETCH_GROWTH

    def _found(self, query: tantivy.Query, limit: int) -> TermHits:
        found = self._searcher.search(query, limit, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in found])
        scores = [score for score, _ in found]
        return TermHits(ids=np.array(ids, dtype=np.int64), scores=np.array(scores, dtype=np.float64))

    def _among(self, query: tantivy.Query, numbers: list[int]) -> tantivy.Query:
        """Return ``query`` over the entries of these passages only; scores stay as they are."""
        if not numbers:
            return tantivy.Query.empty_query()
        one_of = tantivy.Query.term_set_query(self._schema, "number", numbers)
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query([(must, query), (must, tantivy.Query.const_score_query(one_of, 0.0))])

    def _query(self, weights: Mapping[str, Mapping[str, float]]) -> tantivy.Query:
        clauses = []
        for field, terms in weights.items():
            for term, weight in terms.items():
                query = tantivy.Query.term_query(self._schema, field, term, "freq")
                clauses.append(query if weight == 1.0 else tantivy.Query.boost_query(query, weight))
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])


def term_weights(terms: Iterable[str], related: Iterable[str] = (), *, related_weight: float = 0.5) -> dict[str, float]:
    """Return each term's weight: how often it is asked for; terms that only related words bring count less.

    >>> term_weights(["商", "标", "商"], ["权"])
    {'商': 2.0, '标': 1.0, '权': 0.5}
    """
    weights = {term: float(count) for term, count in Counter(terms).items()}
    return weights | {term: related_weight for term in related if term not in weights}


def _schema(fields: Iterable[str]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", fast=True)
    builder.add_integer_field("number", indexed=True)
    for field in fields:
        builder.add_text_field(field, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _register(index: tantivy.Index) -> tantivy.Index:
    # Terms arrive joined by blanks: splitting there again in Rust is far cheaper than a Python object per term.
    index.register_tokenizer(_ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index
