from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index.embedder import MODELS_DIR, SentenceTransformerEmbedder, StaticEmbedder, load_embedder
from index.errors import EmbedderError
from index.terms import Analyzer
from tests.bootstrap import save_bootstrap, train_bootstrap

TEXTS = ["商标注册怎么办", "专利年费多少钱", "地理标志专用标志", "", "!!!"]


@pytest.fixture
def folder(embedder: StaticEmbedder, tmp_path: Path) -> Path:
    save_bootstrap(embedder, tmp_path / "model")
    return tmp_path / "model"


def test_rows_are_of_unit_length_and_in_order(embedder: StaticEmbedder) -> None:
    vectors = embedder.encode_queries(TEXTS[:3])
    assert vectors.shape == (3, embedder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert embedder.encode_queries([TEXTS[1]])[0] == pytest.approx(vectors[1])


def test_a_text_without_known_words_is_the_zero_vector(embedder: StaticEmbedder) -> None:
    assert not embedder.encode_passages(["", "!!!", "xyzzy"]).any()


def test_no_texts_give_no_rows(embedder: StaticEmbedder) -> None:
    assert embedder.encode_passages([]).shape == (0, embedder.dim)


def test_everyday_words_are_rewritten_before_encoding(embedder: StaticEmbedder) -> None:
    assert embedder.encode_queries(["红标"])[0] == pytest.approx(embedder.encode_queries(["地理标志专用标志"])[0])


def test_a_saved_model_gives_the_same_vectors(embedder: StaticEmbedder, folder: Path) -> None:
    again = StaticEmbedder.open(folder)
    assert again.name == embedder.name
    assert again.encode_queries(TEXTS) == pytest.approx(embedder.encode_queries(TEXTS), abs=2e-3)


def test_whole_number_weights_are_scaled_row_by_row(embedder: StaticEmbedder, folder: Path) -> None:
    weights = embedder.weights
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
    tensors = {
        "embedding.weight": np.round(weights / scale[:, None]).astype(np.int8),
        "scale": scale.astype(np.float32),
    }
    save_file(tensors, folder / "model.safetensors")
    assert StaticEmbedder.open(folder).encode_queries(TEXTS) == pytest.approx(embedder.encode_queries(TEXTS), abs=0.05)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_or_broken_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("{", encoding="utf-8")
    with pytest.raises(EmbedderError, match=str(folder)):
        StaticEmbedder.open(folder)
    (folder / name).unlink()
    with pytest.raises(EmbedderError, match=str(folder)):
        StaticEmbedder.open(folder)


def test_refuses_another_number_of_rows_than_tokens(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")["embedding.weight"]
    save_file({"embedding.weight": weights[:-1].copy()}, folder / "model.safetensors")
    with pytest.raises(EmbedderError, match=f"{len(weights)} tokens and {len(weights) - 1} rows"):
        StaticEmbedder.open(folder)


def test_the_bootstrap_is_deterministic(analyzer: Analyzer) -> None:
    texts = ["商标注册收费", "商标续展收费", "专利年费收费"] * 3
    one, other = (train_bootstrap(texts, analyzer=analyzer, dim=4) for _ in range(2))
    assert (one.weights == other.weights).all()


def test_the_bootstrap_puts_words_of_like_company_together(analyzer: Analyzer) -> None:
    texts = [
        "苹果 香蕉 水果 好吃",
        "香蕉 梨 水果 好吃",
        "苹果 梨 水果 好吃",
        "螺丝 扳手 工具 修车",
        "扳手 钳子 工具 修车",
    ] * 5
    embedder = train_bootstrap(texts, analyzer=analyzer, dim=3)
    apple, pear, wrench = embedder.encode_queries(["苹果", "梨", "扳手"])
    assert apple @ pear > apple @ wrench


def test_the_bootstrap_of_no_texts_knows_nothing(analyzer: Analyzer) -> None:
    assert not train_bootstrap([], analyzer=analyzer, dim=4).encode_queries(["商标"]).any()


def test_loads_a_static_folder_without_torch(folder: Path, embedder: StaticEmbedder) -> None:
    assert isinstance(load_embedder(embedding_model=str(folder)), StaticEmbedder)


def test_the_shipped_model_knows_the_words_of_the_field() -> None:
    shipped = load_embedder(embedding_model=None)
    vectors = shipped.encode_queries(["商标注册", "注册商标", "植物新品种"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_sentence_transformers_gives_the_shipped_model_the_same_vectors() -> None:
    folder = MODELS_DIR / "static-zh"
    if not (folder / "modules.json").is_file():
        pytest.skip("the shipped model is not there")
    ours = StaticEmbedder.open(folder)
    theirs = SentenceTransformerEmbedder(str(folder))
    texts = ["商标注册怎么办", "专利年费多少钱"]
    expected = theirs.encode_queries([ours.segmented(text) for text in texts])
    assert ours.encode_queries(texts) == pytest.approx(expected, abs=1e-3)
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["dim"] == ours.dim


def test_an_unknown_model_is_an_embedder_error(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="nowhere"):
        SentenceTransformerEmbedder(str(tmp_path / "nowhere"))
