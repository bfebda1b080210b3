"""Networks and trees in ONNX, opened for one thread each: questions share the cores, a question does not need two."""

from __future__ import annotations

from pathlib import Path

import onnxruntime


def open_session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """Open an ONNX file, or what stands in one; ONNX Runtime's own exceptions when it is missing or damaged."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep the most that any text ever took
    options.log_severity_level = 3
    # The fused form of this step takes five times as long here as the two it stands for.
    slow = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(
        graph if isinstance(graph, bytes) else str(graph),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=slow,
    )
