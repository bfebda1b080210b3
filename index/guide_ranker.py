"""Puts the sections of guides, plans and gaps among the candidates into a better order; laws keep their places.

A LightGBM model in its text format, learnt with lambdarank from the lay questions of the shipped guides, each held out
from everything that the features are computed from. As with articles, the sections change places among themselves.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.article_ranker import Booster
from index.candidates import Candidates
from index.embedder import StaticEmbedder
from index.errors import IndexBrokenError
from index.facet_guess import FacetGuess
from index.fusion import descending
from index.guide_features import FEATURES, GuideFeatures
from index.parts import SearchParts
from index.query import AnalysedQuery

MODEL = Path(__file__).parent / "models" / "guide-ranker"
TREES, FACETS = "trees.txt", "facets.json"


@dataclass(frozen=True, slots=True)
class GuideModel:
    """What training made: word vectors, facet counts, trees."""

    embedder: StaticEmbedder
    facet_guess: FacetGuess
    booster: Booster


class GuideRanker:
    """Reorders the sections of one generation."""

    def __init__(self, model: GuideModel, parts: SearchParts) -> None:
        self._booster = model.booster
        self._features = GuideFeatures(parts, embedder=model.embedder, facet_guess=model.facet_guess)

    def warm(self) -> None:
        """Prepare every section."""
        self._features.warm()

    def reorder(self, query: AnalysedQuery, found: Candidates, scores: FloatArray) -> FloatArray:
        """Return the scores of ``found`` with those of its best sections dealt out anew, the best to the best."""
        positions = self._features.best(found, scores)
        if len(positions) < 2:
            return scores
        matrix = self._features.matrix(query, found, positions)
        judged = np.asarray(self._booster.predict(matrix, num_threads=1), dtype=np.float64)
        dealt = scores.copy()
        dealt[positions[descending(judged, found.numbers[positions])]] = scores[positions]
        return dealt


@functools.cache
def shipped_guide_model(folder: Path = MODEL) -> GuideModel | None:
    """Return the shipped model, None when there is none.

    :raises IndexBrokenError: a file is damaged or was made for other features.
    """
    if not folder.is_dir():
        return None
    import lightgbm

    try:
        booster = lightgbm.Booster(model_file=str(folder / TREES))
    except lightgbm.basic.LightGBMError as error:
        raise IndexBrokenError(f"{folder}: LightGBM cannot read it ({error}); fetch the folder again") from error
    if tuple(booster.feature_name()) != FEATURES:
        raise IndexBrokenError(f"{folder}: made for other features than this version computes; train it again")
    return GuideModel(
        embedder=StaticEmbedder.open(folder), facet_guess=FacetGuess.open(folder / FACETS), booster=booster
    )
