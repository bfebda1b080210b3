"""Makes the lexical index and the vectors of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from corpus.records import Document, Passage
from index.arrays import FloatArray, IntArray
from index.asked import AskedQuestions, shipped_question_encoder
from index.catalogue import Numbered
from index.dense import SLOTS, vector_id
from index.embedder import Embedder
from index.encoder import shipped_encoder
from index.lexical import TermIndexWriter
from index.parts import ASKED, MAX_QUESTIONS, QUESTION, TEXT, WORDS, indexed_questions, indexed_text
from index.question_vectors import shipped_vectors
from index.sections import section_text, sections_of, shipped_section_vectors
from index.terms import Analyzer

Progress = Callable[[str, int, int], None]

LEXICAL_DIR = "lexical"
TEXTS_DIR, QUESTIONS_DIR = f"{LEXICAL_DIR}/passages", f"{LEXICAL_DIR}/questions"
_STEP = 2048


def number_documents(documents: Iterable[Document], *, first: int = 0) -> list[Numbered]:
    """Give each document's passages consecutive numbers from ``first`` on."""
    numbered = []
    for document in documents:
        numbered.append(Numbered(first=first, document=document))
        first += len(document.passages)
    return numbered


class Builder:
    """Adds documents to the lexical index and makes their vectors.

    :param folder: the generation's folder; the lexical index in it may hold entries already.
    :param asked: what is known to be asked about sections.
    :param progress: called with the step's name, how many are done and how many there are.
    """

    def __init__(
        self,
        folder: Path,
        *,
        asked: AskedQuestions,
        embedder: Embedder,
        analyzer: Analyzer,
        progress: Progress | None = None,
    ) -> None:
        self._folder = folder
        self._asked = asked
        self._embedder = embedder
        self._analyzer = analyzer
        self._progress = progress or (lambda step, done, total: None)
        self._texts = TermIndexWriter(folder / TEXTS_DIR, [TEXT, WORDS, ASKED])
        self._questions = TermIndexWriter(folder / QUESTIONS_DIR, [QUESTION], slots=SLOTS)

    def __enter__(self) -> Builder:
        return self

    def __exit__(self, *_: object) -> None:
        # Its threads write into the folder, which cannot be renamed or removed before they end.
        self._texts.close()
        self._questions.close()

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove passages and their questions from the lexical index."""
        gone = [int(number) for number in numbers]
        self._texts.remove(gone)
        self._questions.remove(gone)

    def add(self, numbered: Sequence[Numbered]) -> tuple[FloatArray, IntArray]:
        """Add the documents to the lexical index and return their vectors, (n, dim) float32, and ids, ascending."""
        entries = [
            (number, entry.document, passage)
            for entry in numbered
            for number, passage in enumerate(entry.document.passages, entry.first)
        ]
        for done, (number, document, passage) in enumerate(entries, start=1):
            self._add_terms(number, document, passage)
            if done % _STEP == 0 or done == len(entries):
                self._progress("terms", done, len(entries))
        self._texts.commit()
        self._questions.commit()
        return self._vectors(entries)

    def sections(self, numbered: Sequence[Numbered]) -> tuple[FloatArray, IntArray]:
        """Return the sentence encoder's vectors of what is no law, (n, dim) float32, and ids, ascending."""
        places = [
            (vector_id(entry.first + at, 0), section_text(entry.document, passage, self._analyzer))
            for entry in numbered
            for at, passage in enumerate(sections_of(entry.document))
        ]
        texts = [text for _, text in places]
        vectors = np.empty((len(texts), shipped_encoder().dim), dtype=np.float32)
        self._encode(self._section_vectors, texts, "sections", vectors, np.arange(len(texts)))
        return vectors, np.array([place for place, _ in places], dtype=np.int64)

    def asked(self, numbered: Sequence[Numbered]) -> tuple[FloatArray, IntArray]:
        """Return the vectors of what is asked about sections, (n, dim) float32, and ids, ascending."""
        return self._asked.of(numbered, shipped_question_encoder(), self._analyzer)

    @staticmethod
    def _section_vectors(texts: Sequence[str]) -> FloatArray:
        return shipped_section_vectors().encoded(texts, shipped_encoder())

    def _add_terms(self, number: int, document: Document, passage: Passage) -> None:
        analyzer = self._analyzer
        text = analyzer.normalise(indexed_text(document, passage))
        words = set(analyzer.words(text))
        for slot, question in indexed_questions(passage):
            normalised = analyzer.normalise(question)
            words.update(analyzer.words(normalised))
            self._questions.add(vector_id(number, slot), {QUESTION: analyzer.characters(normalised)})
        terms = {TEXT: analyzer.characters(text), WORDS: sorted(words)}
        if passage in sections_of(document):
            # What nobody asked about is found by its own words: an office's new text is not behind.
            asked = "\n".join(self._asked.about(passage, analyzer))
            terms[ASKED] = analyzer.characters(asked) or terms[TEXT]
        self._texts.add(number, terms)

    def _vectors(self, entries: Sequence[tuple[int, Document, Passage]]) -> tuple[FloatArray, IntArray]:
        ids: list[int] = []
        texts: list[str] = []
        queries: list[tuple[int, str]] = []
        known_ids: list[int] = []
        known_vectors = [np.empty((0, self._embedder.dim), dtype=np.float32)]
        for number, document, passage in entries:
            ids.append(vector_id(number, 0))
            texts.append(indexed_text(document, passage))
            asked = list(indexed_questions(passage))
            queries.extend((vector_id(number, slot), question) for slot, question in asked)
            known = self._known_vectors(document, passage)[: MAX_QUESTIONS - len(asked)]
            known_ids.extend(vector_id(number, slot) for slot in range(len(asked) + 1, len(asked) + 1 + len(known)))
            known_vectors.append(known)
        all_ids = np.array([*ids, *(question_id for question_id, _ in queries), *known_ids], dtype=np.int64)
        order = np.argsort(all_ids, kind="stable")
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        # Each vector is written where it belongs: a second copy of all would be the most that building takes.
        vectors = np.empty((len(order), self._embedder.dim), dtype=np.float32)
        asked_places, known_places = places[len(ids) :], places[len(ids) + len(queries) :]
        self._encode(self._embedder.encode_passages, texts, "vectors", vectors, places)
        self._encode(
            self._embedder.encode_queries, [question for _, question in queries], "questions", vectors, asked_places
        )
        vectors[known_places] = np.vstack(known_vectors)
        return vectors, all_ids[order]

    def _known_vectors(self, document: Document, passage: Passage) -> FloatArray:
        vectors = shipped_vectors()
        if vectors.embedder != self._embedder.name:
            return np.empty((0, self._embedder.dim), dtype=np.float32)
        return vectors.of(document, passage)

    def _encode(
        self,
        encode: Callable[[Sequence[str]], FloatArray],
        texts: Sequence[str],
        step: str,
        vectors: FloatArray,
        places: IntArray,
    ) -> None:
        """Write the vector of each text into the row of ``vectors`` that ``places`` names."""
        for start in range(0, len(texts), _STEP):
            block = encode(texts[start : start + _STEP])
            vectors[places[start : start + len(block)]] = block
            self._progress(step, min(start + _STEP, len(texts)), len(texts))
