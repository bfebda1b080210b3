"""Makes the follow-up guess again.

    python -m index.training.follow_ups

``second_turns.tsv``: what kind of second message it is (``follow_up``, ``new_matter``, ``other_window``), the first message,
the second. Drafted with a language model that saw the guides and was told to write as visitors type. Beside them stand the
some of the later messages of :mod:`index.training.stories` and, after first messages drawn at random, the questions for other windows that
the topic guess learns from, lay questions of other guides that name their matter and first messages of other stories. Two
minutes on one core.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC

from corpus.records import Document, Kind
from corpus.shipped import shipped_documents
from index.arrays import BoolArray, FloatArray
from index.embedder import load_embedder
from index.encoder import shipped_encoder
from index.evaluation import read_lines
from index.follow_up_guess import MODEL, VECTOR_SCALE, FollowUpGuess, SecondSigns
from index.guide_ranker import shipped_guide_model
from index.store import IndexStore
from index.training.matters import NEGATIVES
from index.training.stories import held_stories, stories

SECOND_TURNS = Path(__file__).parent / "second_turns.tsv"
FOLLOW_UP = "follow_up"
LAY_QUESTIONS, STORIES, LATER = 1000, 1000, 3000
C, GAMMA = 3.0, 0.03  # what a message on the wrong side costs, and how far one reaches
FOLDS = StratifiedKFold(10, shuffle=True, random_state=1)


@dataclass(frozen=True, slots=True)
class Second:
    """A second message after a first; ``kind`` says whether it goes on, and if not what it is."""

    kind: str
    first: str
    second: str


def main() -> None:
    """Learn, measure and write."""
    messages = list(second_messages(shipped_documents(), [str(row["query"]) for row in read_lines(NEGATIVES)]))
    vectors, signs = looked_at(messages)
    goes_on = np.array([message.kind == FOLLOW_UP for message in messages])
    guess, held_out = fit(vectors, signs, goes_on, encoder=shipped_encoder().name)
    guess.save(MODEL)
    report(messages, held_out)


def second_messages(documents: Sequence[Document], off_topic: Sequence[str]) -> Iterator[Second]:
    """Yield what stands in the file, then what is put after its first messages at random, always in the same way."""
    told = [Second(*line.split("\t")) for line in SECOND_TURNS.read_text(encoding="utf-8").splitlines()]
    yield from told
    draw = random.Random(7)
    firsts = [message.first for message in told]
    yield from (Second("off_topic", draw.choice(firsts), query) for query in off_topic)
    named = [query for document in documents if document.kind is not Kind.LAW for query in _named(document)]
    yield from (Second("lay", draw.choice(firsts), query) for query in draw.sample(named, LAY_QUESTIONS))
    later = [
        Second(FOLLOW_UP, story.first, message)
        for story in (*stories(), *held_stories())
        for message, answers in zip(story.turns[1:], story.expected[1:], strict=True)
        if answers != ()
    ]
    yield from draw.sample(later, min(LATER, len(later)))
    yield from (Second("story", draw.choice(firsts), story.first) for story in draw.sample(stories(), STORIES))


def _named(document: Document) -> Iterator[str]:
    """Yield the lay questions that name their matter."""
    names = [name for name in (document.topic, *document.aliases) if len(name) > 1]
    questions = (query for passage in document.passages for query in passage.questions)
    yield from (query for query in questions if any(name in query for name in names))


def looked_at(messages: Sequence[Second]) -> tuple[FloatArray, FloatArray]:
    """Return the vectors (n, dim) and signs (n, len(SIGNS)) of the second messages over an index of the shipped texts."""
    model, embedder = shipped_guide_model(), load_embedder(embedding_model=None)
    assert model is not None  # it ships
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        store.build(shipped_documents(), embedder=embedder)
        index = store.open(embedder)
        signs = SecondSigns(model.topic_guess, index.parts)
        seen = [signs.looked_at(message.first, message.second) for message in messages]
        index.close()
    pairs = [each for each in seen if each is not None]
    return np.array([vector for vector, _ in pairs]), np.array([signs for _, signs in pairs])


def fit(
    vectors: FloatArray, signs: FloatArray, goes_on: BoolArray, *, encoder: str
) -> tuple[FollowUpGuess, FloatArray]:
    """Return the machine and (n,) the log odds of each message by machines that had not seen it; both sides count the same."""
    middle, spread = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    matrix = np.hstack([vectors * VECTOR_SCALE, (signs - middle) / spread])
    machine = SVC(C=C, gamma=GAMMA, class_weight="balanced")
    held_out = cross_val_predict(machine, matrix, goes_on, cv=FOLDS, method="decision_function")
    scale = LogisticRegression(class_weight="balanced").fit(held_out[:, None], goes_on)  # Platt 1999
    slope, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    machine.fit(matrix, goes_on)
    dim = vectors.shape[1]
    guess = FollowUpGuess(
        encoder=encoder,
        vectors=machine.support_vectors_[:, :dim] / VECTOR_SCALE,
        signs=machine.support_vectors_[:, dim:],
        weights=slope * machine.dual_coef_[0],
        middle=middle,
        spread=spread,
        bias=slope * float(machine.intercept_[0]) + shift,
        gamma=GAMMA,
    )
    return guess, slope * held_out + shift


def report(messages: Sequence[Second], scores: FloatArray) -> None:
    """Print, kind by kind, the share of messages that reach some log odds."""
    for kind in dict.fromkeys(message.kind for message in messages):
        mine = scores[[message.kind == kind for message in messages]]
        shares = "  ".join(f"{least:+.1f}: {(mine >= least).mean():.3f}" for least in (-4, -3, -2, -1, 0, 1, 2))
        print(f"{kind:13} {len(mine):5}  {shares}", flush=True)


if __name__ == "__main__":
    main()
