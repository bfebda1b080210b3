"""Reads a whole sentence where the embedder averages words: a small transformer in eight bits, run by ONNX Runtime.

It says how near a question comes to a section of a guide; see ``models/README.md`` for where its weights come from. A
question takes a millisecond, a section some seven, which is why sections are encoded when an index is built and articles
of laws are not.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from index.arrays import FloatArray
from index.embedder import MODELS_DIR, unit_rows
from index.errors import EmbedderError
from index.sessions import open_session

ENCODER = MODELS_DIR / "encoder"
NETWORK, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
QUERIES_KEPT = 1024


class Encoder(Protocol):
    """Turns normalised texts into unit vectors, questions and sections alike."""

    @property
    def name(self) -> str:
        """Name and version; section vectors of one name are not compared with queries of another."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order.

        :param texts: normalised by the analyzer.
        """

    def encode_query(self, text: str) -> FloatArray:
        """Return (dim,) float32 of a normalised question; the same question is remembered."""


class SentenceEncoder:
    """The transformer.

    :param network: takes ``ids`` (1, tokens) int64 and returns (1, dim) float32.
    :param tokens: a text is cut to so many, its start and end marks included.
    """

    def __init__(self, *, name: str, tokenizer: Tokenizer, network: onnxruntime.InferenceSession, tokens: int) -> None:
        self._name, self._tokenizer, self._network, self._tokens = name, tokenizer, network, tokens
        vocabulary = tokenizer.get_vocab()
        self._marks = vocabulary["<s>"], vocabulary["</s>"]
        self.encode_query = functools.lru_cache(maxsize=QUERIES_KEPT)(self._query)

    @classmethod
    def open(cls, folder: Path) -> SentenceEncoder:
        """Read a model folder: ``config.json`` (name, version, tokens), ``tokenizer.json``, ``model.onnx``.

        :raises EmbedderError: a file is missing or damaged.
        """
        try:
            config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            return cls(
                name=f"{config['name']}-{config['version']}",
                tokenizer=Tokenizer.from_file(str(folder / TOKENIZER)),
                network=open_session(folder / NETWORK),
                tokens=int(config["tokens"]),
            )
        except Exception as error:  # tokenizers and ONNX Runtime raise it bare, or types of their own that say no more
            raise EmbedderError(f"{folder}: found no readable sentence encoder ({error!r})") from error

    @property
    def name(self) -> str:
        """Name and version from ``config.json``."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._network.get_outputs()[0].shape[-1])

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order; one text after the other, so nothing is padded."""
        vectors = [np.zeros((0, self.dim), dtype=np.float32)]
        for text in texts:
            vectors += self._network.run(None, {"ids": np.array([self.tokens(text)], dtype=np.int64)})
        return unit_rows(np.vstack(vectors))

    def tokens(self, text: str) -> list[int]:
        """Return the token numbers of a normalised text between start and end mark, cut to what the network reads."""
        ids = self._tokenizer.encode(" ".join(text.split()), add_special_tokens=False).ids
        return [self._marks[0], *ids[: self._tokens - 2], self._marks[1]]

    def _query(self, text: str) -> FloatArray:
        vector: FloatArray = self.encode([text])[0]
        vector.setflags(write=False)  # it is remembered
        return vector


@functools.cache
def shipped_encoder() -> SentenceEncoder:
    """Return the encoder that ships with the product.

    :raises EmbedderError: a file is missing or damaged.
    """
    return SentenceEncoder.open(ENCODER)
