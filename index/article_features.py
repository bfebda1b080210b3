"""What the article ranker looks at: cheap numbers about each candidate article, none of them about a particular law."""

from __future__ import annotations

import math

import numpy as np

from corpus.records import Kind
from index.arrays import BoolArray, FloatArray, IntArray
from index.candidates import LISTS, Candidates
from index.fusion import convex, descending
from index.parts import SearchParts
from index.query import AnalysedQuery

WEIGHTS = {"text": 0.25, "question": 0.15, "dense_text": 0.40, "dense_question": 0.20}
LOOKED_AT = 300
FEATURES = (
    *("fused", "of_best", "rank"),
    *(f"{name}_share" for name in LISTS),
    *(f"{name}_rank" for name in LISTS),
    *("text_per_character", "question_per_character", "dense_text", "dense_question"),
    *("beside_better", "beside_worse", "law_best", "law_rank", "law_count"),
    *("length", "query_length", "best_dense_text", "best_dense_question", "best_text_per_character"),
)


class ArticleFeatures:
    """Computes the features over one generation.

    :ivar laws: (catalogue.size,) whether each passage belongs to a law.
    """

    def __init__(self, parts: SearchParts) -> None:
        catalogue = parts.catalogue
        self._parts = parts
        self.laws: BoolArray = np.zeros(catalogue.size, dtype=bool)
        self._law_codes: IntArray = np.full(catalogue.size, -1, dtype=np.int64)
        self._lengths: FloatArray = np.zeros(catalogue.size, dtype=np.float64)
        codes = {document_id: code for code, document_id in enumerate(catalogue.documents)}
        for number in catalogue.numbers():
            passage = catalogue.passage(number)
            self.laws[number] = catalogue.documents[passage.document_id].kind is Kind.LAW
            self._law_codes[number] = codes[passage.document_id]
            self._lengths[number] = math.log1p(len(passage.text))

    def best(self, found: Candidates) -> tuple[IntArray, FloatArray]:
        """Return the positions in ``found`` of the best articles, best first, at most 300, and their fused scores."""
        positions = np.flatnonzero(self.laws[found.numbers])
        columns = [found.columns[name][positions] for name in LISTS]
        fused = convex(columns, [WEIGHTS[name] for name in LISTS], [float(each.max(initial=0.0)) for each in columns])
        order = descending(fused, found.numbers[positions])[:LOOKED_AT]
        return positions[order], fused[order]

    def matrix(self, query: AnalysedQuery, found: Candidates, positions: IntArray, fused: FloatArray) -> FloatArray:
        """Return (len(positions), len(FEATURES)) float64."""
        numbers = found.numbers[positions]
        count, length = len(positions), max(len(query.normalised), 1)
        raw = {name: found.columns[name][positions] for name in LISTS}
        tops = {name: max(float(raw[name].max(initial=0.0)), 1e-9) for name in LISTS}
        constants = (length, tops["dense_text"], tops["dense_question"], tops["text"] / length)
        columns = [
            *(fused, fused / max(float(fused[0]), 1e-9), np.arange(count)),
            *(raw[name] / tops[name] for name in LISTS),
            *(_ranks(raw[name]) for name in LISTS),
            *(raw["text"] / length, raw["question"] / length, raw["dense_text"], raw["dense_question"]),
            *_beside(numbers, self._law_codes[numbers], fused),
            *_within_law(self._law_codes[numbers], fused),
            self._lengths[numbers],
            *(np.full(count, value) for value in constants),
        ]
        return np.column_stack(columns).astype(np.float64)


def _ranks(scores: FloatArray) -> FloatArray:
    """Return ln(1 + rank from 0) of each score; equal scores keep the fused order."""
    ranks = np.empty(len(scores), dtype=np.float64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return np.log1p(ranks)


def _beside(numbers: IntArray, laws: IntArray, fused: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the better and the worse fused score of the articles before and after, 0 where not a candidate."""
    known = {(number, law): score for number, law, score in zip(numbers.tolist(), laws.tolist(), fused, strict=True)}
    places = list(zip(numbers.tolist(), laws.tolist(), strict=True))
    before = np.array([known.get((number - 1, law), 0.0) for number, law in places], dtype=np.float64)
    after = np.array([known.get((number + 1, law), 0.0) for number, law in places], dtype=np.float64)
    return np.maximum(before, after), np.minimum(before, after)


def _within_law(laws: IntArray, fused: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the best score of another candidate of the law, the rank from 0 within the law, and how many it has.

    :param fused: descending.
    """
    best, rank, counts = np.zeros(len(laws)), np.zeros(len(laws)), np.zeros(len(laws))
    for law in np.unique(laws):
        mine = np.flatnonzero(laws == law)
        rank[mine] = np.arange(len(mine))
        counts[mine] = len(mine)
        if len(mine) > 1:
            best[mine] = fused[mine[0]]
            best[mine[0]] = fused[mine[1]]
    return best, rank, counts
