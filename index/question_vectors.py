"""Vectors of questions that people asked about articles of national laws: what training saw, kept as numbers only.

The texts do not ship; a vector is the mean of the shipped embedding's word vectors, 256 numbers in eight bits each.
They serve only an index made with the embedding they were made with.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from corpus.records import Document, Kind, Passage
from index.arrays import FloatArray
from index.errors import IndexBrokenError
from index.lay_questions import Article, article_of

VECTORS_DIR = Path(__file__).parent / "models" / "question-vectors"
_VECTORS, _ARTICLES = "model.safetensors", "articles.json"


class QuestionVectors:
    """Vectors by article.

    :param vectors: (n, dim) float32, rows of unit length.
    :param rows: article → its rows.
    :ivar embedder: name of the embedding they were made with; empty when there are none.
    """

    def __init__(self, vectors: FloatArray, rows: Mapping[Article, Sequence[int]], *, embedder: str) -> None:
        self._vectors = vectors
        self._rows = {article: list(numbers) for article, numbers in rows.items()}
        self.embedder = embedder

    def of(self, document: Document, passage: Passage) -> FloatArray:
        """Return (k, dim) the vectors of questions about the article that ``passage`` is; none for other texts."""
        article = article_of(document.title, passage.locator) if document.kind is Kind.LAW else None
        rows = self._rows.get(article, []) if article else []
        return self._vectors[rows]

    def save(self, folder: Path) -> None:
        """Write the vectors in eight bits with a scale for each row, and which article each is about."""
        folder.mkdir(parents=True, exist_ok=True)
        scale = np.maximum(np.abs(self._vectors).max(axis=1, initial=0.0), 1e-9) / 127
        levels = np.round(self._vectors / scale[:, None]).astype(np.int8)
        save_file({"vectors": levels, "scale": scale.astype(np.float32)}, folder / _VECTORS)
        articles = [[*article, rows] for article, rows in sorted(self._rows.items())]
        values = {"embedder": self.embedder, "articles": articles}
        (folder / _ARTICLES).write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> QuestionVectors:
        """Read what :meth:`save` wrote; a folder that is not there holds none.

        :raises IndexBrokenError: a file is missing or damaged.
        """
        if not folder.is_dir():
            return cls(np.empty((0, 0), dtype=np.float32), {}, embedder="")
        try:
            tensors = load_file(folder / _VECTORS)
            values = json.loads((folder / _ARTICLES).read_text(encoding="utf-8"))
            rows = {(title, article, insertion): numbers for title, article, insertion, numbers in values["articles"]}
            vectors = tensors["vectors"].astype(np.float32) * tensors["scale"][:, None]
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
            return cls(vectors, rows, embedder=str(values["embedder"]))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise IndexBrokenError(
                f"{folder}: found no question vectors ({error!r}); fetch the folder again"
            ) from error


@functools.cache
def shipped_vectors() -> QuestionVectors:
    """Return the vectors that ship; immutable, so one serves the process."""
    return QuestionVectors.open(VECTORS_DIR)
