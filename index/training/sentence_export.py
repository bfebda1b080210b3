"""Writes a trained network as :meth:`index.encoder.SentenceEncoder.open` reads it, an ONNX file in eight bits, and reads it back."""

from __future__ import annotations

import copy
import json
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from index.encoder import CONFIG, NETWORK, TOKENIZER
from index.training.sentence_network import SentenceNetwork, Shape
from index.training.sentence_tokens import SECTION_TOKENS

NAME, VERSION = "sentence-zh", "5"
MOST_TOKENS = SECTION_TOKENS + 2  # a text between its marks
_OPSET = 17  # the first with layer normalisation


def save(network: SentenceNetwork, tokenizer: Tokenizer, folder: Path) -> None:
    """Write ``config.json``, ``tokenizer.json`` and ``model.onnx``.

    Tables and matrices are stored in eight bits, a scale for each output; what a matrix is multiplied with is rounded
    while it runs. Matrices take seven bits of the eight, as processors without VNNI add pairs of products in sixteen.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as wide:
        path = Path(wide) / NETWORK
        write_graph(network, path)
        quantize_dynamic(
            path,
            folder / NETWORK,
            op_types_to_quantize=["MatMul", "Gather"],
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    config = {"name": NAME, "version": VERSION, "tokens": MOST_TOKENS, "heads": network.heads}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def write_graph(network: SentenceNetwork, path: Path) -> None:
    """Write the network for one text: ``ids`` (1, tokens) int64 → ``vector`` (1, dim) float32, in full precision.

    :raises ValueError: it has fewer positions than a text may have tokens.
    """
    if network.positions.num_embeddings < MOST_TOKENS:
        raise ValueError(f"found {network.positions.num_embeddings} positions, wanted {MOST_TOKENS} or more")
    short = copy.deepcopy(network).cpu().eval()
    short.positions.weight = nn.Parameter(short.positions.weight[:MOST_TOKENS].detach().clone())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Using len to get tensor shape")  # that there is one text may be written down
        torch.onnx.export(
            short,
            (torch.zeros((1, 5), dtype=torch.int64),),
            str(path),
            input_names=["ids"],
            output_names=["vector"],
            dynamic_axes={"ids": {1: "tokens"}},
            opset_version=_OPSET,
            dynamo=False,  # the newer exporter needs onnxscript
        )


def read_back(folder: Path) -> SentenceNetwork:
    """Return the network that :meth:`save` wrote, in full precision again, as near as eight bits keep it (cosine .996).

    :raises OSError: there is no such file.
    :raises ValueError: it holds another network.
    """
    graph = onnx.load(folder / NETWORK).graph
    tensors = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}

    def widened(name: str) -> torch.Tensor:
        stem = name.removesuffix("_quantized")
        return (tensors[name].float() - tensors[f"{stem}_zero_point"].float()) * tensors[f"{stem}_scale"]

    for node in graph.node:  # tensors that are alike are stored once
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
    try:
        state = {name: tensor for name, tensor in tensors.items() if name.startswith(("layers.", "start_norm."))}
        for node in graph.node:
            at = ".".join(node.name.strip("/").split("/")[:-1])
            if node.op_type == "MatMulInteger":
                state[f"{at}.weight"] = widened(node.input[1]).T.contiguous()
            elif node.op_type == "Gather" and at in {"words", "positions"}:
                state[f"{at}.weight"] = widened(node.input[0])
        (words, dim), inner = state["words.weight"].shape, len(state["layers.0.inner.bias"])
        layers = len({name.split(".")[1] for name in state if name.startswith("layers.")})
        heads = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["heads"]
        shape = Shape(words, len(state["positions.weight"]), dim, inner, layers, heads)
        network = SentenceNetwork(shape)
        network.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{folder / NETWORK}: found no network of ours ({error})") from error
    return network
