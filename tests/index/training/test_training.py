from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from index.embedder import StaticEmbedder, load_embedder
from index.lay_questions import LayQuestions
from index.terms import Analyzer, default_analyzer
from index.training import export, ranking
from index.training.contrastive import Recipe, train
from index.training.cooccurrence import word_vectors
from index.training.leaks import LeakFilter
from index.training.sources import TrainingData, read_training_data
from index.training.tokens import Tokens, tokenise

OPPOSITION, TERM = (
    "对初步审定公告的商标，自公告之日起三个月内可以提出异议。",
    "发明专利权的期限为二十年，自申请日起计算。",
)
LAY = LayQuestions({("商标法", 33, 0): ("看到别人的商标公告能反对吗",)})


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    write(
        tmp_path / "corpus.jsonl.gz",
        [
            {"id": 1, "law": "商标法", "article": "第三十三条", "heading": "", "text": OPPOSITION},
            {"id": 2, "law": "专利法", "article": "第四十二条", "heading": "", "text": TERM},
        ],
    )
    write(
        tmp_path / "queries_train.jsonl.gz",
        [
            {"id": 1, "question": "商标公告后多久可以提异议？", "gold": [1]},
            {"id": 2, "question": "发明专利保护多少年？", "gold": [2]},
        ],
    )
    pairs = [
        ("leco_kw_art", "商标；异议期", f"商标法 {OPPOSITION}"),
        ("leco_q_ans", "商标公告后多久可以提异议？", "三个月内。"),
        ("ll_q_ans", "专利过期了怎么办", "作为一个语言模型……"),
        ("ll_q_law", "专利能用几年", f"专利法 {TERM}"),
        ("lb_q_law", "邻居抢注了我的牌子", f"《商标法》第三十三条{OPPOSITION}"),
        ("lb_q_ans", "邻居抢注了我的牌子", "可以提出异议。"),
    ]
    rows = [{"source": source, "query": query, "passage": passage} for source, query, passage in pairs]
    write(tmp_path / "train_pairs_ext.jsonl.gz", rows)
    return tmp_path


@pytest.fixture
def data(bench: Path) -> TrainingData:
    return read_training_data(bench, lay_questions=LAY)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return default_analyzer()


def of_source(data: TrainingData, source: str) -> list[tuple[str, str]]:
    return [(pair.query, pair.passage_id or pair.text) for pair in data.pairs if pair.source == source]


def test_pairs_find_their_articles(data: TrainingData) -> None:
    assert of_source(data, "judged") == [("商标公告后多久可以提异议？", "1"), ("发明专利保护多少年？", "2")]
    assert of_source(data, "leco_kw_art") == [("商标；异议期", "1")]
    assert of_source(data, "chosen") == [("专利能用几年", "2")]
    assert of_source(data, "cited") == [("邻居抢注了我的牌子", "1")]
    assert of_source(data, "lay") == [("看到别人的商标公告能反对吗", "1")]
    assert not of_source(data, "guide")


def test_guide_questions_are_learnt_when_asked_for(bench: Path) -> None:
    assert of_source(read_training_data(bench, lay_questions=LAY, guide_questions=True), "guide")


def test_answers_that_a_model_wrote_are_left_out(data: TrainingData) -> None:
    assert not [pair for pair in data.pairs if "语言模型" in pair.text]


def test_everything_about_a_question_is_held_out_with_it(data: TrainingData) -> None:
    mine = {pair.source for pair in data.pairs if pair.question == 0}
    assert mine == {"judged", "leco_kw_art", "answer"}


def test_what_repeats_a_kept_question_is_left_out(bench: Path) -> None:
    data = read_training_data(bench, lay_questions=LAY, held_out=["发明专利保护多少年"])
    assert [question.text for question in data.questions] == ["商标公告后多久可以提异议？"]


def test_the_leak_filter_lets_different_questions_pass() -> None:
    leaks = LeakFilter(["商标注册要花多少钱", "短"])
    assert leaks.leaks("老板，商标注册要花多少钱呀")
    assert not leaks.leaks("专利注册要花多少时间")


@pytest.fixture
def tokens(data: TrainingData, analyzer: Analyzer) -> Tokens:
    return tokenise(data, analyzer)


def test_words_that_keep_company_start_near_each_other() -> None:
    texts = [[0, 1, 2], [1, 0, 2], [3, 4, 5], [4, 3, 5]] * 5
    vectors = word_vectors(texts, size=6, dim=3)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > unit[0] @ unit[4]


def test_training_brings_a_question_to_its_article(tokens: Tokens, analyzer: Analyzer) -> None:
    start = np.random.default_rng(0).standard_normal((len(tokens.vocabulary), 16)).astype(np.float32)
    mix = {"judged": 6, "lay": 2}
    trained = train(
        tokens, start, hard={}, recipe=Recipe(steps=40, learning_rate=0.05, warm_up=5, word_dropout=0.0, mix=mix)
    )
    assert margin(tokens, trained) > margin(tokens, start) + 0.1


def margin(tokens: Tokens, vectors: np.ndarray) -> float:
    """Return how much nearer the first question is to its article than to the other one."""
    right, wrong = (tokens.passages[tokens.passage_ids.index(passage_id)] for passage_id in ("1", "2"))
    means = np.array([vectors[ids].sum(axis=0) for ids in (tokens.questions[0], right, wrong)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return float(means[0] @ means[1] - means[0] @ means[2])


def test_an_exported_model_gives_the_same_vectors_when_read_again(
    tokens: Tokens, analyzer: Analyzer, tmp_path: Path
) -> None:
    vectors = np.random.default_rng(0).standard_normal((len(tokens.vocabulary), 16)).astype(np.float32)
    embedder = export.embedder_of(vectors, tokens.vocabulary, name="x-1", analyzer=analyzer)
    export.save(embedder, tmp_path / "model")
    again = load_embedder(embedding_model=str(tmp_path / "model"))
    assert isinstance(again, StaticEmbedder)
    assert again.name == f"{export.NAME}-{export.VERSION}"
    assert again.encode_queries([OPPOSITION])[0] == pytest.approx(embedder.encode_queries([OPPOSITION])[0], abs=1e-3)


def test_question_vectors_leave_out_what_is_held_out(data: TrainingData, tokens: Tokens, analyzer: Analyzer) -> None:
    vectors = np.random.default_rng(0).standard_normal((len(tokens.vocabulary), 16)).astype(np.float32)
    embedder = export.embedder_of(vectors, tokens.vocabulary, name="x-1", analyzer=analyzer)
    trademark, patent = data.documents[0], data.documents[1]
    held = ranking.question_vectors(data, embedder, held_out=[1])
    assert len(held.of(trademark, trademark.passages[0])) == 2
    assert len(held.of(patent, patent.passages[0])) == 0
    assert len(ranking.question_vectors(data, embedder).of(patent, patent.passages[0])) == 1
