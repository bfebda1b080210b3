"""The guides as rows of the guide ranker's embedding."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from corpus.records import Document, Kind
from index.arrays import FloatArray, IntArray
from index.embedder import StaticEmbedder, unit_rows
from index.parts import indexed_text
from index.terms import Analyzer
from index.training import guide_vectors
from index.training.cooccurrence import word_vectors
from index.training.guide_vectors import Sections

DIM = 256
LEAST_COUNT = 2
PAIR_WEIGHT = 0.6  # of a pair's start against a word's: pairs repeat what words say
UNKNOWN = "[UNK]"


class GuideTokens:
    """Makes word vectors for guides, each time from the same start.

    :param statutes: texts of the field in which the words of the guides keep company too.
    """

    def __init__(self, statutes: Iterable[Document], *, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._statutes = [
            analyzer.words(analyzer.normalise(indexed_text(document, passage)))
            for document in statutes
            for passage in document.passages
        ]
        self._started: dict[str, FloatArray] | None = None

    def train(self, documents: Sequence[Document], *, name: str) -> StaticEmbedder:
        """Return an embedder trained on the lay questions that the documents have."""
        places = [(d, p) for d in documents if d.kind is not Kind.LAW for p in d.passages]
        texts = [self._terms(indexed_text(document, passage)) for document, passage in places]
        asked = [(n, self._terms(question)) for n, (_, p) in enumerate(places) for question in p.questions]
        vocabulary = _vocabulary([*texts, *(terms for _, terms in asked)])
        row = {term: number for number, term in enumerate([UNKNOWN, *vocabulary])}
        codes = {document.document_id: code for code, document in enumerate(documents)}
        sections = Sections(
            texts=[_rows(terms, row) for terms in texts],
            bodies=[_rows(self._terms(passage.text), row) for _, passage in places],
            documents=np.array([codes[document.document_id] for document, _ in places], dtype=np.int64),
            questions=[_rows(terms, row) for _, terms in asked],
            answers=np.array([number for number, _ in asked], dtype=np.int64),
        )
        start = self._start(vocabulary, [*texts, *(terms for _, terms in asked)], texts)
        tokenizer = Tokenizer(WordLevel(row, unk_token=UNKNOWN))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        weights = guide_vectors.train(sections, start)
        weights[0] = 0
        return StaticEmbedder(tokenizer=tokenizer, weights=weights, name=name, analyzer=self._analyzer, pairs=True)

    def _terms(self, text: str) -> list[str]:
        normalised = self._analyzer.normalise(text)
        return [*self._analyzer.words(normalised), *(f"#{pair}" for pair in self._analyzer.pairs(normalised))]

    def _start(
        self, vocabulary: Sequence[str], everything: Sequence[Sequence[str]], guides: Sequence[Sequence[str]]
    ) -> FloatArray:
        """Return (1 + vocabulary, DIM): words where their company puts them, pairs anywhere; both times idf."""
        words = self._word_vectors(guides)
        random = np.random.default_rng(0)
        vectors = unit_rows(random.standard_normal((len(vocabulary), DIM)).astype(np.float32))
        frequency = Counter(term for terms in everything for term in set(terms))
        for number, term in enumerate(vocabulary):
            if term in words:
                vectors[number] = words[term]
            weight = PAIR_WEIGHT if term.startswith("#") else 1.0
            vectors[number] *= weight * np.log(1 + len(everything) / (1 + frequency[term]))
        return np.vstack([np.zeros((1, DIM), dtype=np.float32), vectors])

    def _word_vectors(self, guides: Sequence[Sequence[str]]) -> dict[str, FloatArray]:
        """Return unit vectors of the words of statutes and guides; no question is in them, so folds may share them."""
        if self._started is None:
            texts = [[term for term in terms if not term.startswith("#")] for terms in guides]
            everything = [*texts, *texts, *texts, *self._statutes]
            vocabulary = _vocabulary(everything)
            row = {word: number for number, word in enumerate(vocabulary)}
            encoded = [[row[word] for word in words if word in row] for words in everything]
            vectors = unit_rows(word_vectors(encoded, size=len(vocabulary), dim=DIM))
            self._started = dict(zip(vocabulary, vectors, strict=True))
        return self._started


def save(embedder: StaticEmbedder, folder: Path) -> None:
    """Write the embedder with weights in eight bits and a scale for each row."""
    folder.mkdir(parents=True, exist_ok=True)
    embedder.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    scale = np.maximum(np.abs(embedder.weights).max(axis=1), 1e-9) / 127
    levels = np.round(embedder.weights / scale[:, None]).astype(np.int8)
    save_file({"embedding.weight": levels, "scale": scale.astype(np.float32)}, folder / "model.safetensors")
    config = {"name": embedder.name, "version": "1", "dim": embedder.dim, "pairs": True}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _vocabulary(texts: Sequence[Sequence[str]]) -> list[str]:
    counts = Counter(term for terms in texts for term in terms)
    return sorted(term for term, count in counts.items() if count >= LEAST_COUNT)


def _rows(terms: Sequence[str], row: dict[str, int]) -> IntArray:
    return np.array([row[term] for term in terms if term in row] or [0], dtype=np.int64)
