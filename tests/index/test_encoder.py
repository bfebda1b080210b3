from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.encoder import CONFIG, ENCODER, NETWORK, QUERIES_KEPT, TOKENIZER, SentenceEncoder, shipped_encoder
from index.errors import EmbedderError
from index.terms import Analyzer


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return shipped_encoder()


def test_vectors_are_unit_rows_in_input_order(encoder: SentenceEncoder) -> None:
    texts = ["商标注册要多少钱", "专利年费", "x"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, encoder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert encoder.encode([texts[1]])[0] == pytest.approx(vectors[1])


def test_no_texts_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


@pytest.mark.parametrize("text", ["", " ", "\n", "🐄", "字" * 5000])
def test_any_text_has_a_vector(encoder: SentenceEncoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_a_long_text_is_cut_between_its_marks(encoder: SentenceEncoder) -> None:
    longest = json.loads((ENCODER / CONFIG).read_text(encoding="utf-8"))["tokens"]
    short, long = encoder.tokens("专利"), encoder.tokens("专利年费怎么交" * 200)
    assert len(long) == longest
    assert (long[0], long[-1]) == (short[0], short[-1])


def test_blanks_and_line_ends_make_no_difference(encoder: SentenceEncoder) -> None:
    assert encoder.tokens("商标 注册\n\n费用") == encoder.tokens("  商标   注册 费用 ")


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("有人抄俺家的牌子咋整", "商标被侵权怎么维权 › 怎么办", "专利年费 › 收多少钱"),
        ("老师傅的独门手艺不想让人学走", "商业秘密怎么保护 › 谁能办", "地理标志专用标志 › 收多少钱"),
        ("房本一样的东西丢了，能再给一张不", "专利证书丢失补发 › 怎么办", "商标异议 › 多长时间"),
    ],
)
def test_meaning_counts_where_no_word_is_shared(
    encoder: SentenceEncoder, analyzer: Analyzer, question: str, right: str, wrong: str
) -> None:
    asked, *sections = encoder.encode([analyzer.normalise(text) for text in (question, right, wrong)])
    assert asked @ sections[0] > asked @ sections[1]


def test_word_order_counts(encoder: SentenceEncoder) -> None:
    first, second = encoder.encode(["他告我侵权", "我告他侵权"])
    assert first @ second < 0.999


def test_a_question_is_remembered_and_cannot_be_changed(encoder: SentenceEncoder) -> None:
    vector = encoder.encode_query("商标注册要多少钱")
    assert encoder.encode_query("商标注册要多少钱") is vector
    assert vector == pytest.approx(encoder.encode(["商标注册要多少钱"])[0])
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 1
    assert encoder.encode_query.cache_info().maxsize == QUERIES_KEPT


def test_it_stays_within_what_is_shipped() -> None:
    assert sum(path.stat().st_size for path in ENCODER.iterdir()) <= 16_000_000


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER, CONFIG])
@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_folder_is_named(tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(ENCODER, folder)
    path = folder / name
    path.unlink() if damage == "missing" else path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(EmbedderError, match=str(folder)):
        SentenceEncoder.open(folder)
