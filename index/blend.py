"""What a section's judgement is made of: the trees of the guide ranker, and how near the sentence encoder puts it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from index.arrays import FloatArray
from index.errors import IndexBrokenError


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines, (n,) each, of sections and of what was asked about them, with the question and on average with its parts."""

    fit: FloatArray
    asked: FloatArray
    fit_told: FloatArray
    asked_told: FloatArray


@dataclass(frozen=True, slots=True)
class Blend:
    """How much counts in a judgement: what the trees say, and by the sentence encoder the nearness of a section and of what was
    asked about it, to the question as a whole and on average to the parts that it was told in.
    """

    trees: float = 1.0
    fit: float = 0.0
    asked: float = 0.0
    fit_told: float = 0.0
    asked_told: float = 0.0
    plus: float = 0.0

    def judgements(self, nearness: Nearness, trees: FloatArray) -> FloatArray:
        """Return (n,) the judgements of sections."""
        near = (getattr(self, name) * getattr(nearness, name) for name in Nearness.__annotations__)
        judged: FloatArray = self.trees * trees + sum(near) + self.plus
        return judged

    def save(self, path: Path) -> None:
        """Write the numbers."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> Blend:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or damaged.
        """
        try:
            return cls(**{name: float(value) for name, value in json.loads(path.read_text(encoding="utf-8")).items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise IndexBrokenError(
                f"{path}: found no weights of judgements ({error!r}); fetch the file again"
            ) from error
