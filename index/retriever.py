"""The retriever: both indexes are asked, their lists fused, and the doubt about the result measured."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from corpus.records import Document, Kind, Passage, Status
from index.arrays import FloatArray, Scope
from index.article_features import ArticleFeatures
from index.article_ranker import ArticleRanker, shipped_trees
from index.candidates import LISTS, Candidates, collect, first_scores
from index.catalogue import Filters
from index.doubt import DoubtModel, load_doubt_model
from index.evidence_features import Coverage
from index.fusion import Weights, descending
from index.guide_ranker import GuideModel, GuideRanker, Reordered
from index.parts import SearchParts
from index.query import AnalysedQuery, analyse
from index.reranker import Reranker

__all__ = ["Filters", "Hit", "Retriever", "SearchResult"]

FACET_BOOST = 0.03
REGION_BOOST = 0.1
PREFERRED_JUDGED = 2.5
"""A section that the guide ranker judges lower than the first by more than this is not preferred."""
SURE_SECTION, ARTICLE_BEHIND = 3.0, 0.05
"""Where a section is judged so high, it goes before an article of a law with hardly a higher score: it says the same plainer."""
OUT_OF_FORCE_KEPT = 3
RESULTS_KEPT = 1024
RELOOKED = 6
"""So many passages beyond those wanted are looked at again for known questions."""
KNOWN_FROM, KNOWN_BONUS = 0.7, 1.0
"""Similarity with a known question from which a passage is lifted, and by how much for each unit above it."""
WORD_FOR_WORD, KNOWN_LOOKED = 0.97, 2
"""From this similarity on it comes first, though it may share no word with the question (大伙抱团应诉中不); so many passages with
the nearest known questions are looked at for it."""
BEYOND_DOUBT = 0.65
"""From this probability on, the end of a question is not looked at for itself."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    :ivar document: the document's own data, without passages.
    :ivar rank: from 1.
    :ivar score: fused, about 0..1, higher is better; comparable within one search only.
    :ivar dense_score: cosine of the query with the passage or its nearest known question.
    :ivar question_score: overlap of the query with the nearest known question, 0..1; comparable across searches.
    :ivar matched_question: that question, where the passage has any.
    :ivar judgement: what the guide ranker makes of a section, on one scale within a search; None where it did not look.
    """

    passage: Passage
    document: Document
    rank: int
    score: float
    dense_score: float
    question_score: float
    matched_question: str | None
    status: Status
    judgement: float | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    :ivar out_of_force: the best passages left out only because of ``as_of``; scores on the same scale as ``hits``.
    :ivar probability: P(the hits answer the question), 0..1.
    :ivar features: what the probability was computed from.
    """

    hits: tuple[Hit, ...]
    out_of_force: tuple[Hit, ...]
    probability: float
    features: Mapping[str, float] = field(default_factory=dict)


def lift_known(hits: Sequence[Hit], top_k: int) -> tuple[Hit, ...]:
    """Return the best ``top_k`` of ``hits``, ranked from 1: one whose lay question is much like the query comes sooner.

    The ranker learns on questions that were held out; a visitor's is often one that somebody wrote down. All scores are
    scaled alike, so that the best stay within 0..1 and their ratios keep their meaning.
    """
    best = max((hit.score for hit in hits), default=0.0)

    def lifted(hit: Hit) -> float:
        known = hit.question_score - KNOWN_FROM if hit.document.kind is not Kind.LAW else 0.0
        score = best if known >= WORD_FOR_WORD - KNOWN_FROM else hit.score
        return (score + KNOWN_BONUS * max(0.0, known)) / (1 + KNOWN_BONUS * (1 - KNOWN_FROM))

    ordered = sorted(((lifted(hit), hit) for hit in hits), key=lambda each: -each[0])[:top_k]
    return tuple(replace(hit, rank=rank, score=score) for rank, (score, hit) in enumerate(ordered, start=1))


