"""Trains the article ranker on what the product's own search returns, cross-fitted.

For each fold of the judged questions an embedding and question vectors are used that have not seen the fold, so that
the ranker learns from scores such as new questions get. How often a law is asked about is not among the features.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from index.arrays import FloatArray, IntArray
from index.article_features import FEATURES, ArticleFeatures
from index.candidates import collect
from index.dense import DenseIndex, vector_id
from index.embedder import StaticEmbedder
from index.evaluation import DEPTH, measures
from index.lay_questions import Article, article_of
from index.parts import MAX_QUESTIONS, SearchParts, indexed_questions, indexed_text
from index.query import analyse
from index.question_vectors import QuestionVectors
from index.training.sources import TrainingData
from index.training.tree_export import save_trees

REMEMBERED = frozenset({"judged", "cited"})
MOST_PER_ARTICLE = 40
ROUNDS = 150
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 100,
    "label_gain": [0, 1],
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of a judged question, in fused order.

    :ivar features: (n, len(FEATURES)); ``right`` (n,) 0 or 1; ``passage_ids`` in the same order.
    """

    question: int
    features: FloatArray
    right: IntArray
    passage_ids: list[str]


def question_vectors(
    data: TrainingData, embedder: StaticEmbedder, *, held_out: Collection[int] = ()
) -> QuestionVectors:
    """Return the vectors of the questions that people asked about an article, but for those held out."""
    places = {
        passage.passage_id: article_of(document.title, passage.locator)
        for document in data.documents
        for passage in document.passages
    }
    hidden = frozenset(held_out)
    texts: dict[str, int] = {}
    rows: dict[Article, list[int]] = {}
    for pair in data.pairs:
        article = places.get(pair.passage_id)
        if pair.source in REMEMBERED and pair.question not in hidden and article:
            row = texts.setdefault(pair.query, len(texts))
            if row not in rows.setdefault(article, []) and len(rows[article]) < MOST_PER_ARTICLE:
                rows[article].append(row)
    return QuestionVectors(embedder.encode_queries(list(texts)), rows, embedder=embedder.name)


def with_embedder(parts: SearchParts, embedder: StaticEmbedder, known: QuestionVectors) -> SearchParts:
    """Return the parts with a dense index made by another embedder, in the way the builder makes it."""
    catalogue = parts.catalogue
    ids: list[int] = []
    asked_ids: list[int] = []
    known_ids: list[int] = []
    texts: list[str] = []
    asked: list[str] = []
    known_vectors = [np.empty((0, embedder.dim), dtype=np.float32)]
    for number in catalogue.numbers():
        passage, document = catalogue.passage(number), catalogue.document_of(number)
        ids.append(vector_id(number, 0))
        texts.append(indexed_text(document, passage))
        mine = list(indexed_questions(passage))
        asked_ids.extend(vector_id(number, slot) for slot, _ in mine)
        asked.extend(question for _, question in mine)
        vectors = known.of(document, passage)[: MAX_QUESTIONS - len(mine)]
        known_ids.extend(vector_id(number, len(mine) + 1 + extra) for extra in range(len(vectors)))
        known_vectors.append(vectors)
    every = np.array([*ids, *asked_ids, *known_ids], dtype=np.int64)
    order = np.argsort(every, kind="stable")
    rows = np.vstack([embedder.encode_passages(texts), embedder.encode_queries(asked), *known_vectors])[order]
    return dataclasses.replace(parts, dense=DenseIndex(rows, every[order]), embedder=embedder)


def search(parts: SearchParts, data: TrainingData, questions: Sequence[int]) -> Iterator[Ranked]:
    """Yield the candidates of each of these judged questions with their features."""
    features = ArticleFeatures(parts)
    for number in questions:
        question = data.questions[number]
        query = analyse(question.text, analyzer=parts.analyzer, embedder=parts.embedder)
        found = collect(query, parts, None)
        positions, fused = features.best(found)
        passage_ids = [parts.catalogue.passage(int(each)).passage_id for each in found.numbers[positions]]
        right = np.array([passage_id in question.gold for passage_id in passage_ids], dtype=np.int64)
        yield Ranked(number, features.matrix(query, found, positions, fused), right, passage_ids)


def fit(rows: Sequence[Ranked], *, rounds: int = ROUNDS) -> lightgbm.Booster:
    """Return a ranker trained on these questions; those whose answer is not among the candidates teach nothing."""
    useful = [each for each in rows if each.right.any()]
    data = lightgbm.Dataset(
        np.vstack([each.features for each in useful]),
        np.concatenate([each.right for each in useful]),
        group=[len(each.right) for each in useful],
        feature_name=list(FEATURES),
    )
    return lightgbm.train(PARAMETERS, data, rounds)


def cross_validated(rows: Sequence[Ranked], data: TrainingData, folds: Sequence[Collection[int]]) -> dict[str, float]:
    """Return the measures of rankers that have not seen the questions they are measured on."""
    results = []
    for held_out in folds:
        ranker = fit([each for each in rows if each.question not in held_out])
        for each in (each for each in rows if each.question in held_out):
            order = np.argsort(-np.asarray(ranker.predict(each.features, num_threads=1)), kind="stable")
            ids = [each.passage_ids[position] for position in order[:DEPTH]]
            results.append((ids, frozenset(data.questions[each.question].gold)))
    return measures(results)


def save(ranker: lightgbm.Booster, path: Path) -> None:
    """Write the ranker."""
    passing = path.with_suffix(".new")
    save_trees(ranker, passing)
    passing.replace(path)
