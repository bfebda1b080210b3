"""How often a lay question finds its section when the index has never seen that question.

Each lay question of the shipped guides is held out once: the questions of every passage are dealt into folds, and the
questions of a fold are asked of an index that was built without them.

    python -m benchmarks.lay_questions [--misses 30] [--as-of 2026-11-23]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.records import Document, Status
from corpus.shipped import shipped_documents
from index.embedder import Embedder, load_embedder
from index.retriever import Retriever, SearchResult
from index.store import IndexStore

FOLDS = 5
TARGETS = {"passage first": 0.80, "passage in three": 0.93}


@dataclass(frozen=True)
class HeldOut:
    """A lay question and where it stands."""

    query: str
    passage_id: str
    document_id: str


@dataclass(frozen=True)
class Outcome:
    """What asking a held-out question gave."""

    question: HeldOut
    result: SearchResult
    elapsed_ms: float

    @property
    def rank(self) -> int:
        """Rank of the right passage from 1; 0 when it is not among the hits."""
        ids = [hit.passage.passage_id for hit in self.result.hits]
        return ids.index(self.question.passage_id) + 1 if self.question.passage_id in ids else 0

    @property
    def document_first(self) -> bool:
        """Whether the first hit is of the right document."""
        return bool(self.result.hits) and self.result.hits[0].document.document_id == self.question.document_id


def hold_out(documents: Iterable[Document], fold: int, as_of: dt.date) -> tuple[list[Document], list[HeldOut]]:
    """Return the documents without the questions of ``fold``, and those of them that are in force on ``as_of``."""
    kept_documents, held = [], []
    for document in documents:
        passages = []
        for passage in document.passages:
            mine = passage.questions[(fold - passage.order) % FOLDS :: FOLDS]
            passages.append(replace(passage, questions=tuple(q for q in passage.questions if q not in mine)))
            if document.status(as_of, passage) in (Status.CURRENT, Status.EXPIRED):
                held.extend(HeldOut(query, passage.passage_id, document.document_id) for query in mine)
        kept_documents.append(replace(document, passages=tuple(passages)))
    return kept_documents, held


def ask(retriever: Retriever, questions: Iterable[HeldOut], as_of: dt.date) -> list[Outcome]:
    """Search for each question."""
    outcomes = []
    for question in questions:
        start = time.perf_counter()
        result = retriever.search(question.query, as_of=as_of)
        outcomes.append(Outcome(question, result, (time.perf_counter() - start) * 1000))
    return outcomes


def cross_validate(documents: Sequence[Document], *, embedder: Embedder, as_of: dt.date) -> list[Outcome]:
    """Ask every lay question of an index that does not know it."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        kept, held = hold_out(documents, fold, as_of)
        with tempfile.TemporaryDirectory() as folder:
            store = IndexStore(Path(folder))
            store.build(kept, embedder=embedder)
            outcomes += ask(store.open(embedder).retriever(), held, as_of)
    return outcomes


def measures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return shares of questions, and query times in milliseconds."""
    count = len(outcomes)
    times = sorted(outcome.elapsed_ms for outcome in outcomes)
    return {
        "questions": count,
        "passage first": sum(outcome.rank == 1 for outcome in outcomes) / count,
        "passage in three": sum(1 <= outcome.rank <= 3 for outcome in outcomes) / count,
        "passage in ten": sum(outcome.rank >= 1 for outcome in outcomes) / count,
        "document first": sum(outcome.document_first for outcome in outcomes) / count,
        "probability, mean": sum(outcome.result.probability for outcome in outcomes) / count,
        "query p50, ms": times[count // 2],
        "query p99, ms": times[int(count * 0.99)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", type=int, default=0, help="how many wrongly answered questions to list")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    parser.add_argument("--embedding-model", default=None)
    options = parser.parse_args()
    embedder = load_embedder(embedding_model=options.embedding_model)
    outcomes = cross_validate(shipped_documents(), embedder=embedder, as_of=options.as_of)
    for name, value in measures(outcomes).items():
        target = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"{name:18} {value:8.3f}{target}")
    for outcome in [outcome for outcome in outcomes if outcome.rank != 1][: options.misses]:
        best = outcome.result.hits[0].passage.passage_id if outcome.result.hits else "-"
        print(f"{outcome.question.query} | {outcome.question.passage_id} rank {outcome.rank} | found {best}")


if __name__ == "__main__":
    main()
