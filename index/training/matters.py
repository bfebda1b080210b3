"""Makes the topic guess again with the shipped encoder: what tells our matters from other windows'.

    python -m index.training.matters

For when questions were added, or the encoder was taught further: two minutes on two cores.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC

from corpus.records import Document, Kind
from corpus.shipped import shipped_documents
from index.encoder import Encoder, shipped_encoder
from index.evaluation import read_lines
from index.guide_ranker import MODEL, TOPIC
from index.terms import Analyzer, default_analyzer
from index.training.more_questions import with_more
from index.training.stories import Story, held_out, stories
from index.training.topic_export import topic_graph

T = TypeVar("T")
NEGATIVES = Path(__file__).parent / "negatives.jsonl"
PARTS = 5  # what is judged on one part was learnt from the others
TOPIC_EVERY, STORY_EVERY = 2, 4  # every second question tells what is ours as well as all do, in a quarter of the time
BARE_EVERY, LEAST_BARE = 4, 4
BARE_WEIGHT = 0.3  # of a question that lost the names of its matter: it tells little of whose it is
TOPIC_FOLDS = StratifiedKFold(5, shuffle=True, random_state=1)
TOPIC_C, TOPIC_GAMMA = 3.0, 2.0  # of the topic guess: what a question on the wrong side costs, and how far one reaches


@dataclass(frozen=True, slots=True)
class Material:
    """What everything is learnt from.

    :ivar negatives: questions that nothing here answers.
    :ivar off_topic: for each of them, whether it is none of this window's matters.
    :ivar as_of: the day that all are asked about.
    """

    documents: Sequence[Document]
    negatives: Sequence[str]
    off_topic: Sequence[bool]
    as_of: dt.date

    @classmethod
    def read(cls, negatives: Path, as_of: dt.date) -> Material:
        """Take the shipped documents with more questions, the negatives (JSON lines with ``query`` and ``kind``) and what
        people of :func:`index.training.stories.stories` ask that is another window's.
        """
        rows, others = list(read_lines(negatives)), others_first(stories())
        queries = [*(str(row["query"]) for row in rows), *others]
        kinds = [*(row["kind"] == "off-topic" for row in rows), *(True for _ in others)]
        return cls(with_more(shipped_documents()), queries, kinds, as_of)

    def topic_guess(self, documents: Sequence[Document], encoder: Encoder, *, without: int | None) -> bytes:
        """Learn from all negatives but one part, and from all but that part of what was held out; see :func:`topic_guess`."""
        pairs = enumerate(zip(self.negatives, self.off_topic, strict=True))
        others = [query for at, (query, off) in pairs if off and at % PARTS != without]
        held = [story for at, story in enumerate(held_out()) if at % PARTS != without]
        ours = [story.first for story in stories() if story.expected[0] is None]
        ours += [story.first for story in held if story.expected[0] != ()]
        others += others_first(held)
        return topic_guess(documents, ours, others, encoder=encoder, analyzer=default_analyzer())


def others_first(told: Iterable[Story]) -> list[str]:
    """Return the first messages that are for another window."""
    return [story.first for story in told if story.expected[0] == ()]


def main() -> None:
    """Learn and write it."""
    material = Material.read(NEGATIVES, dt.date.max)  # the day does not matter here
    (MODEL / TOPIC).write_bytes(material.topic_guess(material.documents, shipped_encoder(), without=None))


def mine(questions: Sequence[T], part: int) -> Sequence[T]:
    """Return the questions of one part: models that are asked them have learnt from the other parts."""
    return questions[part::PARTS]


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


if __name__ == "__main__":
    main()
