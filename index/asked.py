"""What a section is known to be asked about: how people ask for it, where the section says how it is.

Its lay questions, and of the shipped sections those that training knows besides: questions in other words and messages of
conversations. They count twice: by their words (:func:`worded_alike`), all that is asked about a section taken together, and by
their meaning (:func:`nearest_asked`). The vectors are the sentence encoder's, cut down to the directions in which such questions
differ most: an eighth of the memory and of the time. ``models/asked/`` holds questions and vectors; a lay question that it does
not know is encoded when the index is built.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from corpus.records import Passage
from index.arrays import FloatArray, IntArray, Scope
from index.catalogue import Numbered
from index.dense import vector_id
from index.embedder import MODELS_DIR, unit_rows
from index.encoder import Encoder, shipped_encoder
from index.errors import EmbedderError
from index.kept_vectors import KeptVectors
from index.lexical import TermHits
from index.parts import ASKED, MAX_QUESTIONS, SearchParts
from index.sections import sections_of
from index.terms import Analyzer

ASKED_QUESTIONS = MODELS_DIR / "asked"
VECTORS, QUESTIONS = "vectors.safetensors", "questions.json.gz"
WORDED, FITTED_ON = 100, 2_126
"""So many sections with the most words in common have a score, the others have none; and of so many there were, when it was fitted
how much a score counts: a word that few of them have is rarer among more."""
NEAREST = 3
"""A text is as near to what was asked about a section as to the nearest so many of it, on average: one that is like several is
surer than one that is like a single odd one."""
FEW = 6
"""Of a section about which fewer questions are known nobody can say yet how people ask: an office's own text has the benefit of
the doubt."""
USUAL = 0.48, 0.505
"""A line through cosines with sections and with what was asked about them: of 7,301 that answer a held-out message. Over all
121,000 that were looked at it lies .025 lower. It goes with the encoder: ``index.training.judging`` prints it."""
USUAL_WORDING = 0.403, 0.677
"""The same through cosines with sections and words shared with what was asked about them, of the most that any shares."""


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

    :ivar others: passage id → normalised questions and messages that are asked about it, besides its lay questions.
    :ivar vectors: of lay questions and others.
    :ivar encoder: name of the encoder that made them; ``projection`` see :class:`QuestionEncoder`.
    """

    others: Mapping[str, Sequence[str]]
    vectors: KeptVectors
    encoder: str
    projection: FloatArray

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits over everything."""
        parts = (self.vectors.keys, self.vectors.levels, self.projection)
        told = json.dumps([self.encoder, {name: list(each) for name, each in self.others.items()}])
        return hashlib.sha256(told.encode() + b"".join(part.tobytes() for part in parts)).hexdigest()[:16]

    def about(self, passage: Passage, analyzer: Analyzer) -> list[str]:
        """Return all that is asked about a section, normalised, its lay questions first."""
        return [*map(analyzer.normalise, passage.questions), *self.others.get(passage.passage_id, ())]

    def of(
        self, numbered: Sequence[Numbered], encoder: QuestionEncoder, analyzer: Analyzer
    ) -> tuple[FloatArray, IntArray]:
        """Return the vectors of what is asked about the documents' sections, (n, dim) float32, and ids, ascending.

        Of a section as many as an id has room for.
        """
        asked = {
            number: self.about(passage, analyzer)[:MAX_QUESTIONS]
            for entry in numbered
            for number, passage in enumerate(sections_of(entry.document), entry.first)
        }
        vectors = self.vectors.encoded([question for each in asked.values() for question in each], encoder)
        ids = [vector_id(number, 1) + np.arange(len(each)) for number, each in asked.items()]
        return vectors, np.concatenate([np.empty(0, dtype=np.int64), *ids])

    def save(self, folder: Path) -> None:
        """Write :data:`VECTORS` and :data:`QUESTIONS`."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {"keys": self.vectors.keys, "levels": self.vectors.levels, "projection": self.projection}
        save_file(tensors, folder / VECTORS, {"encoder": self.encoder})
        told = json.dumps({name: list(each) for name, each in self.others.items()}, ensure_ascii=False, indent=0)
        (folder / QUESTIONS).write_bytes(gzip.compress(told.encode(), mtime=0))

    @classmethod
    def open(cls, folder: Path) -> AskedQuestions:
        """Read what :meth:`save` wrote.

        :raises EmbedderError: a file is missing or damaged.
        """
        try:
            with safe_open(folder / VECTORS, framework="numpy") as file:
                encoder = (file.metadata() or {})["encoder"]
                keys, levels, projection = map(file.get_tensor, ("keys", "levels", "projection"))
            told: dict[str, list[str]] = json.loads(gzip.decompress((folder / QUESTIONS).read_bytes()))
            others = {name: tuple(each) for name, each in told.items()}
            return cls(others, KeptVectors(keys, levels), encoder, projection)
        except (OSError, EOFError, KeyError, ValueError, AttributeError, SafetensorError) as error:
            raise EmbedderError(f"{folder}: found no readable questions with their vectors ({error!r})") from error


