"""A question, taken apart once for all the lists it is asked of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.arrays import FloatArray
from index.embedder import Embedder
from index.lexical import term_weights
from index.terms import Analyzer

CLAUSES, LEAST_CLAUSE, LEAST_LEFT = 4, 10, 3
"""A message is read in so many clauses at most; one with fewer characters goes together with the next, what is left over with
fewer than the last with the one before. Every clause costs a run of the encoder."""
_BETWEEN = re.compile(r"[，,。？?！!；;\s]+")


@dataclass(frozen=True, slots=True)
class AnalysedQuery:
    """A question's normalised text, its terms and its vector.

    :ivar terms: character terms and their weights, those of related words included.
    :ivar own_terms: the character terms of the question itself.
    :ivar content_words: jieba words without stop words.
    :ivar vector: (dim,) float32 of unit length, or zero.
    :ivar told: normalised, the parts that it was told in, one or more: the clauses of a question; what was asked before and
        the message that goes on with it.
    :ivar goes_on: whether they are the latter.
    """

    normalised: str
    terms: dict[str, float]
    own_terms: frozenset[str]
    content_words: tuple[str, ...]
    vector: FloatArray
    told: tuple[str, ...]
    goes_on: bool = False


def analyse(query: str, *, analyzer: Analyzer, embedder: Embedder, told: Sequence[str] = ()) -> AnalysedQuery:
    """Take ``query`` apart.

    :param told: where it goes on with another, what was asked before and itself; nothing for its clauses.
    """
    normalised = analyzer.normalise(query)
    own = analyzer.characters(normalised)
    related = [term for word in analyzer.related(normalised) for term in analyzer.characters(word)]
    return AnalysedQuery(
        normalised=normalised,
        terms=term_weights(own, related),
        own_terms=frozenset(own),
        content_words=tuple(dict.fromkeys(analyzer.content_words(normalised))),
        vector=embedder.encode_queries([query])[0],
        told=tuple(analyzer.normalise(part) for part in told or clauses(query)),
        goes_on=bool(told),
    )


def clauses(query: str) -> list[str]:
    """Return the clauses of a message, short ones together, at most :data:`CLAUSES`; itself where there are not several."""
    found: list[str] = []
    for clause in _BETWEEN.split(query):
        if found and (len(found[-1]) < LEAST_CLAUSE or len(clause) < LEAST_LEFT or len(found) == CLAUSES):
            found[-1] += f"，{clause}"
        elif clause:
            found.append(clause)
    return found if len(found) > 1 else [query]
