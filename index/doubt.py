"""How likely it is that the best passages answer the question: a logistic model over a few features.

The coefficients come from ``models/doubt.json``.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexBrokenError

SIGNS = frozenset({"fit", "judgement"})
DOUBT_MODEL = Path(__file__).parent / "models" / "doubt.json"


@dataclass(frozen=True, slots=True)
class DoubtModel:
    """Logistic regression: P(answered) = 1 / (1 + exp(-(intercept + Σ weight · feature))), a missing feature being 0.

    :ivar without_signs: fitted without the features that only a section of a guide has (:data:`SIGNS`), for what lacks
        them: an article of a law.
    """

    weights: Mapping[str, float]
    intercept: float
    without_signs: DoubtModel | None = None

    def probability(self, features: Mapping[str, float]) -> float:
        """Return P(the evidence answers the question), 0..1."""
        if self.without_signs is not None and not features.keys() >= SIGNS:
            return self.without_signs.probability(features)
        score = self.intercept + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n", encoding="utf-8")


def load_doubt_model(path: Path = DOUBT_MODEL) -> DoubtModel:
    """Return the trained model.

    :raises IndexBrokenError: the file is missing or not what training writes.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return _model(values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexBrokenError(f"{path}: found no doubt model ({error!r}); fetch the file again") from error


def _model(values: Mapping[str, Any]) -> DoubtModel:
    weights = {str(name): float(weight) for name, weight in values["weights"].items()}
    other = values.get("without_signs")
    return DoubtModel(weights, float(values["intercept"]), _model(other) if other else None)
