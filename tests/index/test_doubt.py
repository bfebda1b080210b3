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


SIGNED = {"fit": 0.5, "judgement": 0.0}


def test_what_has_no_signs_of_a_section_is_judged_by_a_model_without_them() -> None:
    blind = DoubtModel(weights={"coverage": 3.0}, intercept=-1.0)
    model = DoubtModel(weights={"fit": 2.0, "coverage": 1.0}, intercept=-1.0, without_signs=blind)
    assert model.probability({"coverage": 1.0}) == pytest.approx(blind.probability({"coverage": 1.0}))
    assert model.probability({"coverage": 0.0} | SIGNED) == pytest.approx(0.5)


@pytest.mark.parametrize("signs", [{}, {"fit": 0.2, "judgement": 0.0, "topic": -4.0}])
def test_the_shipped_model_doubts_what_shares_nothing_with_the_question(signs: dict[str, float]) -> None:
    words = {"coverage": 0.0, "pair_coverage": 0.1, "known": 0.3, "rarest_missing": 1.0, "dense": 0.3}
    features = signs or words
    assert load_doubt_model().probability(features) < 0.1


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    blind = DoubtModel(weights={"coverage": 3.0}, intercept=-1.0)
    model = DoubtModel(weights={"fit": 2.0}, intercept=-1.0, without_signs=blind)
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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": {"a": "b"}, "intercept": 0}'])
def test_a_broken_model_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "doubt.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IndexBrokenError, match=r"doubt\.json"):
        load_doubt_model(path)


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexBrokenError, match=r"doubt\.json"):
        load_doubt_model(tmp_path / "doubt.json")
