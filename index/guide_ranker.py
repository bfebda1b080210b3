"""Puts the sections of guides, plans and gaps among the candidates into a better order; laws keep their places.

Trees that LightGBM learnt with lambdarank from the lay questions of the shipped guides, each held out
from everything that the features are computed from. As with articles, the sections change places among themselves.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.records import Passage
from index.arrays import BoolArray, FloatArray, IntArray
from index.asked import nearest_asked, worded_alike, wording
from index.blend import BY_TREES, Blend, Nearness
from index.candidates import ASKED, FIT, WORDING, Candidates
from index.facet_guess import FacetGuess
from index.guide_features import FEATURES, GuideFeatures
from index.lexical import term_weights
from index.parts import SearchParts
from index.query import AnalysedQuery
from index.topic_guess import TopicGuess
from index.trees import Booster, load_booster

MODEL = Path(__file__).parent / "models" / "guide-ranker"
TREES, FACETS, TOPIC, BLEND = "trees.onnx", "facets.json", "topic.onnx", "blend.json"


@dataclass(frozen=True, slots=True)
class GuideModel:
    """What training made: facet counts, what tells our matters from others, trees, and how much these count."""

    facet_guess: FacetGuess
    topic_guess: TopicGuess
    booster: Booster
    blend: Blend = BY_TREES


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
        """Return the judgement of one candidate, None where the trees did not look."""
        if self.judgements is None or np.isnan(self.judgements[position]):
            return None
        return float(self.judgements[position])

    @property
    def lower_by(self) -> FloatArray:
        """(c,) by how much each candidate is judged lower than the first, 0 where the trees did not look."""
        if self.judgements is None:
            return np.zeros(len(self.scores))
        return np.nan_to_num(np.nanmax(self.judgements) - self.judgements)

    @property
    def highest(self) -> float | None:
        """The judgement of the section that the trees put first; None when there is no section."""
        return None if self.judgements is None else float(np.nanmax(self.judgements))


class GuideRanker:
    """Reorders the sections of one generation."""

    def __init__(self, model: GuideModel, parts: SearchParts) -> None:
        self._booster, self._blend = model.booster, model.blend
        self._features = GuideFeatures(parts, facet_guess=model.facet_guess)
        self._topic, self._parts = model.topic_guess, parts

    @property
    def sections(self) -> BoolArray:
        """(catalogue.size,) whether each passage is a section, which is ranked here, and no article of a law."""
        return self._features.guides

    def warm(self) -> None:
        """Prepare every section."""
        self._features.warm()

    def reorder(self, query: AnalysedQuery, found: Candidates, scores: FloatArray) -> Reordered:
        """Deal out anew the scores that the sections of ``found`` have: the highest to those judged, the best to the best, what is
        left to the others.
        """
        positions = self.best(found, scores)
        if not len(positions):
            return Reordered(scores)
        judgements = np.full(len(scores), np.nan)
        trees = self.trees(query, found, positions)
        judgements[positions] = self._blend.judgements(self.nearness(query, found, positions), trees)
        sections = np.flatnonzero(self.sections[found.numbers])
        judged = np.nan_to_num(judgements[sections], nan=-np.inf)
        order = sections[np.lexsort((found.numbers[sections], -scores[sections], -judged))]
        dealt = scores.copy()
        dealt[order] = np.sort(scores[sections])[::-1]
        return Reordered(dealt, judgements)

    def best(self, found: Candidates, scores: FloatArray) -> IntArray:
        """Return the positions in ``found`` of the sections that are judged; see :meth:`GuideFeatures.best`."""
        return self._features.best(found, scores)

    def trees(self, query: AnalysedQuery, found: Candidates, positions: IntArray) -> FloatArray:
        """Return (len(positions),) what the trees say of the sections at ``positions``."""
        said: FloatArray = self._booster.predict(self._features.matrix(query, found, positions), num_threads=1)
        return said

    def nearness(self, query: AnalysedQuery, found: Candidates, positions: IntArray) -> Nearness:
        """Return how near the sections at ``positions`` come to the question, (len(positions),) each."""
        numbers, texts = found.numbers[positions], (query.normalised, *query.told)
        parts = self._parts
        fits = parts.sections.similarity(np.array([parts.encoder.encode_query(text) for text in texts]), numbers)
        worded = [found.columns[WORDING][positions]]
        worded += [self._worded(text, fit, numbers) for text, fit in zip(query.told, fits[1:], strict=True)]
        columns = zip(fits, nearest_asked(parts, texts, fits, numbers), worded, strict=True)
        whole, *told = (dict(zip((FIT, ASKED, WORDING), each, strict=True)) for each in columns)
        return Nearness(whole, told)

    def _worded(self, text: str, fits: FloatArray, numbers: IntArray) -> FloatArray:
        """Return (len(numbers),) how much a normalised text shares with what was asked about each passage (BM25)."""
        hits = worded_alike(self._parts, term_weights(self._parts.analyzer.characters(text)))
        return wording(self._parts, hits, fits, numbers)

    def signs(self, query: AnalysedQuery, passage: Passage, found: Candidates | None = None) -> dict[str, float]:
        """Return whether the question is about our matters (``topic``) and, of a section, how near it is (``fit``), the nearest
        that was asked about it (``asked``), and how much of its words are in that (``wording``, for each of its terms).

        :param found: what was found for the question, the passage with it; None where another was searched for.
        """
        text, number = query.normalised, self._parts.catalogue.number(passage.passage_id)
        vector, numbers = self._parts.encoder.encode_query(text), np.array([number])
        signs = {"topic": self._topic.score(vector)}
        if self._features.guides[number]:
            fit = self._parts.sections.similarity(vector, numbers)
            asked = nearest_asked(self._parts, [text], fit[None], numbers)
            if found is None:
                (worded,) = self._worded(text, fit, numbers).tolist()
            else:
                worded = float(found.columns[WORDING][np.searchsorted(found.numbers, number)])
            share = worded / max(len(query.own_terms), 1)
            signs |= {FIT: float(fit[0]), ASKED: float(asked[0, 0]), WORDING: share}
        return signs


@functools.cache
def shipped_guide_model(folder: Path = MODEL) -> GuideModel | None:
    """Return the shipped model, None when there is none.

    :raises IndexBrokenError: a file is damaged or was made for other features.
    """
    if not folder.is_dir():
        return None
    booster = load_booster(folder / TREES, features=FEATURES)
    return GuideModel(
        facet_guess=FacetGuess.open(folder / FACETS),
        topic_guess=TopicGuess(folder / TOPIC),
        booster=booster,
        blend=Blend.open(folder / BLEND),
    )
