"""Puts the articles among the candidates into a better order; guides, plans and gaps keep their places and scores.

Trees that LightGBM learnt with lambdarank from questions whose articles are known. Only laws were in
its training, so it speaks about laws only: the articles change places among themselves, and the scores that their
places had stay where they were, so that an article and a guide still compare as the fusion had them.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.article_features import FEATURES, ArticleFeatures
from index.candidates import Candidates
from index.fusion import descending
from index.query import AnalysedQuery
from index.trees import Trees

MODEL = Path(__file__).parent / "models" / "article-ranker.onnx"


class ArticleRanker:
    """Reorders the articles of one generation.

    :param features: computes (n, len(FEATURES)).
    """

    def __init__(self, *, trees: Trees, features: ArticleFeatures) -> None:
        self._trees, self._features = trees, features

    def reorder(self, query: AnalysedQuery, found: Candidates, scores: FloatArray) -> FloatArray:
        """Return the scores of ``found`` with those of its articles dealt out anew, the best to the best."""
        positions, fused = self._features.best(found)
        if len(positions) < 2:
            return scores
        judged = self._trees.predict(self._features.matrix(query, found, positions, fused))
        ranked = positions[descending(judged, found.numbers[positions])]
        articles = np.flatnonzero(self._features.laws[found.numbers])
        rest = np.setdiff1d(articles, ranked)
        order = np.concatenate([ranked, rest[descending(scores[rest], found.numbers[rest])]])
        dealt = scores.copy()
        dealt[order] = np.sort(scores[articles])[::-1]
        return dealt


@functools.cache
def shipped_trees() -> Trees:
    """Return the shipped model.

    :raises IndexBrokenError: the file is missing, damaged or was made for other features.
    """
    return Trees(MODEL, features=FEATURES)
