"""The vectors of sections: of what is no law, one a passage, made by the sentence encoder.

Those of the shipped guides, plan and gaps are shipped too, so that a first start need not make them: ``sections.safetensors``
beside the encoder, a vector for each text's hash. A text that was changed since is encoded when the index is built.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from corpus.records import Document, Kind, Passage
from index.arrays import BoolArray, FloatArray, IntArray, eight_bits
from index.embedder import unit_rows
from index.encoder import ENCODER, Encoder
from index.errors import EmbedderError
from index.terms import Analyzer

SECTIONS_FILE = "sections.safetensors"


def section_text(document: Document, passage: Passage, analyzer: Analyzer) -> str:
    """Return what is encoded of a passage: title, heading and text, normalised; the encoder reads as far as it can."""
    heading = passage.heading.removeprefix(document.title)
    return analyzer.normalise(f"{document.title} {heading}\n{passage.text}")


def sections_of(document: Document) -> tuple[Passage, ...]:
    """Return the passages that get a vector: all but those of laws, which are too many and ranked otherwise."""
    return () if document.kind is Kind.LAW else document.passages


@dataclass(frozen=True, slots=True)
class SectionVectors:
    """Vectors of texts, by the texts' hashes.

    :ivar keys: (n,) int64, ascending; ``levels`` (n, dim) int8, the vectors in eight bits; their length is not kept.
    """

    keys: IntArray
    levels: IntArray

    @classmethod
    def of(cls, texts: Iterable[str], encoder: Encoder) -> SectionVectors:
        """Encode ``texts``."""
        by_key = {_key(text, encoder.name): text for text in texts}
        keys = sorted(by_key)
        vectors = encoder.encode([by_key[key] for key in keys])
        return cls(np.array(keys, dtype=np.int64), eight_bits(vectors))

    @classmethod
    def open(cls, path: Path) -> SectionVectors:
        """Read what :meth:`save` wrote.

        :raises EmbedderError: the file is missing or damaged.
        """
        try:
            tensors = load_file(path)
            return cls(tensors["keys"], tensors["levels"])
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise EmbedderError(f"{path}: found no readable section vectors ({error!r})") from error

    def save(self, path: Path) -> None:
        """Write the file."""
        save_file({"keys": self.keys, "levels": self.levels}, path)

    def encoded(self, texts: Sequence[str], encoder: Encoder) -> FloatArray:
        """Return (n, dim) float32 unit vectors of ``texts``, from here where they are known, else from ``encoder``."""
        wanted = np.array([_key(text, encoder.name) for text in texts], dtype=np.int64)
        known, places = self.known(wanted)
        vectors = np.empty((len(texts), encoder.dim), dtype=np.float32)
        vectors[known] = unit_rows(self.levels[places[known]].astype(np.float32))
        vectors[~known] = encoder.encode([texts[place] for place in np.flatnonzero(~known).tolist()])
        return vectors

    def share_known(self, texts: Sequence[str], encoder: Encoder) -> float:
        """Return which share of ``texts`` has its vector here, 0..1."""
        known, _ = self.known(np.array([_key(text, encoder.name) for text in texts], dtype=np.int64))
        return float(known.mean())

    def known(self, wanted: IntArray) -> tuple[BoolArray, IntArray]:
        """Return which of the keys ``wanted`` are here, (n,) bool, and at which place, (n,) int64."""
        places = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        found = self.keys[places] == wanted if len(self.keys) else np.zeros(len(wanted), dtype=bool)
        return found, places


@functools.cache
def shipped_section_vectors() -> SectionVectors:
    """Return the vectors of the shipped sections.

    :raises EmbedderError: the file is missing or damaged.
    """
    return SectionVectors.open(ENCODER / SECTIONS_FILE)


def _key(text: str, encoder: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{encoder}\0{text}".encode()).digest()[:8], "big", signed=True)
