"""The transformer that :mod:`index.encoder` runs, as it is trained: read from a teacher and made shallow."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from index.training.sentence_tokens import PaddedTexts

_EPSILON = 1e-12  # of BERT's layer normalisation
_AT_ONCE = 2_048  # texts that are encoded together
_HUB_NAMES = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "attended": "attention.output.dense", "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense", "outer": "output.dense", "outer_norm": "output.LayerNorm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the transformer: rows of its two tables, length of a vector and of the inner one, layers, heads."""

    words: int
    positions: int
    dim: int
    inner: int
    layers: int
    heads: int

    @classmethod
    def of(cls, config: Mapping[str, Any], *, words: int) -> Shape:
        """Return the shape that the hub's ``config.json`` names, with another number of words."""
        return cls(
            words=words,
            positions=config["max_position_embeddings"],
            dim=config["hidden_size"],
            inner=config["intermediate_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
        )


class SentenceLayer(nn.Module):
    """One layer of BERT, without dropout."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        dim = shape.dim
        self.query, self.key, self.value, self.attended = (nn.Linear(dim, dim) for _ in range(4))
        self.inner, self.outer = nn.Linear(dim, shape.inner), nn.Linear(shape.inner, dim)
        self.attended_norm, self.outer_norm = (nn.LayerNorm(dim, eps=_EPSILON) for _ in range(2))
        self._heads = shape.heads

    def forward(self, x: torch.Tensor, there: torch.Tensor | None) -> torch.Tensor:
        """Return (texts, longest, dim); ``there`` (texts, longest) bool says which tokens are attended to, None all."""
        # Sizes are plain numbers: what is exported then computes none of them anew for every text.
        mask, texts, dim = None if there is None else there[:, None, None, :], len(x), self.query.out_features
        size = dim // self._heads
        query, key, value = (
            part(x).reshape(texts, -1, self._heads, size).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=size**-0.5)
        x = self.attended_norm(x + self.attended(mixed.transpose(1, 2).reshape(texts, -1, dim)))
        normal: torch.Tensor = self.outer_norm(x + self.outer(functional.gelu(self.inner(x))))
        return normal


class SentenceNetwork(nn.Module):
    """BERT, mean-pooled; the table of positions holds the one token type, too."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.words, shape.dim)
        self.positions = nn.Embedding(shape.positions, shape.dim)
        self.start_norm = nn.LayerNorm(shape.dim, eps=_EPSILON)
        self.layers = nn.ModuleList(SentenceLayer(shape) for _ in range(shape.layers))
        self.heads = shape.heads

    def forward(self, ids: torch.Tensor, there: torch.Tensor | None = None) -> torch.Tensor:
        """Return (texts, dim) float32, rows of unit length; half precision inside where a GPU computes.

        :param ids: (texts, longest) int64.
        :param there: (texts, longest) bool, which of them are there; None: all.
        """
        with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=ids.is_cuda):
            x = self.start_norm(self.words(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device)))
            for layer in self.layers:
                x = layer(x, there)
        mean = x.mean(1) if there is None else (x * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        return functional.normalize(mean, dim=1)

    @torch.no_grad()
    def encode(self, texts: PaddedTexts) -> torch.Tensor:
        """Return (texts, dim) float32 on the texts' device, in their order."""
        order = torch.argsort(texts.lengths)
        vectors = torch.empty((len(order), self.words.embedding_dim), device=order.device)
        for numbers in torch.split(order, _AT_ONCE):
            vectors[numbers] = self(*texts.batch(numbers))
        return vectors


def read_teacher(folder: Path, rows: Sequence[int]) -> SentenceNetwork:
    """Read a BERT in the hub's form: ``config.json`` and ``model.safetensors``.

    :param rows: which rows of its token table are kept, in this order.
    :raises ValueError: it is another architecture.
    """
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    found = (config["model_type"], config["hidden_act"], config["layer_norm_eps"])
    if found != ("bert", "gelu", _EPSILON):
        raise ValueError(f"{folder}: found {found}, wanted {('bert', 'gelu', _EPSILON)}")
    tensors = load_file(folder / "model.safetensors")
    state = {
        "words.weight": tensors["embeddings.word_embeddings.weight"][list(rows)],
        "positions.weight": tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0],
    }
    names = {"start_norm": "embeddings.LayerNorm"}
    for number in range(config["num_hidden_layers"]):
        names |= {f"layers.{number}.{our}": f"encoder.layer.{number}.{hub}" for our, hub in _HUB_NAMES.items()}
    state |= {f"{our}.{part}": tensors[f"{hub}.{part}"] for our, hub in names.items() for part in ("weight", "bias")}
    network = SentenceNetwork(Shape.of(config, words=len(rows)))
    network.load_state_dict(state)
    return network


def shallow(teacher: SentenceNetwork, layers: Sequence[int]) -> SentenceNetwork:
    """Return a copy of ``teacher`` with only these of its layers."""
    student = copy.deepcopy(teacher)
    student.layers = nn.ModuleList(student.layers[number] for number in layers)
    return student
