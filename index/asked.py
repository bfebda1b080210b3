"""The vectors of questions that a section is known to answer: how people ask for it, where the section says how it is.

Its lay questions, and of the shipped sections those that training knows besides; these ship as vectors only. A vector is the
sentence encoder's, cut down to the directions in which such questions differ most: an eighth of the memory and of the time.
``models/asked.safetensors`` holds them; a lay question that it does not know is encoded when the index is built.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from corpus.records import Document
from index.arrays import FloatArray, IntArray
from index.catalogue import Numbered
from index.dense import vector_id
from index.embedder import MODELS_DIR, unit_rows
from index.encoder import Encoder, shipped_encoder
from index.errors import EmbedderError
from index.kept_vectors import KeptVectors
from index.parts import MAX_QUESTIONS, SearchParts
from index.sections import sections_of
from index.terms import Analyzer

ASKED_QUESTIONS = MODELS_DIR / "asked.safetensors"
NEAREST = 3
"""A text is as near to what was asked about a section as to the nearest so many of it, on average: one that is like several is
surer than one that is like a single odd one."""
USUAL = 0.31, 0.69
"""A line through cosines with sections and with what was asked about them: of 4,174 that answer a held-out message. Over all
64,000 that were looked at it lies .05 lower: a text that nobody asked about has the benefit of the doubt."""


@dataclass(frozen=True, slots=True)
class QuestionEncoder:
    """An encoder whose vectors are cut down.

    :ivar projection: (encoder.dim, dim) float32, columns at right angles.
    """

    encoder: Encoder
    projection: FloatArray

    @property
    def name(self) -> str:
        """The encoder's name and the length of a vector."""
        return f"{self.encoder.name}-{self.dim}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.projection.shape[1])

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length; see :meth:`index.encoder.Encoder.encode`."""
        return self.cut(self.encoder.encode(texts))

    def encode_query(self, text: str) -> FloatArray:
        """Return (dim,) float32 of a normalised question."""
        vector: FloatArray = self.cut(self.encoder.encode_query(text)[None])[0]
        return vector

    def cut(self, vectors: FloatArray) -> FloatArray:
        """Return (n, dim) float32 unit vectors of the encoder's (n, encoder.dim)."""
        return unit_rows(vectors @ self.projection)


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """What is shipped.

    :ivar vectors: of lay questions and others.
    :ivar others: passage id → places of the others in ``vectors``.
    :ivar encoder: name of the encoder that made them; ``projection`` see :class:`QuestionEncoder`.
    """

    vectors: KeptVectors
    others: Mapping[str, IntArray]
    encoder: str
    projection: FloatArray

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits over everything."""
        parts = (self.vectors.keys, self.vectors.levels, self.projection, *self.others.values())
        told = "\0".join([self.encoder, *self.others])
        return hashlib.sha256(told.encode() + b"".join(part.tobytes() for part in parts)).hexdigest()[:16]

    def of(
        self, numbered: Sequence[Numbered], encoder: QuestionEncoder, analyzer: Analyzer
    ) -> tuple[FloatArray, IntArray]:
        """Return the vectors of all that is asked about the documents' sections, (n, dim) float32, and ids, ascending."""
        known, ids = [], []
        for entry in numbered:
            for number, questions, others in self._asked(entry.document, entry.first, analyzer):
                vectors = np.vstack([self.vectors.encoded(questions, encoder), others])[:MAX_QUESTIONS]
                known.append(vectors)
                ids.append(vector_id(number, 1) + np.arange(len(vectors)))
        empty = np.empty((0, encoder.dim), dtype=np.float32)
        return np.vstack([empty, *known]), np.concatenate([np.empty(0, dtype=np.int64), *ids])

    def _asked(self, document: Document, first: int, analyzer: Analyzer) -> list[tuple[int, list[str], FloatArray]]:
        """Return number, normalised lay questions and vectors of the others for each section of a document."""
        found = []
        for number, passage in enumerate(sections_of(document), first):
            others = self.others.get(passage.passage_id, np.empty(0, dtype=np.int64))
            levels = self.vectors.levels[others].astype(np.float32)
            found.append((number, [analyzer.normalise(each) for each in passage.questions], unit_rows(levels)))
        return found

    def save(self, path: Path) -> None:
        """Write the file."""
        places = [np.asarray(each, dtype=np.int64) for each in self.others.values()]
        tensors = {
            "keys": self.vectors.keys,
            "levels": self.vectors.levels,
            "projection": self.projection,
            "others": np.concatenate([np.empty(0, dtype=np.int64), *places]).astype(np.int32),
            "counts": np.array([len(each) for each in places], dtype=np.int32),
        }
        told = {"encoder": self.encoder, "passages": json.dumps(list(self.others))}
        save_file(tensors, path, told)

    @classmethod
    def open(cls, path: Path) -> AskedQuestions:
        """Read what :meth:`save` wrote.

        :raises EmbedderError: the file is missing or damaged.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                told = file.metadata() or {}
                keys, levels, projection, others, counts = map(
                    file.get_tensor, ("keys", "levels", "projection", "others", "counts")
                )
            places = np.split(others.astype(np.int64), counts.cumsum()[:-1])
            by_passage = dict(zip(json.loads(told["passages"]), places, strict=True))
            return cls(KeptVectors(keys, levels), by_passage, told["encoder"], projection)
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise EmbedderError(f"{path}: found no readable vectors of questions ({error!r})") from error


def nearest_asked(parts: SearchParts, texts: Sequence[str], fits: FloatArray, numbers: IntArray) -> FloatArray:
    """Return (len(texts), len(numbers)) how near each normalised text comes to what was asked about each passage.

    :param fits: (len(texts), len(numbers)) the encoder's cosines with the sections; where nothing was asked about one, what
        is usual beside such a cosine of one that answers stands for it: an office's own text is not behind because nobody asked for it yet.
    """
    vectors = np.array([parts.question_encoder.encode_query(text) for text in texts])
    near = parts.asked.nearest(vectors, numbers, NEAREST)
    nearest: FloatArray = np.where(np.isnan(near), USUAL[0] + USUAL[1] * fits, near)
    return nearest


@functools.cache
def shipped_asked_questions() -> AskedQuestions:
    """Return those that ship.

    :raises EmbedderError: the file is missing or damaged.
    """
    return AskedQuestions.open(ASKED_QUESTIONS)


@functools.cache
def shipped_question_encoder() -> QuestionEncoder:
    """Return the shipped encoder with the shipped projection.

    :raises EmbedderError: a file is missing or damaged, or one was made with another version of the other.
    """
    asked, encoder = shipped_asked_questions(), shipped_encoder()
    if asked.encoder != encoder.name:
        raise EmbedderError(
            f"{ASKED_QUESTIONS}: found vectors of {asked.encoder}, wanted {encoder.name}; run: python -m index.training.asked"
        )
    return QuestionEncoder(encoder, asked.projection)
