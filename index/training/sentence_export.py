"""Writes a trained network as :meth:`index.encoder.SentenceEncoder.open` reads it: an ONNX file in eight bits."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from index.encoder import CONFIG, NETWORK, TOKENIZER
from index.training.sentence_network import SentenceNetwork
from index.training.sentence_tokens import SECTION_TOKENS

NAME, VERSION = "sentence-zh", "2"
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
    config = {"name": NAME, "version": VERSION, "tokens": MOST_TOKENS}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def write_graph(network: SentenceNetwork, path: Path) -> None:
    """Write the network for one text: ``ids`` (1, tokens) int64 → ``vector`` (1, dim) float32, in full precision.

    :raises ValueError: it has fewer positions than a text may have tokens.
    """
    if network.positions.num_embeddings < MOST_TOKENS:
        raise ValueError(f"found {network.positions.num_embeddings} positions, wanted {MOST_TOKENS} or more")
    short = copy.deepcopy(network).cpu().eval()
    short.positions.weight = nn.Parameter(short.positions.weight[:MOST_TOKENS].detach().clone())
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
