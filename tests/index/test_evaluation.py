from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

from index.embedder import StaticEmbedder
from index.evaluation import evaluate_retrieval, measures, read_statutes

ARTICLES = [
    {
        "id": 7,
        "law": "商标法",
        "article": "第三十三条",
        "heading": "第三章",
        "text": "自公告之日起三个月内可以提出异议。",
    },
    {"id": 2, "law": "商标法", "article": "第三条", "heading": "第一章", "text": "经核准注册的商标为注册商标。"},
    {"id": 9, "law": "专利法", "article": "第四十二条", "heading": "第五章", "text": "发明专利权的期限为二十年。"},
]
QUERIES = [
    {"id": 1, "question": "发明专利权的期限", "gold": [9]},
    {"id": 2, "question": "公告之日起几个月内可以提出异议", "gold": [7]},
]
KEYS = {
    "recall@5",
    "recall@10",
    "recall@20",
    "recall@100",
    "mrr@10",
    "ndcg@10",
    "query_ms_p50",
    "query_ms_p99",
    "build_s",
    "peak_mb",
    "queries",
    "passages",
}


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


def test_the_product_is_measured_end_to_end(tmp_path: Path, embedder: StaticEmbedder) -> None:
    corpus = write(tmp_path / "corpus.jsonl.gz", ARTICLES)
    outcome = evaluate_retrieval(corpus, write(tmp_path / "queries.jsonl", QUERIES), embedder=embedder)
    assert set(outcome) == KEYS
    assert (outcome["queries"], outcome["passages"]) == (2, 3)
    assert outcome["recall@5"] == 1.0
    assert 0 < outcome["query_ms_p50"] <= outcome["query_ms_p99"]


def test_measures_are_what_their_definitions_give() -> None:
    gold = frozenset({"a", "b"})
    outcome = measures([(["x", "a", "y", "z", "w", "b"], gold), (["x"] * 10 + ["a"], gold)])
    assert outcome["recall@5"] == pytest.approx(0.25)
    assert outcome["recall@10"] == pytest.approx(0.5)
    assert outcome["recall@20"] == pytest.approx(0.75)
    assert outcome["mrr@10"] == pytest.approx(0.25)
    ideal = 1 + 1 / math.log2(3)
    assert outcome["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(7)) / ideal / 2, abs=1e-4)


def test_articles_of_a_law_stand_in_reading_order(tmp_path: Path) -> None:
    laws = read_statutes(write(tmp_path / "corpus.jsonl", ARTICLES))
    assert [[each.passage_id for each in law.passages] for law in laws] == [["2", "7"], ["9"]]


@pytest.mark.parametrize("line", ["{", "[]"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "corpus.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        read_statutes(tmp_path / "corpus.jsonl")
