"""Writes LightGBM's trees as ONNX (``ai.onnx.ml`` TreeEnsembleRegressor, thresholds in float64)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightgbm
import onnx
from onnx import TensorProto, helper

from index.trees import NAMES, ROWS, SCORES

ML_OPSET, OPSET, IR_VERSION = 3, 17, 9
_NODE = ("treeids", "nodeids", "featureids", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true")


def save_trees(booster: lightgbm.Booster, path: Path) -> None:
    """Write the trees with the names of their features; splits are numeric, no feature is ever missing."""
    nodes: list[tuple[Any, ...]] = []
    thresholds: list[float] = []
    leaves: list[tuple[int, int, float]] = []
    for tree, description in enumerate(booster.dump_model()["tree_info"]):
        _collect(tree, description["tree_structure"], nodes, thresholds, leaves)
    columns: dict[str, Any] = {
        f"nodes_{name}": list(column) for name, column in zip(_NODE, zip(*nodes, strict=True), strict=True)
    }
    regressor = helper.make_node(
        "TreeEnsembleRegressor", [ROWS], [SCORES], domain="ai.onnx.ml", n_targets=1, **columns,
        nodes_values_as_tensor=_doubles(thresholds),
        target_treeids=[tree for tree, _, _ in leaves],
        target_nodeids=[node for _, node, _ in leaves],
        target_ids=[0] * len(leaves),
        target_weights_as_tensor=_doubles([value for _, _, value in leaves]),
    )  # fmt: skip
    rows = helper.make_tensor_value_info(ROWS, TensorProto.DOUBLE, [None, booster.num_feature()])
    scores = helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [None, 1])
    opsets = [helper.make_opsetid("ai.onnx.ml", ML_OPSET), helper.make_opsetid("", OPSET)]
    written = helper.make_model(
        helper.make_graph([regressor], "trees", [rows], [scores]), opset_imports=opsets, ir_version=IR_VERSION
    )
    helper.set_model_props(written, {NAMES: ",".join(booster.feature_name())})
    onnx.save(written, path)


def _collect(
    tree: int,
    root: dict[str, Any],
    nodes: list[tuple[Any, ...]],
    thresholds: list[float],
    leaves: list[tuple[int, int, float]],
) -> None:
    """Append a tree's nodes, breadth first: a node's number is its place."""
    waiting = [root]
    for number, node in enumerate(waiting):
        if "leaf_value" in node:
            nodes.append((tree, number, 0, "LEAF", 0, 0, 0))
            thresholds.append(0.0)
            leaves.append((tree, number, node["leaf_value"]))
            continue
        assert node["decision_type"] == "<=", node["decision_type"]
        nodes.append((tree, number, node["split_feature"], "BRANCH_LEQ", len(waiting), len(waiting) + 1, 0))
        thresholds.append(node["threshold"])
        waiting += [node["left_child"], node["right_child"]]


def _doubles(values: list[float]) -> onnx.TensorProto:
    return helper.make_tensor("values", TensorProto.DOUBLE, [len(values)], values)
