"""Embedding models: the static default that needs no torch, and any sentence-transformers model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index.arrays import FloatArray
from index.errors import EmbedderError
from index.terms import Analyzer, default_analyzer

MODELS_DIR = Path(__file__).parent / "models"
DEFAULT_MODEL = "static-zh"
_BATCH = 1024


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Name and version; an index built with one name is not opened with another."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Encode what visitors ask.

        :returns: (n, dim) float32, rows of unit length (zero for a text without known tokens), in input order.
        """

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Encode what is searched; same shape as :meth:`encode_queries`."""


class StaticEmbedder:
    """A vector for each word, averaged: microseconds a query, no torch.

    Reads the folder of a sentence-transformers ``StaticEmbedding`` (``tokenizer.json``, ``model.safetensors``) and our
    ``config.json`` with ``name`` and ``version``. Texts are normalised and cut into words by the analyzer first, then
    joined by blanks; given that text, ``SentenceTransformer(folder).encode(…, normalize_embeddings=True)`` returns the
    same vectors. Weights are float32, float16, or int8 with a ``scale`` for each row.
    """

    def __init__(self, *, tokenizer: Tokenizer, weights: FloatArray, name: str, analyzer: Analyzer) -> None:
        self.tokenizer = tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.weights = weights
        self._analyzer = analyzer
        self._name = name

    @classmethod
    def open(cls, folder: Path, *, analyzer: Analyzer | None = None) -> StaticEmbedder:
        """Read a model folder.

        :raises EmbedderError: a file is missing or damaged, or tokens and rows differ in number.
        """
        try:
            config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            weights = _read_weights(folder / "model.safetensors")
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EmbedderError(f"{folder}: found no readable static embedding model ({error})") from error
        except Exception as error:
            raise EmbedderError(f"{folder}: tokenizer.json cannot be read ({error})") from error
        if tokenizer.get_vocab_size() != len(weights):
            found = f"{tokenizer.get_vocab_size()} tokens and {len(weights)} rows"
            raise EmbedderError(f"{folder}: found {found}, wanted as many rows as tokens; fetch the model again")
        name = f"{config.get('name', folder.name)}-{config.get('version', '1')}"
        return cls(
            tokenizer=tokenizer,
            weights=weights,
            name=name,
            analyzer=analyzer or default_analyzer(),
        )

    @property
    def name(self) -> str:
        """Name and version from ``config.json``."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.weights.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order."""
        return self._encode(texts)

    def segmented(self, text: str) -> str:
        """Return the text as the tokenizer sees it: normalised words, joined by blanks."""
        return " ".join(self._analyzer.words(self._analyzer.normalise(text)))

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            joined = list(map(self.segmented, texts[start : start + _BATCH]))
            for row, encoding in enumerate(self.tokenizer.encode_batch_fast(joined, add_special_tokens=False), start):
                if encoding.ids:
                    vectors[row] = self.weights[encoding.ids].mean(axis=0, dtype=np.float32)
        return unit_rows(vectors)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, from a local folder or by its hub name; loads torch when it is made.

    :param query_instruction: put before each query, as bge models want it.
    """

    def __init__(self, model: str, *, query_instruction: str = "") -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(model, device="cpu")
        except (OSError, ValueError) as error:
            raise EmbedderError(f"{model}: sentence-transformers cannot load it ({error})") from error
        self._name = Path(model).name
        self._query_instruction = query_instruction

    @property
    def name(self) -> str:
        """The last part of the folder or hub name."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._model.get_sentence_embedding_dimension())

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order."""
        return self._encode([self._query_instruction + text for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        encoded = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(encoded, dtype=np.float32)


def load_embedder(*, embedding_model: str | None, query_instruction: str = "") -> Embedder:
    """Return the embedder for a model folder or hub name; None is the static model that ships with the product.

    :raises EmbedderError: the model cannot be loaded.
    """
    if embedding_model is None:
        return StaticEmbedder.open(MODELS_DIR / DEFAULT_MODEL)
    folder = Path(embedding_model)
    if (folder / "config.json").is_file() and (folder / "tokenizer.json").is_file() and _is_static(folder):
        return StaticEmbedder.open(folder)
    return SentenceTransformerEmbedder(embedding_model, query_instruction=query_instruction)


def unit_rows(vectors: FloatArray) -> FloatArray:
    """Return ``vectors`` with each row divided by its length; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: FloatArray = vectors / np.where(lengths == 0, 1, lengths)
    return scaled.astype(np.float32, copy=False)


def _is_static(folder: Path) -> bool:
    modules = folder / "modules.json"
    return not modules.is_file() or "StaticEmbedding" in modules.read_text(encoding="utf-8")


def _read_weights(path: Path) -> FloatArray:
    tensors = load_file(path)
    name = "embedding.weight" if "embedding.weight" in tensors else "embeddings"
    weights, scale = tensors[name], tensors.get("scale")
    if scale is not None:
        return weights.astype(np.float32) * scale.astype(np.float32).reshape(-1, 1)
    # Half precision stays half: a text's few rows are widened when they are averaged, to the same numbers.
    return weights if weights.dtype == np.float16 else weights.astype(np.float32)
