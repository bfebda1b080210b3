"""What a section's judgement is made of: how near the sentence encoder puts it and what was asked about it, and shared words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError

PLUS, COVERED = "plus", "covered"
Weights = Mapping[str, float]

PARTS = ("before", "message")
"""What a question that goes on with another is told in."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near sections are to a question: cosines with a section (``fit``) and with what was asked about it (``asked``), the
    words that it shares with the latter (``wording``), and of one that stands alone the share that is in the section's text (``covered``).

    :ivar whole: by these names, (n,) with the question as a whole.
    :ivar told: likewise with each of :data:`PARTS`, where it goes on with another; empty where it stands alone.
    """

    whole: Mapping[str, FloatArray]
    told: Sequence[Mapping[str, FloatArray]] = ()

    @property
    def goes_on(self) -> bool:
        """Whether the question goes on with another."""
        return bool(self.told)

    @property
    def columns(self) -> dict[str, FloatArray]:
        """What counts in a judgement, by name, (n,) each; of parts ``fit_before``, ``fit_message`` and so on."""
        parts = zip(PARTS, self.told, strict=True) if self.told else ()
        return {**self.whole, **{f"{kind}_{part}": column for part, each in parts for kind, column in each.items()}}


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
