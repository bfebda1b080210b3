"""Whether a question is about matters of this window at all: a line through the sentence encoder's vectors.

Learnt from the lay questions of the shipped guides on one side and questions for other windows on the other, many of which
share words with ours (驾驶证换证, 健身房年费). It only adds to the doubt; it never answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError

MOST = 6.0  # a score beyond this says no more


@dataclass(frozen=True, slots=True)
class TopicGuess:
    """Logistic regression on a vector: ``weights`` (dim,) float64 and ``bias``, for vectors of the encoder named."""

    encoder: str
    weights: FloatArray
    bias: float

    def score(self, vector: FloatArray) -> float:
        """Return the log odds that the question behind ``vector`` (dim,) is about matters of this window, -6..6."""
        return float(np.clip(self.weights @ vector + self.bias, -MOST, MOST))

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        values = {"encoder": self.encoder, "bias": round(self.bias, 4), "weights": self.weights.round(4).tolist()}
        path.write_text(json.dumps(values) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> TopicGuess:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or not what training writes.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return cls(str(values["encoder"]), np.array(values["weights"], dtype=np.float64), float(values["bias"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexBrokenError(f"{path}: found no topic guess ({error!r}); fetch the file again") from error
