"""Vectors of texts that are shipped, by the texts' hashes: what is known need not be encoded when an index is built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from index.arrays import BoolArray, FloatArray, IntArray, eight_bits
from index.embedder import unit_rows
from index.encoder import Encoder
from index.errors import EmbedderError


@dataclass(frozen=True, slots=True)
class KeptVectors:
    """Vectors of texts, by the texts' hashes.

    :ivar keys: (n,) int64, ascending; ``levels`` (n, dim) int8, the vectors in eight bits; their length is not kept.
    """

    keys: IntArray
    levels: IntArray

    @classmethod
    def of(cls, texts: Iterable[str], encoder: Encoder) -> KeptVectors:
        """Encode ``texts``."""
        different = list(dict.fromkeys(texts))
        return cls.made(different, encoder.encode(different), encoder.name)

    @classmethod
    def made(cls, texts: Sequence[str], vectors: FloatArray, encoder: str) -> KeptVectors:
        """Keep vectors, (n, dim), that the encoder with this name has made of ``texts``, no two of which are the same."""
        keys = np.array([_key(text, encoder) for text in texts], dtype=np.int64)
        order = np.argsort(keys)
        return cls(keys[order], eight_bits(vectors[order]))

    @classmethod
    def open(cls, path: Path) -> KeptVectors:
        """Read what :meth:`save` wrote.

        :raises EmbedderError: the file is missing or damaged.
        """
        try:
            tensors = load_file(path)
            return cls(tensors["keys"], tensors["levels"])
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise EmbedderError(f"{path}: found no readable vectors of texts ({error!r})") from error

    def save(self, path: Path) -> None:
        """Write the file."""
        save_file({"keys": self.keys, "levels": self.levels}, path)

    def encoded(self, texts: Sequence[str], encoder: Encoder) -> FloatArray:
        """Return (n, dim) float32 unit vectors of ``texts``, from here where they are known, else from ``encoder``."""
        known, places = self.known(texts, encoder.name)
        vectors = np.empty((len(texts), encoder.dim), dtype=np.float32)
        vectors[known] = unit_rows(self.levels[places[known]].astype(np.float32))
        vectors[~known] = encoder.encode([texts[place] for place in np.flatnonzero(~known).tolist()])
        return vectors

    def share_known(self, texts: Sequence[str], encoder: Encoder) -> float:
        """Return which share of ``texts`` has its vector here, 0..1."""
        known, _ = self.known(texts, encoder.name)
        return float(known.mean())

    def known(self, texts: Iterable[str], encoder: str) -> tuple[BoolArray, IntArray]:
        """Return of which texts the vectors by the encoder with this name are here, (n,) bool, and where, (n,) int64."""
        wanted = np.array([_key(text, encoder) for text in texts], dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        found = self.keys[places] == wanted if len(self.keys) else np.zeros(len(wanted), dtype=bool)
        return found, places


def _key(text: str, encoder: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{encoder}\0{text}".encode()).digest()[:8], "big", signed=True)
