from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind
from corpus.shipped import shipped_documents
from index.arrays import FloatArray
from index.dense import SECTIONS, DenseIndex
from index.embedder import StaticEmbedder
from index.encoder import Encoder, shipped_encoder
from index.errors import EmbedderError, IndexBrokenError
from index.kept_vectors import KeptVectors
from index.sections import section_text, sections_of, shipped_section_vectors
from index.store import IndexStore
from index.terms import Analyzer
from index.training.sections import shipped_section_texts


class Counting:
    """An encoder that counts what it is given."""

    name, dim = "counting-1", 4

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> FloatArray:
        self.encoded += texts
        random = [np.random.default_rng(len(text)).standard_normal(4) for text in texts]
        vectors = np.array(random, dtype=np.float32).reshape(len(texts), 4)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_query(self, text: str) -> FloatArray:
        return self.encode([text])[0]


def test_known_texts_are_not_encoded_again_and_keep_their_vectors(tmp_path: Path) -> None:
    encoder = Counting()
    KeptVectors.of(["一", "三三三"], encoder).save(tmp_path / "file")
    encoder.encoded.clear()
    known = KeptVectors.open(tmp_path / "file")
    vectors = known.encoded(["三三三", "二二", "一"], encoder)
    assert encoder.encoded == ["二二"]
    assert vectors == pytest.approx(Counting().encode(["三三三", "二二", "一"]), abs=0.02)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert known.share_known(["一", "二二"], encoder) == 0.5


def test_vectors_of_another_encoder_are_not_taken() -> None:
    encoder, other = Counting(), Counting()
    other.name = "counting-2"
    known = KeptVectors.of(["一"], encoder)
    known.encoded(["一"], other)
    assert other.encoded == ["一"]


def test_nothing_known_nothing_asked() -> None:
    encoder = Counting()
    assert KeptVectors.of([], encoder).encoded(["一"], encoder).shape == (1, 4)
    assert KeptVectors.of(["一"], encoder).encoded([], encoder).shape == (0, 4)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sections.safetensors"
    path.write_bytes(b"no")
    with pytest.raises(EmbedderError, match=str(path)):
        KeptVectors.open(path)


def test_most_shipped_sections_need_not_be_encoded_at_the_first_start() -> None:
    share = shipped_section_vectors().share_known(shipped_section_texts(), shipped_encoder())
    assert share > 0.9, "run: python -m index.training.sections"


def test_laws_have_no_section_vectors(guides: list[Document]) -> None:
    assert all(bool(sections_of(each)) is (each.kind is not Kind.LAW) for each in guides)


def test_what_is_encoded_says_the_title_once(analyzer: Analyzer) -> None:
    document = next(each for each in shipped_documents() if each.kind is Kind.GUIDE)
    text = section_text(document, document.passages[0], analyzer)
    assert text.count(analyzer.normalise(document.title)) == 1


def test_an_update_encodes_only_what_is_new(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = IndexStore(tmp_path)
    store.build(guides[:-1], embedder=embedder)
    before = store.open(embedder).parts
    encoded: list[str] = []

    class Known:
        def encoded(self, texts: Sequence[str], encoder: Encoder) -> FloatArray:
            encoded.extend(texts)
            return shipped_section_vectors().encoded(texts, encoder)

    monkeypatch.setattr("index.builder.shipped_section_vectors", Known)
    store.update(added=guides[-1:], removed=[guides[0].document_id], embedder=embedder)
    after = store.open(embedder).parts
    assert len(encoded) == len(sections_of(guides[-1]))
    wanted = sum(len(sections_of(each)) for each in guides[1:])
    assert after.sections.count == wanted
    kept = next(each for each in guides[1:-1] if sections_of(each)).passages[0].passage_id
    old, new = (
        parts.sections.similarity(before.encoder.encode_query("商标"), np.array([parts.catalogue.number(kept)]))
        for parts in (before, after)
    )
    assert old == pytest.approx(new)


def test_a_generation_without_its_sections_is_broken(
    guides: list[Document], embedder: StaticEmbedder, tmp_path: Path
) -> None:
    store = IndexStore(tmp_path)
    generation = store.build(guides, embedder=embedder)
    folder = tmp_path / "index" / generation
    DenseIndex(np.zeros((0, shipped_encoder().dim), np.float32), np.zeros(0, np.int64)).save(folder, SECTIONS)
    with pytest.raises(IndexBrokenError, match="sections"):
        store.open(embedder)
