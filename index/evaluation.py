"""Measures the product's retriever on a collection of statutes with judged questions.

The collection is JSON lines (plain or gzip): ``{id, law, article, heading, text}`` for the articles and
``{id, question, gold: [article ids]}`` for the questions. Everything goes the way of an ingested law: build with the
shipped models, open, search; nothing is set for the benchmark.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import math
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from corpus.errors import LocatorError
from corpus.locator import Locator
from corpus.records import Document, Kind, Passage
from index.embedder import Embedder, load_embedder
from index.retriever import Retriever
from index.store import IndexStore

RECALL_DEPTHS = (5, 10, 20, 100)
DEPTH = max(RECALL_DEPTHS)
SHORT = 10  # depth of MRR and nDCG, and of the timed searches: what the product asks for


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and the passage ids that answer it."""

    question: str
    gold: frozenset[str]


def evaluate_retrieval(corpus: Path, queries: Path, *, embedder: Embedder | None = None) -> dict[str, float]:
    """Build an index over ``corpus``, ask it ``queries`` and return the measures.

    :param embedder: the shipped one when None.
    :returns: recall@5, @10, @20, @100, mrr@10, ndcg@10 (0..1); query_ms_p50, query_ms_p99 (one search for ten
        passages, in process); build_s; peak_mb (of the process so far); queries, passages.
    :raises ValueError: a line is not what is described above.
    """
    embedder = embedder or load_embedder(embedding_model=None)
    documents, questions = read_statutes(corpus), read_judged(queries)
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        start = time.perf_counter()
        store.build(documents, embedder=embedder)
        build_s = time.perf_counter() - start
        index = store.open(embedder)
        retriever = index.retriever()
        results = measures([(found(retriever, judged), judged.gold) for judged in questions])
        times = sorted(timed(retriever, judged.question) for judged in questions)
        index.close()
    return results | {
        "query_ms_p50": round(times[len(times) // 2], 2),
        "query_ms_p99": round(times[int(len(times) * 0.99)], 2),
        "build_s": round(build_s, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "queries": len(questions),
        "passages": sum(len(document.passages) for document in documents),
    }


def read_statutes(path: Path) -> list[Document]:
    """Read articles and return one law for each title, its articles in reading order, their ids as passage ids."""
    laws: dict[str, list[Mapping[str, Any]]] = {}
    for row in read_lines(path):
        laws.setdefault(str(row["law"]), []).append(row)
    return [_law(number, title, rows) for number, (title, rows) in enumerate(laws.items())]


def read_judged(path: Path) -> list[Judged]:
    """Read questions with the ids of their articles."""
    return [Judged(str(row["question"]), frozenset(map(str, row["gold"]))) for row in read_lines(path)]


def read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON-lines file, gzip or plain.

    :raises ValueError: naming the line that is not a JSON object.
    """
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}: line {number} is not JSON ({error})") from error
            if not isinstance(row, dict):
                raise ValueError(f"{path}: line {number} is not an object")
            yield row


def found(retriever: Retriever, judged: Judged) -> list[str]:
    """Return the ids of the best hundred passages, best first."""
    result = retriever.search(judged.question, as_of=dt.date.max, top_k=DEPTH)
    return [hit.passage.passage_id for hit in result.hits]


def timed(retriever: Retriever, question: str) -> float:
    """Return how many milliseconds one search for ten passages takes."""
    start = time.perf_counter()
    retriever.search(question, as_of=dt.date.max, top_k=SHORT)
    return (time.perf_counter() - start) * 1000


def measures(results: Sequence[tuple[Sequence[str], frozenset[str]]]) -> dict[str, float]:
    """Return the mean measures over questions, to four places.

    Recall@k is the share of the right passages among the first k, MRR@10 one over the rank of the first right one
    (0 past ten), nDCG@10 is binary.

    :param results: for each question the ids found, best first, and the right ones.
    """
    outcome = {f"recall@{depth}": fmean(_recall(ids[:depth], gold) for ids, gold in results) for depth in RECALL_DEPTHS}
    outcome["mrr@10"] = fmean(_reciprocal_rank(ids[:SHORT], gold) for ids, gold in results)
    outcome["ndcg@10"] = fmean(_ndcg(ids[:SHORT], gold) for ids, gold in results)
    return {name: round(value, 4) for name, value in outcome.items()}


def _recall(ids: Sequence[str], gold: frozenset[str]) -> float:
    return len(gold.intersection(ids)) / len(gold)


def _reciprocal_rank(ids: Sequence[str], gold: frozenset[str]) -> float:
    return next((1 / rank for rank, each in enumerate(ids, start=1) if each in gold), 0.0)


def _ndcg(ids: Sequence[str], gold: frozenset[str]) -> float:
    gain = sum(1 / math.log2(rank + 1) for rank, each in enumerate(ids, start=1) if each in gold)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(gold), SHORT) + 1))
    return gain / ideal


def _law(number: int, title: str, rows: Sequence[Mapping[str, Any]]) -> Document:
    document_id = f"law-{number}"
    passages = [
        Passage(
            passage_id=str(row["id"]),
            document_id=document_id,
            locator=str(row["article"]),
            heading=str(row["heading"] or ""),
            text=str(row["text"]),
            order=order,
        )
        for order, row in enumerate(sorted(rows, key=lambda row: _place(str(row["article"]))))
    ]
    return Document(document_id=document_id, title=title, kind=Kind.LAW, passages=tuple(passages))


def _place(article: str) -> tuple[int, Locator]:
    try:
        return 0, Locator.parse(article)
    except LocatorError:
        return 1, Locator()
