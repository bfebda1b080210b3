"""From lay questions to the rows that the guide ranker's trees learn from, computed by the product's own search."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC

from corpus.records import Document, Facet, Kind
from index.arrays import FloatArray, IntArray, Scope
from index.candidates import collect, first_scores
from index.encoder import Encoder
from index.facet_guess import FacetGuess
from index.fusion import Weights
from index.guide_features import FEATURES, GuideFeatures
from index.guide_ranker import FACETS, TOPIC, TREES
from index.parts import SearchParts
from index.query import analyse
from index.terms import Analyzer
from index.training.lay_folds import LayQuestion
from index.training.topic_export import topic_graph
from index.training.tree_export import save_trees

ROUNDS = 200
TOPIC_EVERY, STORY_EVERY = 2, 4  # every second question tells what is ours as well as all do, in a quarter of the time
BARE_EVERY, LEAST_BARE = 4, 4
BARE_WEIGHT = 0.3  # of a question that lost the names of its matter: it tells little of whose it is
TOPIC_FOLDS = StratifiedKFold(5, shuffle=True, random_state=1)
TOPIC_C, TOPIC_GAMMA = 3.0, 2.0  # of the topic guess: what a question on the wrong side costs, and how far one reaches
RISING = ("text", "fit", "overlap", "coverage", "heading", "title", "facet_probability")
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 10,
    "label_gain": [0, 1],
    # More of these never makes a section worse: what is nearer than anything in training still counts as nearer.
    "monotone_constraints": [int(name in RISING) for name in FEATURES],
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Row:
    """The candidates of a question: (n, len(FEATURES)) and (n,) 0 or 1."""

    features: FloatArray
    right: IntArray


def facet_guess(documents: Iterable[Document], analyzer: Analyzer) -> FacetGuess:
    """Count the lay questions of the documents."""
    facets = list(Facet)
    return FacetGuess.train(
        (
            frozenset(analyzer.characters(analyzer.normalise(question))),
            facets.index(passage.facet) if passage.facet else len(facets),
        )
        for document in documents
        if document.kind is not Kind.LAW
        for passage in document.passages
        for question in passage.questions
    )


def topic_guess(
    documents: Sequence[Document],
    told: Sequence[str],
    off_topic: Sequence[str],
    *,
    encoder: Encoder,
    analyzer: Analyzer,
) -> bytes:
    """Learn to tell the questions of the documents from questions for other windows; both sides count the same.

    Returns the ONNX file of an :class:`index.topic_guess.TopicGuess`.

    ``told`` are about our matters, too: first messages of stories. One question in :data:`TOPIC_EVERY` is learnt. One in :data:`STORY_EVERY` of these stands after a question for another
    window as well: what a visitor tells first does not make it another window's. One in :data:`BARE_EVERY` stands there
    without the names of its matter too, and counts little: 过期了还能补吗 is no more another window's than ours.
    """
    guides = [document for document in documents if document.kind is not Kind.LAW]
    names = {name for document in guides for name in (document.topic, *document.aliases)}
    asked = [question for document in guides for passage in document.passages for question in passage.questions]
    ours = [*list(dict.fromkeys(asked))[::TOPIC_EVERY], *told]  # several sections may answer one
    stories = [
        f"{story}，{question}" for story, question in zip(itertools.cycle(off_topic), ours[::STORY_EVERY], strict=False)
    ]
    bare = without_names(ours, names)[::BARE_EVERY]
    texts = [*ours, *stories, *bare, *off_topic]
    vectors = encoder.encode([analyzer.normalise(text) for text in texts])
    right = np.arange(len(texts)) < len(texts) - len(off_topic)
    weights = np.repeat([1.0, BARE_WEIGHT, 1.0], [len(ours) + len(stories), len(bare), len(off_topic)])
    for side in (right, ~right):
        weights[side] *= len(weights) / 2 / weights[side].sum()
    machine = SVC(C=TOPIC_C, gamma=TOPIC_GAMMA, cache_size=2_000)
    weighted = {"sample_weight": weights}
    how = {"cv": TOPIC_FOLDS, "method": "decision_function", "n_jobs": -1}
    held_out = cross_val_predict(machine, vectors, right, params=weighted, **how)
    scale = LogisticRegression().fit(held_out[:, None], right, **weighted)  # Platt 1999
    slope, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    machine.fit(vectors, right, **weighted)
    return topic_graph(
        encoder.name,
        machine.support_vectors_,
        slope * machine.dual_coef_[0],
        bias=slope * float(machine.intercept_[0]) + shift,
        gamma=TOPIC_GAMMA,
    )


def without_names(questions: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return what is left of the questions that have a name in them, where something is left to ask."""
    named = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1))
    bare = [named.sub("", question).strip("，。？！?,、的 ") for question in questions if named.search(question)]
    return [question for question in bare if len(question) >= LEAST_BARE]


def rows(
    parts: SearchParts, features: GuideFeatures, questions: Iterable[LayQuestion], as_of: dt.date
) -> Iterator[Row]:
    """Yield the rows of the questions whose section is among the candidates."""
    in_force = parts.catalogue.in_force(as_of)
    scope = Scope(allowed=in_force, beside=np.zeros_like(in_force))
    for question in questions:
        query = analyse(question.query, analyzer=parts.analyzer, embedder=parts.embedder)
        found = collect(query, parts, scope)
        positions = features.best(found, first_scores(found, Weights()))
        answers = [parts.catalogue.number(passage_id) for passage_id in question.right]
        right = np.isin(found.numbers[positions], answers).astype(np.int64)
        if right.any():
            yield Row(features.matrix(query, found, positions), right)


def fit(examples: Sequence[Row]) -> lightgbm.Booster:
    """Train the trees."""
    data = lightgbm.Dataset(
        np.vstack([row.features for row in examples]),
        np.concatenate([row.right for row in examples]),
        group=[len(row.right) for row in examples],
        feature_name=list(FEATURES),
    )
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def save(facets: FacetGuess, topic: bytes, booster: lightgbm.Booster, folder: Path) -> None:
    """Write the files of a guide model."""
    folder.mkdir(parents=True, exist_ok=True)
    facets.save(folder / FACETS)
    (folder / TOPIC).write_bytes(topic)
    save_trees(booster, folder / TREES)
