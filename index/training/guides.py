"""Makes the guide ranker and the doubt model again, from the lay questions of the shipped guides.

    python -m index.training.guides --encoders DIR --negatives index/training/negatives.jsonl

Every lay question of a fold is held out: sentence encoder, facet counts and index are made without it, and what the
product's own search then computes for it is what the trees learn from. ``DIR`` holds the encoders of the folds, ``fold-0``
and so on, as ``python -m index.training.sentences --fold N`` makes them; folds without one are left out.
A few minutes a fold on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from corpus.records import Document
from corpus.shipped import shipped_documents
from index.dense import DenseIndex, vector_id
from index.doubt import DOUBT_MODEL
from index.embedder import load_embedder
from index.encoder import Encoder, SentenceEncoder
from index.guide_features import GuideFeatures
from index.guide_ranker import MODEL, GuideModel
from index.parts import SearchParts
from index.retriever import Retriever
from index.sections import section_text
from index.store import IndexStore
from index.terms import default_analyzer
from index.training import doubt_fit, guide_rows
from index.training.lay_folds import FOLDS, LayQuestion, hold_out, known_questions
from index.training.lay_measures import Asked, ask, measures
from index.training.paraphrase import paraphrases
from index.trees import Booster

KNOWN_EVERY = 8  # one known question in so many is asked as it is
PARTS = 5  # trees are judged on questions of one part and learn from the others
PARAPHRASED_EVERY = 4  # and one in so many in other words: most visitors ask what somebody has asked before


def main() -> None:
    """Read the arguments and train everything."""
    parser = argparse.ArgumentParser(prog="python -m index.training.guides", description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", type=Path, required=True, help="the folder with the folds' sentence encoders")
    parser.add_argument("--negatives", type=Path, help="questions that the corpus does not answer, JSON lines")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date.today())  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--doubt-out", type=Path, default=DOUBT_MODEL)
    options = parser.parse_args()
    documents = shipped_documents()
    with ExitStack() as stack:
        folds = make_folds(documents, open_encoders(options.encoders), options.as_of, stack)
        asked, near = cross_fit(folds, options.as_of)
        print("held-out lay questions:", measures(asked), flush=True)
        print("known questions in other words:", measures(near), flush=True)
        if options.negatives:
            lines = options.negatives.read_text(encoding="utf-8").splitlines()
            train_doubt(folds, [*asked, *near], [json.loads(line)["query"] for line in lines], options)
        booster = fit_without(folds, None)
    guess = guide_rows.facet_guess(documents, default_analyzer())
    guide_rows.save(GuideModel(facet_guess=guess, booster=booster), options.out)


def open_encoders(folder: Path) -> dict[int, Encoder]:
    """Return the encoders of the folds that ``folder`` has.

    :raises EmbedderError: one of them is damaged.
    :raises SystemExit: there are none.
    """
    found = {fold: folder / f"fold-{fold}" for fold in range(FOLDS)}
    encoders: dict[int, Encoder] = {
        fold: SentenceEncoder.open(path) for fold, path in found.items() if path.is_dir()
    }
    if not encoders:
        raise SystemExit(f"{folder}: found no encoder of a fold, wanted one or more (fold-0, fold-1, …)")
    return encoders


class Fold:
    """One fold: an encoder, facet counts and an index that do not know its questions, and what search computes for them."""

    def __init__(
        self, documents: Sequence[Document], fold: int, encoder: Encoder, as_of: dt.date, stack: ExitStack
    ) -> None:
        kept, self.held = hold_out(documents, fold, as_of)
        print(f"fold {fold}: {len(self.held)} questions held out", flush=True)
        self.guess = guide_rows.facet_guess(kept, default_analyzer())
        shipped = load_embedder(embedding_model=None)
        store = IndexStore(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        store.build(kept, embedder=shipped)
        self.parts = with_encoder(store.open(shipped).parts, encoder)
        self.near = list(
            paraphrases(known_questions(kept, as_of, every=PARAPHRASED_EVERY), analyzer=default_analyzer(), seed=fold)
        )
        known = known_questions(kept, as_of, every=KNOWN_EVERY)
        features = GuideFeatures(self.parts, facet_guess=self.guess)
        self.rows = [
            list(guide_rows.rows(self.parts, features, [*mine(self.held, part), *mine(others, part)], as_of))
            for part, others in ((part, [*self.near, *known]) for part in range(PARTS))
        ]

    def retriever(self, booster: Booster) -> Retriever:
        """Return a retriever with these trees."""
        return Retriever(parts=self.parts, guide_model=GuideModel(facet_guess=self.guess, booster=booster))


def mine(questions: Sequence[LayQuestion], part: int) -> Sequence[LayQuestion]:
    """Return the questions of one part: trees that are asked them have learnt from the other parts."""
    return questions[part::PARTS]


def with_encoder(parts: SearchParts, encoder: Encoder) -> SearchParts:
    """Return the parts with every section encoded anew by ``encoder``."""
    numbers = parts.sections.numbers
    texts = [
        section_text(parts.catalogue.document_of(number), parts.catalogue.passage(number), parts.analyzer)
        for number in numbers.tolist()
    ]
    return replace(parts, encoder=encoder, sections=DenseIndex(encoder.encode(texts), vector_id(numbers, 0)))


def make_folds(
    documents: Sequence[Document], encoders: Mapping[int, Encoder], as_of: dt.date, stack: ExitStack
) -> list[Fold]:
    """Index without each fold's questions; the folders go when ``stack`` is closed."""
    return [Fold(documents, fold, encoder, as_of, stack) for fold, encoder in encoders.items()]


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


def train_doubt(
    folds: Sequence[Fold], asked: Sequence[Asked], negatives: Sequence[str], options: argparse.Namespace
) -> None:
    """Fit P(answered) on the held-out questions and on questions that nothing answers."""
    retriever = folds[0].retriever(fit_without(folds, 0))
    unanswered = [retriever.search(query, as_of=options.as_of).features for query in negatives]
    doubt_fit.fit(asked, unanswered).save(options.doubt_out)


if __name__ == "__main__":
    main()
