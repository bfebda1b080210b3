"""Makes the guide ranker and the doubt model again, from the lay questions of the shipped guides.

    python -m index.training.guides --statutes corpus.jsonl.gz --negatives index/training/negatives.jsonl

Every lay question is held out once: word vectors, facet counts and index are made without it, and what the product's
own search then computes for it is what the trees learn from. ``--statutes`` gives texts of the field for the word
vectors' start; without it the guides alone serve. About twenty minutes on one core.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from corpus.records import Document
from corpus.shipped import shipped_documents
from index.doubt import DOUBT_MODEL
from index.embedder import StaticEmbedder, load_embedder
from index.evaluation import read_statutes
from index.guide_ranker import MODEL, GuideModel
from index.retriever import Retriever
from index.store import IndexStore
from index.terms import default_analyzer
from index.training import doubt_fit, guide_rows, guide_tokens
from index.training.guide_tokens import GuideTokens
from index.training.lay_folds import FOLDS, hold_out, known_questions
from index.training.lay_measures import Asked, ask, measures
from index.training.paraphrase import paraphrases

KNOWN_EVERY = 8  # one known question in so many is asked as it is
PARAPHRASED_EVERY = 4  # and one in so many in other words: most visitors ask what somebody has asked before


def main() -> None:
    """Read the arguments and train everything."""
    parser = argparse.ArgumentParser(prog="python -m index.training.guides", description=__doc__.splitlines()[0])
    parser.add_argument("--statutes", type=Path, help="articles of the field, JSON lines")
    parser.add_argument("--negatives", type=Path, help="questions that the corpus does not answer, JSON lines")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date.today())  # noqa: DTZ011
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--work", type=Path, help="keeps the folds' word vectors here, and takes them from here")
    parser.add_argument("--doubt-out", type=Path, default=DOUBT_MODEL)
    options = parser.parse_args()
    documents, tokens = shipped_documents(), WordVectors(options.statutes, work=options.work)
    with ExitStack() as stack:
        folds = make_folds(documents, tokens, options.as_of, stack)
        asked, near = cross_fit(folds, options.as_of)
        print("held-out lay questions:", measures(asked), flush=True)
        print("known questions in other words:", measures(near), flush=True)
        if options.negatives:
            lines = options.negatives.read_text(encoding="utf-8").splitlines()
            train_doubt(folds, [*asked, *near], [json.loads(line)["query"] for line in lines], options)
        booster = guide_rows.fit([row for fold in folds for row in fold.rows])
    guess, embedder = guide_rows.facet_guess(documents, default_analyzer()), tokens.train(documents, name="guide-zh")
    guide_rows.save(GuideModel(embedder=embedder, facet_guess=guess, booster=booster), options.out)


class WordVectors:
    """Makes the ranker's word vectors, or reads those of an earlier run.

    :param statutes: texts of the field in the benchmark's format.
    :param work: a folder for the vectors of each fold; they are made anew when None.
    """

    def __init__(self, statutes: Path | None, *, work: Path | None = None) -> None:
        self._statutes, self._work = statutes, work
        self._tokens: GuideTokens | None = None

    def train(self, documents: Sequence[Document], *, name: str) -> StaticEmbedder:
        """Return word vectors that know the lay questions of ``documents``."""
        folder = self._work / name if self._work else None
        if folder is not None and folder.is_dir():
            return StaticEmbedder.open(folder)
        if self._tokens is None:
            statutes = read_statutes(self._statutes) if self._statutes else []
            self._tokens = GuideTokens(statutes, analyzer=default_analyzer())
        embedder = self._tokens.train(documents, name=name)
        if folder is not None:
            guide_tokens.save(embedder, folder)
        return embedder


class Fold:
    """One fold: models and an index that do not know its questions, and what search computes for them."""

    def __init__(
        self, documents: Sequence[Document], fold: int, tokens: WordVectors, as_of: dt.date, stack: ExitStack
    ) -> None:
        kept, self.held = hold_out(documents, fold, as_of)
        print(f"fold {fold}: {len(self.held)} questions held out", flush=True)
        self.embedder = tokens.train(kept, name=f"guide-zh-without-{fold}")
        self.guess = guide_rows.facet_guess(kept, default_analyzer())
        shipped = load_embedder(embedding_model=None)
        store = IndexStore(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        store.build(kept, embedder=shipped)
        self.parts = store.open(shipped).parts
        self.near = list(
            paraphrases(known_questions(kept, as_of, every=PARAPHRASED_EVERY), analyzer=default_analyzer(), seed=fold)
        )
        questions = [*self.held, *self.near, *known_questions(kept, as_of, every=KNOWN_EVERY)]
        features = guide_rows.features_of(self.parts, self.embedder, self.guess)
        self.rows = list(guide_rows.rows(self.parts, features, questions, as_of))

    def retriever(self, others: Sequence[Fold]) -> Retriever:
        """Return a retriever with trees from the other folds."""
        booster = guide_rows.fit([row for fold in others for row in fold.rows])
        model = GuideModel(embedder=self.embedder, facet_guess=self.guess, booster=booster)
        return Retriever(parts=self.parts, guide_model=model)


def make_folds(documents: Sequence[Document], tokens: WordVectors, as_of: dt.date, stack: ExitStack) -> list[Fold]:
    """Train and index without each fold's questions; the folders go when ``stack`` is closed."""
    return [Fold(documents, fold, tokens, as_of, stack) for fold in range(FOLDS)]


def cross_fit(folds: Sequence[Fold], as_of: dt.date) -> tuple[list[Asked], list[Asked]]:
    """Ask every held-out question, and known ones in other words, of trees that have not seen them."""
    asked: list[Asked] = []
    near: list[Asked] = []
    for fold in folds:
        retriever = fold.retriever([other for other in folds if other is not fold])
        asked += ask(retriever, fold.held, as_of)
        near += ask(retriever, fold.near, as_of)
    return asked, near


def train_doubt(
    folds: Sequence[Fold], asked: Sequence[Asked], negatives: Sequence[str], options: argparse.Namespace
) -> None:
    """Fit P(answered) on the held-out questions and on questions that nothing answers."""
    retriever = folds[0].retriever(folds[1:])
    unanswered = [retriever.search(query, as_of=options.as_of).features for query in negatives]
    doubt_fit.fit(asked, unanswered).save(options.doubt_out)


if __name__ == "__main__":
    main()
