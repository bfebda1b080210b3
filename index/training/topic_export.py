"""Writes the topic guess as ONNX: products in eight bits, everything after them in float32."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.arrays import FloatArray, eight_bits
from index.dense import scale_of
from index.topic_guess import ENCODER, MOST, SCORE, VECTOR

OPSET, IR_VERSION = 17, 9
_MIDDLE = 128  # of a question's levels, which ONNX Runtime wants without sign


def topic_graph(encoder: str, supports: FloatArray, weights: FloatArray, *, bias: float, gamma: float) -> bytes:
    """Return the file's content: ``vector`` (1, dim) float32 of unit length → ``score`` (1, 1) float32, log odds, -6..6.

    :param encoder: name of the encoder whose vectors these are.
    :param supports: (n, dim), the questions kept, rows of unit length.
    :param weights: (n,), what each adds, the nearer the more; positive is ours.
    """
    levels = eight_bits(supports)
    step = 1 / scale_of(supports.shape[1])
    # exp(-gamma · |a - b|²) = exp(2 · gamma · (a·b - 1)) of unit vectors
    kernel = 2 * gamma * step / np.linalg.norm(levels.astype(np.float32), axis=1)
    tensors = {
        "step": np.float32(step),
        "middle": np.uint8(_MIDDLE),
        "supports": np.ascontiguousarray(levels.T),
        "kernel": kernel.astype(np.float32),
        "apart": np.float32(2 * gamma),
        "weights": weights.astype(np.float32)[:, None],
        "bias": np.float32(bias),
        "least": np.float32(-MOST),
        "most": np.float32(MOST),
    }
    node = helper.make_node
    nodes = [
        node("QuantizeLinear", [VECTOR, "step", "middle"], ["levels"]),
        node("MatMulInteger", ["levels", "supports", "middle"], ["products"]),
        node("Cast", ["products"], ["real"], to=TensorProto.FLOAT),
        node("Mul", ["real", "kernel"], ["near"]),
        node("Sub", ["near", "apart"], ["exponents"]),
        node("Exp", ["exponents"], ["kernels"]),
        node("MatMul", ["kernels", "weights"], ["sum"]),
        node("Add", ["sum", "bias"], ["odds"]),
        node("Clip", ["odds", "least", "most"], [SCORE]),
    ]
    taken = helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [1, supports.shape[1]])
    given = helper.make_tensor_value_info(SCORE, TensorProto.FLOAT, [1, 1])
    constants = [numpy_helper.from_array(np.asarray(tensor), name) for name, tensor in tensors.items()]
    graph = helper.make_graph(nodes, "topic", [taken], [given], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    helper.set_model_props(model, {ENCODER: encoder})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
