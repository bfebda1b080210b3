"""What a section's judgement is made of: how near the sentence encoder puts it and what was asked about it, and shared words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError

PLUS, COVERED = "plus", "covered"
ASKED_BEFORE, ASKED_MESSAGE, WORDING_MESSAGE = "asked_before", "asked_message", "wording_message"
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near sections are to a question.

    :ivar columns: by name, (n,) each: cosines with a section (``fit``) and with what was asked about it (``asked``), and the words
        that it shares with the latter (``wording``, BM25). Of a question that stands alone ``covered``, the share of it that is in the
        section's text. Of one that goes on with another, how near what was asked before is to what was asked about a section
        (``asked_before``), and how near the message itself is and which words it shares (``asked_message``, ``wording_message``).
    :ivar goes_on: whether it goes on with another.
    """

    columns: Mapping[str, FloatArray]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Blend:
    """How much counts in a judgement: the columns of :class:`Nearness`, and a constant (``plus``).

    :ivar alone: of a question that stands by itself; ``going_on`` of one that goes on with another. What is not named counts
        nothing.
    """

    alone: Weights
    going_on: Weights

    def judgements(self, nearness: Nearness) -> FloatArray:
        """Return (n,) the judgements of sections."""
        return weighed(nearness.columns, self.going_on if nearness.goes_on else self.alone)

    def save(self, path: Path) -> None:
        """Write the numbers."""
        told = {"alone": dict(self.alone), "going_on": dict(self.going_on)}
        path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> Blend:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or damaged.
        """
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            alone, going_on = (
                {str(name): float(weight) for name, weight in told[kind].items()} for kind in ("alone", "going_on")
            )
            return cls(alone, going_on)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise IndexBrokenError(
                f"{path}: found no weights of judgements ({error!r}); fetch the file again"
            ) from error


def weighed(columns: Mapping[str, FloatArray], weights: Weights) -> FloatArray:
    """Return (n,) the weighted sum of ``columns``, one or more of (n,), and the constant."""
    matrix = np.column_stack([*columns.values()])
    found: FloatArray = matrix @ np.array([weights.get(name, 0.0) for name in columns]) + weights.get(PLUS, 0.0)
    return found
