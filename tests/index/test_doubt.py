from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.doubt import DoubtModel, load_doubt_model
from index.errors import IndexBrokenError


def test_is_a_logistic_model() -> None:
    model = DoubtModel(weights={"coverage": 2.0, "margin": -1.0}, intercept=0.5)
    assert model.probability({"coverage": 0.5, "margin": 1.5}) == pytest.approx(0.5)
    assert model.probability({"coverage": 1.0}) == pytest.approx(1 / (1 + 2.718281828**-2.5))


def test_a_feature_that_is_missing_has_its_usual_value() -> None:
    model = DoubtModel(weights={"fit": 2.0, "coverage": 1.0}, intercept=0.0, usual={"fit": 0.5})
    assert model.probability({"coverage": 0.0}) == pytest.approx(model.probability({"fit": 0.5}))


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    model = DoubtModel(weights={"fit": 2.0}, intercept=-1.0, usual={"fit": 0.5})
    model.save(tmp_path / "doubt.json")
    assert load_doubt_model(tmp_path / "doubt.json") == model


def test_extreme_features_do_not_overflow() -> None:
    model = DoubtModel(weights={"coverage": 1e9}, intercept=0)
    assert model.probability({"coverage": 1.0}) == pytest.approx(1.0)
    assert model.probability({"coverage": -1.0}) == pytest.approx(0.0)


def test_reads_the_trained_model(tmp_path: Path) -> None:
    path = tmp_path / "doubt.json"
    path.write_text(json.dumps({"weights": {"coverage": 1.5}, "intercept": -1}), encoding="utf-8")
    assert load_doubt_model(path) == DoubtModel(weights={"coverage": 1.5}, intercept=-1.0)


def test_without_a_file_the_hand_set_model_stands(tmp_path: Path) -> None:
    model = load_doubt_model(tmp_path / "none.json")
    sure = {"coverage": 1.0, "pair_coverage": 1.0, "question_similarity": 1.0, "dense": 1.0, "known": 1.0}
    assert model.probability(sure) > 0.9 > 0.1 > model.probability({"rarest_missing": 1.0})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": {"a": "b"}, "intercept": 0}'])
def test_a_broken_model_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "doubt.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IndexBrokenError, match=r"doubt\.json"):
        load_doubt_model(path)
