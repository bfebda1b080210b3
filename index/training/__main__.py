"""Makes the shipped models again.

    python -m index.training --bench DIR --out index/models/static-zh

writes the embedding to ``--out``, and beside it ``question-vectors/`` and ``article-ranker.onnx``. About half an hour on
two cores. ``--held-out FILE`` (JSON lines with ``question``) keeps whatever nearly repeats those questions out.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.embedder import StaticEmbedder
from index.evaluation import read_lines
from index.lay_questions import shipped_questions
from index.lexical import TermIndex, TermIndexWriter, term_weights
from index.parts import TEXT, indexed_text
from index.store import IndexStore
from index.terms import Analyzer, default_analyzer
from index.training import contrastive, export, ranking
from index.training.cooccurrence import word_vectors
from index.training.sources import TrainingData, read_training_data
from index.training.tokens import Tokens, tokenise

DIM = 256
FOLDS = 5
HARD = 60


def main() -> None:
    """Read the arguments and train everything."""
    parser = argparse.ArgumentParser(prog="python -m index.training", description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True, help="the folder with the training data")
    parser.add_argument("--out", type=Path, required=True, help="where the embedding is written")
    parser.add_argument("--held-out", type=Path, default=None, help="JSON lines of questions to keep out of training")
    parser.add_argument("--folds", type=int, default=FOLDS, help="cross-fitting folds of the ranker; 0 trains none")
    parser.add_argument("--guide-questions", action="store_true", help="learn the guides' lay questions too")
    options = parser.parse_args()
    held_out = [str(row["question"]) for row in read_lines(options.held_out)] if options.held_out else []
    analyzer = default_analyzer()
    data = read_training_data(
        options.bench,
        lay_questions=shipped_questions(),
        held_out=held_out,
        guide_questions=options.guide_questions,
    )
    trainer = Trainer(data, analyzer)
    embedder = trainer.embedder(f"{export.NAME}-{export.VERSION}")
    export.save(embedder, options.out)
    ranking.question_vectors(data, embedder).save(options.out.parent / "question-vectors")
    if options.folds:
        folds = deal(len(data.questions), options.folds)
        models = [trainer.embedder(f"fold-{number}", held_out=fold) for number, fold in enumerate(folds)]
        train_ranker(data, models, folds, options.out.parent / "article-ranker.onnx")


class Trainer:
    """Holds what all trainings share: tokens, starting vectors, hard negatives."""

    def __init__(self, data: TrainingData, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._tokens: Tokens = tokenise(data, analyzer)
        print(f"{len(self._tokens.vocabulary)} words; pairs {self._sizes()}", flush=True)
        texts = [*self._tokens.passages, *(pair.query for pairs in self._tokens.pairs.values() for pair in pairs)]
        self._start: FloatArray = word_vectors(texts, size=len(self._tokens.vocabulary), dim=DIM)
        self._hard = hard_negatives(data, self._tokens, analyzer)

    def embedder(self, name: str, *, held_out: Sequence[int] = ()) -> StaticEmbedder:
        """Return an embedder trained without the judged questions ``held_out``."""
        print(f"{name}: without {len(held_out)} questions", flush=True)
        vectors = contrastive.train(self._tokens, self._start, hard=self._hard, held_out=held_out)
        return export.embedder_of(vectors, self._tokens.vocabulary, name=name, analyzer=self._analyzer)

    def _sizes(self) -> dict[str, int]:
        return {source: len(pairs) for source, pairs in sorted(self._tokens.pairs.items())}


def hard_negatives(data: TrainingData, tokens: Tokens, analyzer: Analyzer) -> dict[int, list[int]]:
    """Return, for each judged question, the passages that BM25 ranks among the first sixty and that do not answer it."""
    with tempfile.TemporaryDirectory() as folder:
        writer = TermIndexWriter(Path(folder) / "passages", [TEXT])
        places = ((document, passage) for document in data.documents for passage in document.passages)
        for number, (document, passage) in enumerate(places):
            writer.add(number, {TEXT: analyzer.characters(analyzer.normalise(indexed_text(document, passage)))})
        writer.commit()
        writer.close()
        index = TermIndex(Path(folder) / "passages")
        hard = {}
        for number, question in enumerate(data.questions):
            terms = term_weights(analyzer.characters(analyzer.normalise(question.text)))
            found = index.search({TEXT: terms}, scope=None, limit=HARD)
            hard[number] = [int(each) for each in found.ids if int(each) not in tokens.gold[number]]
    return hard


def deal(count: int, folds: int) -> list[list[int]]:
    """Deal the numbers below ``count`` into folds, always in the same way."""
    order = np.random.default_rng(7).permutation(count)
    return [order[fold::folds].tolist() for fold in range(folds)]


def train_ranker(
    data: TrainingData, models: Sequence[StaticEmbedder], folds: Sequence[Sequence[int]], path: Path
) -> None:
    """Search with each fold's model, print the cross-validated measures and write the ranker trained on all folds."""
    laws = [document for document in data.documents if document.passages and document.document_id.startswith("law-")]
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        store.build(laws, embedder=models[0])
        index = store.open(models[0])
        rows = []
        for model, fold in zip(models, folds, strict=True):
            parts = ranking.with_embedder(index.parts, model, ranking.question_vectors(data, model, held_out=fold))
            rows += list(ranking.search(parts, data, fold))
        index.close()
    print("ranker, cross-validated:", ranking.cross_validated(rows, data, [frozenset(fold) for fold in folds]))
    ranking.save(ranking.fit(rows), path)


if __name__ == "__main__":
    main()