def worded_alike(parts: SearchParts, terms: Mapping[str, float], scope: Scope | None = None) -> TermHits:
    """Return the sections whose questions, all of one taken together, share most with ``terms`` (BM25), best first.

    That is how often people who ask about a section say a word: one who tells a story says many that its text has not.

    :param terms: of the question, with their weights; ``scope`` by passage number, None allows all.
    """
    found = parts.texts.search({ASKED: terms}, scope=scope, limit=WORDED)
    return TermHits(found.ids, found.scores * _rarest(FITTED_ON) / _rarest(parts.sections.count))


def _rarest(sections: int) -> float:
    """Return how rare BM25 takes a word to be that one of so many sections has."""
    return math.log(1 + (max(sections, 1) - 0.5) / 1.5)


def wording(parts: SearchParts, hits: TermHits, fits: FloatArray, numbers: IntArray) -> FloatArray:
    """Return (len(numbers),) how much each passage shares with what was asked about it, where ``hits`` are the best of all.

    :param fits: (len(numbers),) the encoder's cosines with the sections; where fewer than :data:`FEW` questions are known, it is
        at least what is usual beside such a cosine of one that answers.
    """
    column = scored(numbers, hits)
    usual = (USUAL_WORDING[0] + USUAL_WORDING[1] * fits) * hits.scores.max(initial=0.0)
    found: FloatArray = np.where(parts.asked.counts(numbers) < FEW, np.maximum(column, usual), column)
    return found


def scored(numbers: IntArray, hits: TermHits) -> FloatArray:
    """Return (len(numbers),) the score that each passage has among ``hits``, BM25, 0 for one that is not there."""
    if not len(hits.ids):
        return np.zeros(len(numbers))
    order = np.argsort(hits.ids)
    places = order[np.minimum(np.searchsorted(hits.ids, numbers, sorter=order), len(order) - 1)]
    column: FloatArray = np.where(hits.ids[places] == numbers, hits.scores[places], 0.0)
    return column


def nearest_asked(parts: SearchParts, texts: Sequence[str], fits: FloatArray, numbers: IntArray) -> FloatArray:
    """Return (len(texts), len(numbers)) how near each normalised text comes to what was asked about each passage.

    :param fits: (len(texts), len(numbers)) the encoder's cosines with the sections; where fewer than :data:`FEW` questions are
        known, it is at least what is usual beside such a cosine of one that answers.
    """
    vectors = np.array([parts.question_encoder.encode_query(text) for text in texts])
    near = parts.asked.nearest(vectors, numbers, NEAREST)  # nan where there is none
    usual = np.fmax(near, USUAL[0] + USUAL[1] * fits)
    nearest: FloatArray = np.where(parts.asked.counts(numbers) < FEW, usual, near)
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
