"""Reads a whole sentence where the embedder averages words: a small transformer, in numpy, without torch.

Four layers of BERT (Devlin et al. 2019) with 384 numbers a token, mean-pooled. It says how near a question comes to a
section of a guide; see ``models/README.md`` for where its weights come from. A question costs a few milliseconds, a
section of 190 tokens some fifty, which is why sections are encoded when an index is built and articles of laws are not.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from index.arrays import FloatArray, IntArray
from index.embedder import MODELS_DIR, unit_rows
from index.errors import EmbedderError

ENCODER = MODELS_DIR / "encoder"
QUERIES_KEPT = 1024
_EPSILON = 1e-12  # of BERT's layer normalisation


class Encoder(Protocol):
    """Turns normalised texts into unit vectors, questions and sections alike."""

    @property
    def name(self) -> str:
        """Name and version; section vectors of one name are not compared with queries of another."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order.

        :param texts: normalised by the analyzer.
        """

    def encode_query(self, text: str) -> FloatArray:
        """Return (dim,) float32 of a normalised question; the same question is remembered."""


@dataclass(frozen=True, slots=True)
class Linear:
    """x · weight + bias; ``weight`` (in, out) float32."""

    weight: FloatArray
    bias: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        product: FloatArray = x @ self.weight
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Layer normalisation of each row."""

    weight: FloatArray
    bias: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.einsum("ij,ij->i", x, x)[:, None] / x.shape[1] + _EPSILON)
        x *= self.weight
        x += self.bias
        return x


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer, normalised after each half; ``attention`` makes queries, keys and values in one product."""

    attention: Linear
    attended: Linear
    attended_norm: Normalisation
    inner: Linear
    outer: Linear
    outer_norm: Normalisation
    heads: int

    def __call__(self, x: FloatArray) -> FloatArray:
        count, dim = x.shape
        query, key, value = self.attention(x).reshape(count, 3, self.heads, -1).transpose(1, 2, 0, 3)
        weights = query @ key.transpose(0, 2, 1)
        weights *= np.float32((dim // self.heads) ** -0.5)
        weights -= weights.max(axis=2, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=2, keepdims=True)
        mixed = (weights @ value).transpose(1, 0, 2).reshape(count, dim)
        x = self.attended_norm(x + self.attended(mixed))
        inner = self.inner(x)
        inner *= 0.5 * (1 + erf(inner * np.float32(0.5**0.5)))  # GELU
        return self.outer_norm(x + self.outer(inner))


class SentenceEncoder:
    """The transformer.

    :param words: (tokens, dim) int8 with ``scale`` (tokens, 1) float32; a row is widened when its token occurs.
    :param positions: (longest, dim) float32; a text is cut to so many tokens, its start and end marks included.
    """

    def __init__(
        self,
        *,
        name: str,
        tokenizer: Tokenizer,
        words: IntArray,
        scale: FloatArray,
        positions: FloatArray,
        start_norm: Normalisation,
        layers: Sequence[Layer],
    ) -> None:
        self._name = name
        self._tokenizer = tokenizer
        self._words, self._scale, self._positions = words, scale, positions
        self._start_norm, self._layers = start_norm, layers
        self._marks = [tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")]
        self.encode_query = functools.lru_cache(maxsize=QUERIES_KEPT)(self._query)

    @classmethod
    def open(cls, folder: Path) -> SentenceEncoder:
        """Read a model folder: ``config.json``, ``tokenizer.json``, ``model.safetensors``.

        :raises EmbedderError: a file is missing or damaged, or they do not belong together.
        """
        try:
            config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            tensors = load_file(folder / "model.safetensors")
            layers = [_layer(tensors, f"layers.{number}", int(config["heads"])) for number in range(config["layers"])]
            encoder = cls(
                name=f"{config['name']}-{config['version']}",
                tokenizer=tokenizer,
                words=tensors["words.weight"],
                scale=tensors["words.scale"],
                positions=tensors["positions.weight"].astype(np.float32),
                start_norm=_normalisation(tensors, "start_norm"),
                layers=layers,
            )
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EmbedderError(f"{folder}: found no readable sentence encoder ({error!r})") from error
        except Exception as error:
            raise EmbedderError(f"{folder}: tokenizer.json cannot be read ({error})") from error
        if tokenizer.get_vocab_size() != len(encoder._words):
            found = f"{tokenizer.get_vocab_size()} tokens and {len(encoder._words)} rows"
            raise EmbedderError(f"{folder}: found {found}, wanted as many rows as tokens; fetch the model again")
        return encoder

    @property
    def name(self) -> str:
        """Name and version from ``config.json``."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._words.shape[1])

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return (n, dim) float32, rows of unit length, in input order; one text after the other, so nothing is padded."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return unit_rows(np.vstack([self._pooled(self.tokens(text)) for text in texts]))

    def tokens(self, text: str) -> list[int]:
        """Return the token numbers of a normalised text between start and end mark, cut to what there are positions for."""
        ids = self._tokenizer.encode(" ".join(text.split()), add_special_tokens=False).ids
        return [self._marks[0], *ids[: len(self._positions) - 2], self._marks[1]]

    def _query(self, text: str) -> FloatArray:
        vector: FloatArray = self.encode([text])[0]
        vector.setflags(write=False)  # it is remembered
        return vector

    def _pooled(self, ids: Sequence[int]) -> FloatArray:
        x = self._start_norm(self._words[ids] * self._scale[ids] + self._positions[: len(ids)])
        for layer in self._layers:
            x = layer(x)
        mean: FloatArray = x.mean(axis=0)
        return mean


@functools.cache
def shipped_encoder() -> SentenceEncoder:
    """Return the encoder that ships with the product.

    :raises EmbedderError: a file is missing or damaged.
    """
    return SentenceEncoder.open(ENCODER)


def _widened(tensors: dict[str, Any], name: str) -> FloatArray:
    """Return a matrix stored as (out, in) int8 with a scale for each row, as (in, out) float32."""
    rows = tensors[f"{name}.weight"].astype(np.float32) * tensors[f"{name}.scale"].astype(np.float32)
    return np.ascontiguousarray(rows.T)


def _linear(tensors: dict[str, Any], *names: str) -> Linear:
    """Return the layers ``names`` side by side."""
    weights = np.hstack([_widened(tensors, name) for name in names])
    return Linear(weights, np.concatenate([tensors[f"{name}.bias"] for name in names]).astype(np.float32))


def _normalisation(tensors: dict[str, Any], name: str) -> Normalisation:
    return Normalisation(tensors[f"{name}.weight"].astype(np.float32), tensors[f"{name}.bias"].astype(np.float32))


def _layer(tensors: dict[str, Any], name: str, heads: int) -> Layer:
    return Layer(
        attention=_linear(tensors, f"{name}.query", f"{name}.key", f"{name}.value"),
        attended=_linear(tensors, f"{name}.attended"),
        attended_norm=_normalisation(tensors, f"{name}.attended_norm"),
        inner=_linear(tensors, f"{name}.inner"),
        outer=_linear(tensors, f"{name}.outer"),
        outer_norm=_normalisation(tensors, f"{name}.outer_norm"),
        heads=heads,
    )
