from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage
from index.arrays import FloatArray
from index.article_features import FEATURES, ArticleFeatures
from index.article_ranker import ArticleRanker
from index.candidates import Candidates, collect
from index.embedder import StaticEmbedder
from index.parts import SearchParts
from index.query import AnalysedQuery, analyse
from index.store import IndexStore
from index.trees import Trees

QUERY = "商标异议要多久"


class Fake(Trees):
    """Prefers by one feature."""

    def __init__(self, feature: str) -> None:  # opens no file
        self._column = FEATURES.index(feature)

    def predict(self, rows: FloatArray) -> FloatArray:
        column: FloatArray = rows[:, self._column]
        return column


@pytest.fixture
def parts(
    tmp_path: Path, embedder: StaticEmbedder, document: Callable[..., Document], passage: Callable[..., Passage]
) -> SearchParts:
    articles = ["商标异议的期限为三个月。", "专利权的期限为二十年，自申请之日起计算，实用新型为十年。", "商标异议。"]
    law = [passage("law", order, f"第{'一二三'[order]}条", text) for order, text in enumerate(articles)]
    documents = [
        document("guide", "商标异议怎么办", ("多长时间", "商标异议三个月内提出。")),
        document("law", "商标法", *law, kind=Kind.LAW),
    ]
    store = IndexStore(tmp_path)
    store.build(documents, embedder=embedder)
    return store.open(embedder).parts


@pytest.fixture
def asked(parts: SearchParts) -> AnalysedQuery:
    return analyse(QUERY, analyzer=parts.analyzer, embedder=parts.embedder)


@pytest.fixture
def found(parts: SearchParts, asked: AnalysedQuery) -> Candidates:
    return collect(asked, parts, None)


def test_articles_change_places_and_a_guide_keeps_its_score(
    parts: SearchParts, asked: AnalysedQuery, found: Candidates
) -> None:
    features = ArticleFeatures(parts)
    before = np.linspace(1.0, 0.4, len(found.numbers))
    after = ArticleRanker(trees=Fake("length"), features=features).reorder(asked, found, before)
    laws = features.laws[found.numbers]
    assert after[~laws] == pytest.approx(before[~laws])
    assert sorted(after[laws]) == pytest.approx(sorted(before[laws]))
    longest = max(np.flatnonzero(laws), key=lambda at: len(parts.catalogue.passage(int(found.numbers[at])).text))
    assert after[longest] == pytest.approx(before[laws].max())


def test_the_features_are_finite_and_named(parts: SearchParts, asked: AnalysedQuery, found: Candidates) -> None:
    features = ArticleFeatures(parts)
    positions, fused = features.best(found)
    matrix = features.matrix(asked, found, positions, fused)
    assert matrix.shape == (3, len(FEATURES))
    assert np.isfinite(matrix).all()
    assert (np.diff(fused) <= 0).all()


def test_neighbours_of_one_law_lift_each_other(parts: SearchParts, asked: AnalysedQuery, found: Candidates) -> None:
    features = ArticleFeatures(parts)
    positions, fused = features.best(found)
    better = features.matrix(asked, found, positions, fused)[:, FEATURES.index("beside_better")]
    numbers = found.numbers[positions].tolist()
    middle = sorted(numbers)[1]
    assert better[numbers.index(middle)] == max(fused[at] for at, number in enumerate(numbers) if number != middle)


def test_a_generation_without_laws_is_left_alone(
    tmp_path: Path, embedder: StaticEmbedder, guides: list[Document], today: dt.date
) -> None:
    store = IndexStore(tmp_path)
    store.build([each for each in guides if each.kind is not Kind.LAW], embedder=embedder)
    parts = store.open(embedder).parts
    query = analyse(QUERY, analyzer=parts.analyzer, embedder=parts.embedder)
    found = collect(query, parts, None)
    scores = np.linspace(0, 1, len(found.numbers))
    after = ArticleRanker(trees=Fake("rank"), features=ArticleFeatures(parts)).reorder(query, found, scores)
    assert (after == scores).all()
