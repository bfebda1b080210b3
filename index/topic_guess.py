"""Whether a question is about matters of this window at all: a support vector machine over the sentence encoder's vectors.

Learnt from the lay questions of the shipped guides on one side and questions for other windows on the other, many of which
share words with ours (驾驶证换证, 健身房年费). It keeps those questions that lie between the two (support vectors, Cortes and
Vapnik 1995) and looks how near a new one is to each. It adds to the doubt and tells whose matter a question is; it never
answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from index.arrays import FloatArray, eight_bits
from index.embedder import unit_rows
from index.errors import IndexBrokenError

MOST = 6.0  # a score beyond this says no more


@dataclass(frozen=True, slots=True)
class TopicGuess:
    """A machine with the kernel exp(-gamma · |a - b|²), its output scaled to log odds.

    :ivar encoder: name of the encoder whose vectors these are.
    :ivar supports: (n, dim) float32, the questions kept, rows of unit length.
    :ivar weights: (n,) float32, what each adds, the nearer the more; positive is ours.
    """

    encoder: str
    supports: FloatArray
    weights: FloatArray
    bias: float
    gamma: float

    def score(self, vector: FloatArray) -> float:
        """Return the log odds that the question behind ``vector`` (dim,), of unit length, is about our matters, -6..6."""
        near = np.exp(2 * self.gamma * (self.supports @ vector.astype(np.float32) - 1))
        return min(MOST, max(-MOST, float(self.weights @ near) + self.bias))

    def save(self, path: Path) -> None:
        """Write the file, the supports in eight bits."""
        tensors: dict[str, Any] = {"supports": eight_bits(self.supports), "weights": self.weights.astype(np.float32)}
        save_file(tensors, path, {"encoder": self.encoder, "bias": repr(self.bias), "gamma": repr(self.gamma)})

    @classmethod
    def open(cls, path: Path) -> TopicGuess:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or not what training writes.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                told = file.metadata() or {}
                levels = file.get_tensor("supports").astype(np.float32)
                weights = file.get_tensor("weights")
            bias, gamma = float(told["bias"]), float(told["gamma"])
            if not math.isfinite(bias + gamma) or weights.shape != levels.shape[:1]:
                raise ValueError("the parts do not fit")
            return cls(told["encoder"], unit_rows(levels), weights, bias, gamma)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise IndexBrokenError(f"{path}: found no topic guess ({error!r}); fetch the file again") from error