class Retriever:
    """Searches the passages of one generation."""

    def __init__(
        self,
        *,
        parts: SearchParts,
        weights: Weights = Weights(),  # noqa: B008 - frozen
        reranker: Reranker | None = None,
        doubt_model: DoubtModel | None = None,
        guide_model: GuideModel | None = None,
    ) -> None:
        self._parts = parts
        self._weights = weights
        self._reranker = reranker
        self._doubt_model = doubt_model or load_doubt_model()
        self._coverage = Coverage(parts)
        self._articles = ArticleRanker(trees=shipped_trees(), features=ArticleFeatures(parts))
        self._guides = GuideRanker(guide_model, parts, self._coverage) if guide_model else None
        self._search = functools.lru_cache(maxsize=RESULTS_KEPT)(self._found)

    def warm(self) -> None:
        """Compute now what the first searches would compute: a second or two for a thousand sections."""
        catalogue = self._parts.catalogue
        others = (number for number in catalogue.numbers() if catalogue.document_of(number).kind is not Kind.LAW)
        self._coverage.warm(catalogue.passage(number).passage_id for number in others)

    def search(
        self,
        query: str,
        *,
        as_of: dt.date,
        top_k: int = 10,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        asking: tuple[str, ...] = (),
        told: tuple[str, ...] = (),
    ) -> SearchResult:
        """Return the passages in force on ``as_of`` that best match ``query``, best first, at most ``top_k``.

        Filters apply before ranking: a passage that may not answer never takes another's place. What was asked before,
        word for word, is remembered: a generation never changes.

        :param asking: ends of ``query`` that ask for themselves. A story told before the question helps to find the
            passage; that the passage does not tell the story is no reason to doubt it.
        :param told: the parts that ``query`` is put together from, where it is: what was asked before and what goes on with it.
        """
        return self._search(query, as_of, max(top_k, 0), filters, asking, told)

    def likeness(self, query: str, document_id: str) -> float:
        """Return how near ``query`` comes to any known question of a document: no hit in it has a higher question score."""
        terms = frozenset(self._parts.analyzer.characters(self._parts.analyzer.normalise(query)))
        return self._coverage.likeness(terms, document_id)

    def _found(
        self,
        query: str,
        as_of: dt.date,
        top_k: int,
        filters: Filters,
        asking: tuple[str, ...],
        told: tuple[str, ...],
    ) -> SearchResult:
        analysed = analyse(query, analyzer=self._parts.analyzer, embedder=self._parts.embedder, told=told)
        if not analysed.terms or not len(self._parts.catalogue):
            return SearchResult(hits=(), out_of_force=(), probability=0.0)
        matching = self._parts.catalogue.matching(filters)
        in_force = self._parts.catalogue.in_force(as_of)
        found = collect(analysed, self._parts, Scope(allowed=matching & in_force, beside=matching & ~in_force))
        fused = first_scores(found, self._weights)
        answers = in_force[found.numbers]
        best, others = found.at(answers), found.at(~answers)
        reordered = self._reranked(analysed, best, fused[answers])
        preferred = self._preferred(best, reordered, filters)
        ranked = self._ranked(best, preferred, top_k + RELOOKED)
        known = [position for position, _ in self._ranked(best, best.columns["question"], KNOWN_LOOKED)]
        ranked += [(each, float(preferred[each])) for each in known if each not in dict(ranked)]
        near = self._hits(analysed, best, ranked, as_of, reordered)
        hits = lift_known(near, top_k)
        # Not reranked: what matters is whether there is such a text, not which of them comes first.
        notices = self._ranked(others, fused[~answers], OUT_OF_FORCE_KEPT)
        out_of_force = self._hits(analysed, others, notices, as_of)
        features = self._features([analysed], hits, reordered.highest, best)
        probability = self._doubt_model.probability(features) if hits else 0.0
        if asking and hits and probability < BEYOND_DOUBT:
            ends = [analyse(end, analyzer=self._parts.analyzer, embedder=self._parts.embedder) for end in asking]
            of_ends = self._features(ends, hits, reordered.highest)
            features = max(features, of_ends, key=self._doubt_model.probability)
            probability = self._doubt_model.probability(features)
        return SearchResult(hits=hits, out_of_force=out_of_force, probability=probability, features=features)

    @staticmethod
    def _ranked(found: Candidates, scores: FloatArray, count: int) -> list[tuple[int, float]]:
        """Return (position in ``found``, score) of the best ``count`` candidates, best first."""
        return [(int(position), float(scores[position])) for position in descending(scores, found.numbers)[:count]]

    def _preferred(self, found: Candidates, reordered: Reordered, filters: Filters) -> FloatArray:
        """Return the scores with what the filters prefer lifted, where the guide ranker judges it about as good."""
        lift = np.zeros(len(found.numbers))
        if filters.facets:
            lift += FACET_BOOST * self._parts.catalogue.with_facets(filters.facets, found.numbers)
        if filters.prefer_region:
            lift += REGION_BOOST * self._parts.catalogue.with_region(filters.prefer_region, found.numbers)
        scores = reordered.scores + np.where(reordered.lower_by > PREFERRED_JUDGED, 0.0, lift)
        if self._guides is None or reordered.highest is None or reordered.highest < SURE_SECTION:
            return scores
        return scores - ARTICLE_BEHIND * ~self._guides.sections[found.numbers]

    def _reranked(self, query: AnalysedQuery, found: Candidates, fused: FloatArray) -> Reordered:
        """Return the scores after the reranker that was given, or else after the shipped ones."""
        if self._reranker is not None:
            lists = (found.columns[name] for name in LISTS)
            return Reordered(self._reranker.score(np.column_stack([fused, *lists])))
        fused = self._articles.reorder(query, found, fused)
        return self._guides.reorder(query, found, fused) if self._guides is not None else Reordered(fused)

    def _hits(
        self,
        query: AnalysedQuery,
        found: Candidates,
        ranked: Sequence[tuple[int, float]],
        as_of: dt.date,
        judged: Reordered | None = None,
    ) -> tuple[Hit, ...]:
        hits = []
        passages = [self._parts.catalogue.passage(int(found.numbers[position])) for position, _ in ranked]
        questions = self._coverage.best_questions(query.own_terms, passages)
        places = zip(ranked, passages, questions, strict=True)
        for rank, ((position, score), passage, (question, similarity)) in enumerate(places, start=1):
            document = self._parts.catalogue.documents[passage.document_id]
            dense = max(found.columns["dense_text"][position], found.columns["dense_question"][position])
            hit = Hit(
                passage=passage,
                document=document,
                rank=rank,
                score=score,
                dense_score=float(dense),
                question_score=similarity,
                matched_question=question,
                status=document.status(as_of, passage),
                judgement=judged.judgement(position) if judged else None,
            )
            hits.append(hit)
        return tuple(hits)

    def _features(
        self,
        asked: Sequence[AnalysedQuery],
        hits: Sequence[Hit],
        judgement: float | None,
        found: Candidates | None = None,
    ) -> dict[str, float]:
        """Return the features of that one of ``asked`` which the best hit fits best.

        :param found: what was found for ``asked``; None where another question was searched for.
        """
        if not hits:
            return {}
        best = hits[0]
        second = next((hit.score for hit in hits if hit.document.document_id != best.document.document_id), 0.0)
        common = {"margin": (best.score - second) / best.score if best.score > 0 else 0.0}
        if self._guides is None or judgement is None:
            each = [self._words(query, hits) for query in asked]
        elif best.document.kind is Kind.LAW:
            each = [self._words(query, hits) | {"topic": self._guides.topic(query)} for query in asked]
        else:
            common["judgement"] = judgement
            each = [self._guides.signs(query, best.passage, found) for query in asked]
        return max((common | features for features in each), key=self._doubt_model.probability)

    def _words(self, query: AnalysedQuery, hits: Sequence[Hit]) -> dict[str, float]:
        """Return how well the best of ``hits`` fits the words of ``query``: what is known of a passage without signs."""
        best = {
            "question_similarity": max(hit.question_score for hit in hits[:3]),
            "dense": max(hit.dense_score for hit in hits[:3]),
        }
        return best | self._coverage.of_passage(query, hits[0].passage)
