"""Makes the guide ranker and the doubt model again, from the lay questions of the shipped guides; then run ``judging``.

    python -m index.training.guides --encoders DIR

Every question of a fold is held out: sentence encoder, facet counts and index are made without it, and what the
product's own search then computes for it is what the trees learn from. ``DIR`` holds the encoders of the folds, ``fold-0``
and so on, as ``python -m index.training.sentences --folds DIR`` makes them; folds without one are left out.
Some ten minutes a fold on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import lightgbm

from corpus.records import Document, Kind
from corpus.shipped import shipped_documents
from index.asked import AskedQuestions, QuestionEncoder, shipped_question_encoder
from index.dense import DenseIndex, vector_id
from index.doubt import DOUBT_MODEL
from index.embedder import load_embedder
from index.encoder import Encoder, SentenceEncoder, shipped_encoder
from index.evaluation import read_lines
from index.guide_features import GuideFeatures
from index.guide_ranker import MODEL, GuideModel
from index.kept_vectors import KeptVectors
from index.parts import SearchParts
from index.retriever import Retriever
from index.sections import section_text
from index.store import IndexStore
from index.terms import default_analyzer
from index.topic_guess import TopicGuess
from index.training import doubt_fit, guide_rows
from index.training.asked import indexed, principal_directions
from index.training.lay_folds import FOLDS, hold_out, known_questions
from index.training.lay_measures import Asked, ask, measures
from index.training.more_questions import with_more, without_more
from index.training.paraphrase import paraphrases
from index.training.stories import Story, held_out, stories
from index.trees import Booster

T = TypeVar("T")
NEGATIVES = Path(__file__).parent / "negatives.jsonl"
KNOWN_EVERY = 8  # one known question in so many is asked as it is
PARTS = 5  # trees are judged on questions of one part and learn from the others
PARAPHRASED_EVERY = 4  # and one in so many in other words: most visitors ask what somebody has asked before


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
        """Learn from all negatives but one part, and from all but that part of what was held out; see
        :func:`index.training.guide_rows.topic_guess`.
        """
        pairs = enumerate(zip(self.negatives, self.off_topic, strict=True))
        others = [query for at, (query, off) in pairs if off and at % PARTS != without]
        held = [story for at, story in enumerate(held_out()) if at % PARTS != without]
        ours = [story.first for story in stories() if story.expected[0] is None]
        ours += [story.first for story in held if story.expected[0] != ()]
        others += others_first(held)
        return guide_rows.topic_guess(documents, ours, others, encoder=encoder, analyzer=default_analyzer())


def others_first(told: Iterable[Story]) -> list[str]:
    """Return the first messages that are for another window."""
    return [story.first for story in told if story.expected[0] == ()]


def main() -> None:
    """Read the arguments and train everything."""
    parser = argparse.ArgumentParser(prog="python -m index.training.guides", description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", type=Path, required=True, help="the folder with the folds' sentence encoders")
    parser.add_argument("--negatives", type=Path, default=NEGATIVES, help="questions that nothing here answers")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date.today())  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--doubt-out", type=Path, default=DOUBT_MODEL)
    options = parser.parse_args()
    material = Material.read(options.negatives, options.as_of)
    with ExitStack() as stack:
        folds = make_folds(material, open_encoders(options.encoders), stack)
        asked, near = cross_fit(folds, options.as_of)
        for name, more in (("held-out lay questions:", False), ("held out in other words:", True)):
            print(name, measures([each for each in asked if each.question.more == more]), flush=True)
        print("known questions in other words:", measures(near), flush=True)
        booster = fit_without(folds, None)
        doubt_fit.fit([*asked, *near], unanswered(folds[0], booster)).save(options.doubt_out)
    facets = guide_rows.facet_guess(material.documents, default_analyzer())
    topic = material.topic_guess(material.documents, shipped_encoder(), without=None)
    assert isinstance(booster, lightgbm.Booster)
    guide_rows.save(facets, topic, booster, options.out)


def open_encoders(folder: Path) -> dict[int, Encoder]:
    """Return the encoders of the folds that ``folder`` has.

    :raises EmbedderError: one of them is damaged.
    :raises SystemExit: there are none.
    """
    found = {fold: folder / f"fold-{fold}" for fold in range(FOLDS)}
    encoders: dict[int, Encoder] = {fold: SentenceEncoder.open(path) for fold, path in found.items() if path.is_dir()}
    if not encoders:
        raise SystemExit(f"{folder}: found no encoder of a fold, wanted one or more (fold-0, fold-1, …)")
    return encoders


class Fold:
    """One fold: an encoder, facet counts and an index that do not know its questions, and what search computes for them."""

    def __init__(self, material: Material, fold: int, encoder: Encoder, stack: ExitStack) -> None:
        as_of = material.as_of
        self.material = material
        self._kept, self.held = hold_out(material.documents, fold, as_of)
        print(f"fold {fold}: {len(self.held)} questions held out", flush=True)
        self._facets = guide_rows.facet_guess(self._kept, default_analyzer())
        shipped = load_embedder(embedding_model=None)
        nothing = nothing_asked(shipped_question_encoder())  # but the lay questions that the documents keep
        store = IndexStore(Path(stack.enter_context(tempfile.TemporaryDirectory())), asked=nothing)
        indexed = without_more(self._kept)
        store.build(indexed, embedder=shipped)
        self._parts = with_encoder(store.open(shipped).parts, encoder, self._kept)
        known = known_questions(indexed, as_of, every=PARAPHRASED_EVERY)
        self.near = list(paraphrases(known, analyzer=default_analyzer(), seed=fold))
        others = [*self.near, *known_questions(indexed, as_of, every=KNOWN_EVERY)]
        features = GuideFeatures(self._parts, facet_guess=self._facets)
        self.rows = [
            list(guide_rows.rows(self._parts, features, [*mine(self.held, part), *mine(others, part)], as_of))
            for part in range(PARTS)
        ]

        self._topic_guess = functools.cache(self._topic_guess_without)

    def _topic_guess_without(self, part: int | None) -> TopicGuess:
        return TopicGuess(self.material.topic_guess(self._kept, self._parts.encoder, without=part))

    def retriever(self, booster: Booster, *, without: int | None = None) -> Retriever:
        """Return a retriever with these trees, and a topic guess that has not seen the negatives of one part, if any."""
        model = GuideModel(facet_guess=self._facets, topic_guess=self._topic_guess(without), booster=booster)
        return Retriever(parts=self._parts, guide_model=model)


def mine(questions: Sequence[T], part: int) -> Sequence[T]:
    """Return the questions of one part: models that are asked them have learnt from the other parts."""
    return questions[part::PARTS]


def with_encoder(parts: SearchParts, encoder: Encoder, documents: Sequence[Document]) -> SearchParts:
    """Return the parts with every section encoded anew by ``encoder``, and what ``documents`` ask about it."""
    numbers = parts.sections.numbers
    texts = [
        section_text(parts.catalogue.document_of(number), parts.catalogue.passage(number), parts.analyzer)
        for number in numbers.tolist()
    ]
    lay = [parts.analyzer.normalise(q) for document in documents for part in document.passages for q in part.questions]
    small = QuestionEncoder(encoder, principal_directions(encoder.encode(lay)))
    return replace(
        parts,
        encoder=encoder,
        sections=DenseIndex(encoder.encode(texts), vector_id(numbers, 0)),
        question_encoder=small,
        asked=indexed(nothing_asked(small), documents, small, parts),
    )


def nothing_asked(encoder: QuestionEncoder) -> AskedQuestions:
    """Return what knows of no question."""
    kept = KeptVectors.made((), encoder.encode(()), encoder.name)
    return AskedQuestions({}, kept, encoder.encoder.name, encoder.projection)


def make_folds(material: Material, encoders: Mapping[int, Encoder], stack: ExitStack) -> list[Fold]:
    """Index without each fold's questions; the folders go when ``stack`` is closed."""
    return [Fold(material, fold, encoder, stack) for fold, encoder in encoders.items()]


