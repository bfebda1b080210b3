from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import pytest

from index.errors import IndexBrokenError
from index.training.tree_export import save_trees
from index.trees import Trees

NAMES = ("cosine", "rank", "flag")


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    random = np.random.default_rng(0)
    rows = np.column_stack([random.random(600), random.integers(0, 40, 600), random.integers(0, 2, 600)])
    wanted = (rows[:, 0] * 10 - rows[:, 1] + 5 * rows[:, 2] > 0).astype(int)
    parameters = {"objective": "lambdarank", "num_leaves": 8, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1}
    return lightgbm.train(
        parameters, lightgbm.Dataset(rows, wanted, group=[20] * 30, feature_name=list(NAMES)), num_boost_round=30
    )


def thresholds(booster: lightgbm.Booster, feature: int) -> list[float]:
    found: list[float] = []
    waiting = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    while waiting:
        node = waiting.pop()
        if "threshold" in node:
            waiting += [node["left_child"], node["right_child"]]
            if node["split_feature"] == feature:
                found.append(node["threshold"])
    return found


def test_onnx_computes_what_lightgbm_does_at_the_thresholds_too(booster: lightgbm.Booster, tmp_path: Path) -> None:
    save_trees(booster, tmp_path / "trees.onnx")
    trees = Trees(tmp_path / "trees.onnx", features=NAMES)
    edges = np.array(thresholds(booster, 0))
    values = np.concatenate([edges, np.nextafter(edges, 2), np.nextafter(edges, -1), [0.0, 1.0]])
    rows = np.array([(value, rank, flag) for value in values for rank in (0, 7, 39) for flag in (0, 1)])
    assert len(edges) > 5
    assert trees.predict(rows) == pytest.approx(booster.predict(rows, num_threads=1), abs=1e-5)


def test_trees_for_other_features_are_refused(booster: lightgbm.Booster, tmp_path: Path) -> None:
    save_trees(booster, tmp_path / "trees.onnx")
    with pytest.raises(IndexBrokenError, match="other features"):
        Trees(tmp_path / "trees.onnx", features=("cosine", "flag", "rank"))


@pytest.mark.parametrize("content", [None, b"", b"tree"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "trees.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexBrokenError, match=str(path)):
        Trees(path, features=NAMES)
