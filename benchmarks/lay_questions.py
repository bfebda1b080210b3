"""How often a lay question finds its section when neither the index nor any model has seen that question.

The lay questions of each fold are held out; sentence encoder and index are made without them. ``--encoders`` is the folder of
the folds' encoders, ``fold-0`` and so on (``python -m index.training.sentences --folds DIR``), minutes a fold on a GPU.
Without it only the indexes are made (a minute) and the lists are fused without the guide ranker; the shipped embedding has
then seen the questions.

    python -m benchmarks.lay_questions [--encoders DIR] [--misses 30]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.records import Document
from corpus.shipped import shipped_documents
from index.asked import AskedQuestions, QuestionEncoder, shipped_question_encoder
from index.dense import DenseIndex, vector_id
from index.embedder import load_embedder
from index.encoder import Encoder, SentenceEncoder
from index.guide_ranker import shipped_guide_model
from index.kept_vectors import KeptVectors
from index.parts import SearchParts
from index.retriever import Retriever, SearchResult
from index.sections import section_text
from index.store import IndexStore
from index.training.asked import indexed, principal_directions
from index.training.lay_folds import FOLDS, LayQuestion, hold_out
from index.training.more_questions import with_more, without_more

TARGETS = {"passage first": 0.80, "passage in three": 0.93}


@dataclass(frozen=True, slots=True)
class Asked:
    """A lay question and what asking it gave."""

    question: LayQuestion
    result: SearchResult
    elapsed_ms: float

    @property
    def rank(self) -> int:
        """Rank of the first section that answers, from 1; 0 when none is among the hits."""
        return self._rank(self.question.right)

    @property
    def own_rank(self) -> int:
        """Rank of the section that the question stands at, others being wrong."""
        return self._rank(frozenset({self.question.passage_id}))

    def _rank(self, right: frozenset[str]) -> int:
        return next((hit.rank for hit in self.result.hits if hit.passage.passage_id in right), 0)

    @property
    def document_first(self) -> bool:
        """Whether the first hit is of the right document."""
        return bool(self.result.hits) and self.result.hits[0].document.document_id == self.question.document_id


def ask(retriever: Retriever, questions: Iterable[LayQuestion], as_of: dt.date) -> list[Asked]:
    """Search for each question."""
    asked = []
    for question in questions:
        start = time.perf_counter()
        result = retriever.search(question.query, as_of=as_of)
        asked.append(Asked(question, result, (time.perf_counter() - start) * 1000))
    return asked


def measures(asked: Sequence[Asked]) -> dict[str, float]:
    """Return shares of questions, and query times in milliseconds."""
    count = len(asked)
    times = sorted(each.elapsed_ms for each in asked)
    shares = {
        "passage first": sum(each.rank == 1 for each in asked),
        "passage in three": sum(1 <= each.rank <= 3 for each in asked),
        "passage in ten": sum(each.rank >= 1 for each in asked),
        "own passage first": sum(each.own_rank == 1 for each in asked),
        "own passage in three": sum(1 <= each.own_rank <= 3 for each in asked),
        "document first": sum(each.document_first for each in asked),
        "mean probability": sum(each.result.probability for each in asked),
    }
    return {
        "questions": count,
        **{name: round(value / count, 3) for name, value in shares.items()},
        "query p50, ms": round(times[count // 2], 1),
        "query p99, ms": round(times[int(count * 0.99)], 1),
    }


def first_stage(as_of: dt.date) -> list[Asked]:
    """Ask every held-out question without the guide ranker."""
    embedder, asked = load_embedder(embedding_model=None), []
    for fold in range(FOLDS):
        kept, held = hold_out(shipped_documents(), fold, as_of)
        with tempfile.TemporaryDirectory() as folder:
            store = IndexStore(Path(folder))
            store.build(kept, embedder=embedder)
            asked += ask(Retriever(parts=store.open(embedder).parts), held, as_of)
    return asked


def cross_validated(encoders: Mapping[int, Encoder], as_of: dt.date) -> list[Asked]:
    """Ask the held-out questions of every fold that has an encoder, with the guide ranker."""
    embedder, asked, model = load_embedder(embedding_model=None), [], shipped_guide_model()
    for fold, encoder in encoders.items():
        kept, held = hold_out(with_more(shipped_documents()), fold, as_of)
        with tempfile.TemporaryDirectory() as folder:
            store = IndexStore(Path(folder), asked=nothing_asked(shipped_question_encoder()))
            store.build(without_more(kept), embedder=embedder)
            parts = with_encoder(store.open(embedder).parts, encoder, kept)
            lay = (each for each in held if not each.more)
            asked += ask(Retriever(parts=parts, guide_model=model), lay, as_of)
    return asked


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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", type=Path, help="the folder with the folds' sentence encoders")
    parser.add_argument("--misses", type=int, default=0, help="how many wrongly answered questions to list")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    options = parser.parse_args()
    if options.encoders is None:
        asked = first_stage(options.as_of)
    else:
        asked = cross_validated(open_encoders(options.encoders), options.as_of)
    for name, value in measures(asked).items():
        target = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"{name:18} {value:8.3f}{target}")
    for miss in [each for each in asked if each.rank != 1][: options.misses]:
        best = miss.result.hits[0].passage.passage_id if miss.result.hits else "-"
        print(f"{miss.question.query} | {miss.question.passage_id} rank {miss.rank} | found {best}")


if __name__ == "__main__":
    main()
