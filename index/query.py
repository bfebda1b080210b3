"""A question, taken apart once for all the lists it is asked of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.arrays import FloatArray
from index.embedder import Embedder
from index.lexical import term_weights
from index.terms import Analyzer


@dataclass(frozen=True, slots=True)
class AnalysedQuery:
    """A question's normalised text, its terms and its vector.

    :ivar terms: character terms and their weights, those of related words included.
    :ivar own_terms: the character terms of the question itself.
    :ivar content_words: jieba words without stop words.
    :ivar vector: (dim,) float32 of unit length, or zero.
    :ivar told: normalised, where it goes on with another what was asked before and the message itself; nothing where it stands
        alone.
    """

    normalised: str
    terms: dict[str, float]
    own_terms: frozenset[str]
    content_words: tuple[str, ...]
    vector: FloatArray
    told: tuple[str, ...] = ()


def analyse(query: str, *, analyzer: Analyzer, embedder: Embedder, told: Sequence[str] = ()) -> AnalysedQuery:
    """Take ``query`` apart.

    :param told: see :class:`AnalysedQuery`.
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
        told=tuple(map(analyzer.normalise, told)),
    )
