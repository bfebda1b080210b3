from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage
from index.arrays import FloatArray
from index.errors import IndexBrokenError
from index.question_vectors import QuestionVectors


@pytest.fixture
def vectors() -> FloatArray:
    rows = np.random.default_rng(0).standard_normal((3, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def known(vectors: FloatArray) -> QuestionVectors:
    return QuestionVectors(vectors, {("商标法", 33, 0): [0, 2]}, embedder="static-zh-9")


def test_an_article_has_its_vectors_and_others_have_none(
    known: QuestionVectors, vectors: FloatArray, document: Callable[..., Document], passage: Callable[..., Passage]
) -> None:
    law = document("law", "中华人民共和国商标法", kind=Kind.LAW)
    guide = document("guide", "商标法", kind=Kind.GUIDE)
    article, other = passage("law", 0, "第三十三条", "异议"), passage("law", 1, "第三十四条", "复审")
    assert known.of(law, article) == pytest.approx(vectors[[0, 2]])
    assert len(known.of(law, other)) == 0
    assert len(known.of(guide, article)) == 0


def test_eight_bits_keep_the_direction(known: QuestionVectors, vectors: FloatArray, tmp_path: Path) -> None:
    known.save(tmp_path / "vectors")
    again = QuestionVectors.open(tmp_path / "vectors")
    assert again.embedder == "static-zh-9"
    law = Document(document_id="law", title="商标法", kind=Kind.LAW)
    article = Passage(passage_id="1", document_id="law", locator="第三十三条", heading="", text="", order=0)
    assert (again.of(law, article) * vectors[[0, 2]]).sum(axis=1) == pytest.approx([1, 1], abs=1e-3)


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert QuestionVectors.open(tmp_path / "none").embedder == ""


def test_a_damaged_folder_is_refused(known: QuestionVectors, tmp_path: Path) -> None:
    known.save(tmp_path)
    (tmp_path / "articles.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexBrokenError, match="question vectors"):
        QuestionVectors.open(tmp_path)