def cross_fit(folds: Sequence[Fold], as_of: dt.date) -> tuple[list[Asked], list[Asked]]:
    """Ask every held-out question, and known ones in other words, of trees that have not seen them."""
    asked: list[Asked] = []
    near: list[Asked] = []
    for part in range(PARTS):
        booster = fit_without(folds, part)
        for fold in folds:
            retriever = fold.retriever(booster)
            asked += ask(retriever, mine(fold.held, part), as_of)
            near += ask(retriever, mine(fold.near, part), as_of)
    return asked, near


def fit_without(folds: Sequence[Fold], part: int | None) -> Booster:
    """Train the trees on all parts but one; on all where ``part`` is None."""
    return guide_rows.fit([row for fold in folds for at, rows in enumerate(fold.rows) if at != part for row in rows])


def unanswered(fold: Fold, booster: Booster) -> list[Mapping[str, float]]:
    """Return the features of the negatives; of those only that are not a gap's matter, which is handed over anyway.

    :param booster: trees; none has seen a negative.
    """
    material, features = fold.material, []
    for part in range(PARTS):
        retriever = fold.retriever(booster, without=part)
        found = [retriever.search(query, as_of=material.as_of) for query in mine(material.negatives, part)]
        features += [each.features for each in found if each.hits and each.hits[0].document.kind is not Kind.GAP]
    return features


if __name__ == "__main__":
    main()
