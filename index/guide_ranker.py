"""Puts the sections of guides, plans and gaps among the candidates into a better order; laws keep their places.

By how near the sentence encoder puts a section and what was asked about it (:mod:`index.blend`). As with articles, the sections
change places among themselves.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.records import Kind, Passage
from index.arrays import BoolArray, FloatArray, IntArray
from index.asked import nearest_asked, worded_alike, wording
from index.blend import ASKED_BEFORE, ASKED_MESSAGE, COVERED, WORDING_MESSAGE, Blend, Nearness
from index.candidates import ASKED, FIT, WORDING, Candidates
from index.evidence_features import Coverage
from index.fusion import descending
from index.lexical import term_weights
from index.parts import SearchParts
from index.query import AnalysedQuery
from index.topic_guess import TopicGuess

MODEL = Path(__file__).parent / "models" / "guide-ranker"
TOPIC, BLEND = "topic.onnx", "blend.json"
LOOKED_AT = 25


@dataclass(frozen=True, slots=True)
class GuideModel:
    """What training made: what tells our matters from others, and how much each kind of nearness counts."""

    topic_guess: TopicGuess
    blend: Blend


@dataclass(frozen=True, slots=True)
class Reordered:
    """What the ranker makes of the candidates.

    :ivar scores: (c,) of all candidates.
    :ivar judgements: (c,) what is made of each section that was judged, nan for any other candidate; None when
        nothing was.
    """

    scores: FloatArray
    judgements: FloatArray | None = None

    def judgement(self, position: int) -> float | None:
        """Return the judgement of one candidate, None where the ranker did not look."""
        if self.judgements is None or np.isnan(self.judgements[position]):
            return None
        return float(self.judgements[position])

    @property
    def lower_by(self) -> FloatArray:
        """(c,) by how much each candidate is judged lower than the first, 0 where the ranker did not look."""
        if self.judgements is None:
            return np.zeros(len(self.scores))
        return np.nan_to_num(np.nanmax(self.judgements) - self.judgements)

    @property
    def highest(self) -> float | None:
        """The judgement of the section that is put first; None when there is no section."""
        return None if self.judgements is None else float(np.nanmax(self.judgements))


class GuideRanker:
    """Reorders the sections of one generation.

    :ivar sections: (catalogue.size,) whether each passage is a section, which is ranked here, and no article of a law.
    """

    def __init__(self, model: GuideModel, parts: SearchParts, coverage: Coverage | None = None) -> None:
        self._blend, self._topic, self._parts = model.blend, model.topic_guess, parts
        self._coverage = coverage or Coverage(parts)
        self.sections: BoolArray = np.zeros(parts.catalogue.size, dtype=bool)
        for number in parts.catalogue.numbers():
            self.sections[number] = parts.catalogue.document_of(number).kind is not Kind.LAW

    def reorder(self, query: AnalysedQuery, found: Candidates, scores: FloatArray) -> Reordered:
        """Deal out anew the scores that the sections of ``found`` have: the highest to those judged, the best to the best, what is
        left to the others.
        """
        positions = self.best(found, scores)
        if not len(positions):
            return Reordered(scores)
        judgements = np.full(len(scores), np.nan)
        judgements[positions] = self._blend.judgements(self.nearness(query, found, positions))
        sections = np.flatnonzero(self.sections[found.numbers])
        judged = np.nan_to_num(judgements[sections], nan=-np.inf)
        order = sections[np.lexsort((found.numbers[sections], -scores[sections], -judged))]
        dealt = scores.copy()
        dealt[order] = np.sort(scores[sections])[::-1]
        return Reordered(dealt, judgements)

    def best(self, found: Candidates, scores: FloatArray) -> IntArray:
        """Return the positions in ``found`` of the sections that are judged, at most :data:`LOOKED_AT`.

        Those with the greatest sum of score, fit, nearness to what was asked about them and share of the words in that: a
        section that shares no word with the question may still be what it means.
        """
        positions = np.flatnonzero(self.sections[found.numbers])
        fit, asked, wording = (found.columns[name][positions] for name in (FIT, ASKED, WORDING))
        sums = scores[positions] + fit + asked + wording / max(wording.max(initial=0.0), 1e-9)
        return positions[descending(sums, found.numbers[positions])[:LOOKED_AT]]

    def nearness(self, query: AnalysedQuery, found: Candidates, positions: IntArray) -> Nearness:
        """Return how near the sections at ``positions`` come to the question, (len(positions),) each."""
        parts, numbers = self._parts, found.numbers[positions]
        columns = {name: found.columns[name][positions] for name in (FIT, WORDING)}
        if not query.told:
            passages = [parts.catalogue.passage(number) for number in numbers.tolist()]
            (columns[ASKED],) = nearest_asked(parts, [query.normalised], columns[FIT][None], numbers)
            columns[COVERED] = self._coverage.in_texts(query, passages)
            return Nearness(columns)
        vectors = np.array([parts.encoder.encode_query(text) for text in query.told])
        fits = np.vstack([columns[FIT], parts.sections.similarity(vectors, numbers)])
        asked = nearest_asked(parts, (query.normalised, *query.told), fits, numbers)
        columns |= dict(zip((ASKED, ASKED_BEFORE, ASKED_MESSAGE), asked, strict=True))
        columns[WORDING_MESSAGE] = self._worded(query.told[-1], fits[-1], numbers)
        return Nearness(columns, goes_on=True)

    def _worded(self, text: str, fits: FloatArray, numbers: IntArray) -> FloatArray:
        """Return (len(numbers),) how much a normalised text shares with what was asked about each passage (BM25)."""
        hits = worded_alike(self._parts, term_weights(self._parts.analyzer.characters(text)))
        return wording(self._parts, hits, fits, numbers)

    def topic(self, query: AnalysedQuery) -> float:
        """Return the log odds that the question is about our matters."""
        return self._topic.score(self._parts.encoder.encode_query(query.normalised))

    def signs(self, query: AnalysedQuery, passage: Passage, found: Candidates | None = None) -> dict[str, float]:
        """Return whether the question is about our matters (``topic``) and how near a section is (``fit``), the nearest
        that was asked about it (``asked``), and how much of its words are in that (``wording``, for each of its terms).

        :param found: what was found for the question, the section with it; None where another was searched for.
        """
        numbers = np.array([self._parts.catalogue.number(passage.passage_id)])
        if found is None:
            fit = self._parts.sections.similarity(self._parts.encoder.encode_query(query.normalised), numbers)
            worded = self._worded(query.normalised, fit, numbers)
        else:
            fit, worded = (found.columns[name][found.numbers == numbers] for name in (FIT, WORDING))
        asked = nearest_asked(self._parts, [query.normalised], fit[None], numbers)
        share = float(worded[0]) / max(len(query.own_terms), 1)
        return {"topic": self.topic(query), FIT: float(fit[0]), ASKED: float(asked[0, 0]), WORDING: share}


@functools.cache
def shipped_guide_model(folder: Path = MODEL) -> GuideModel | None:
    """Return the shipped model, None when there is none.

    :raises IndexBrokenError: a file is damaged.
    """
    if not folder.is_dir():
        return None
    return GuideModel(TopicGuess(folder / TOPIC), Blend.open(folder / BLEND))
