"""How likely it is that the best passages answer the question: a logistic model over a few features.

The coefficients come from ``models/doubt.json``; until it exists those below, set by hand, are used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import IndexBrokenError

DOUBT_MODEL = Path(__file__).parent / "models" / "doubt.json"

# Set by hand: a question whose every content word stands in the best passage and which nearly equals a known question
# gets about 0.95; one whose rarest word stands nowhere in the corpus gets about 0.1.
HAND_SET = {
    "coverage": 3.0,
    "pair_coverage": 2.0,
    "question_similarity": 3.0,
    "dense": 2.0,
    "known": 2.0,
    "rarest_missing": -2.0,
    "margin": 0.5,
}
HAND_SET_INTERCEPT = -5.5


@dataclass(frozen=True, slots=True)
class DoubtModel:
    """Logistic regression: P(answered) = 1 / (1 + exp(-(intercept + Σ weight · feature))).

    :ivar usual: what a feature is taken to be when there is none (a law has no guide ranker's judgement); else 0.
    """

    weights: Mapping[str, float]
    intercept: float
    usual: Mapping[str, float] = field(default_factory=dict)

    def probability(self, features: Mapping[str, float]) -> float:
        """Return P(the evidence answers the question), 0..1."""
        score = self.intercept + sum(
            weight * features.get(name, self.usual.get(name, 0.0)) for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        values = {"weights": dict(self.weights), "intercept": self.intercept, "usual": dict(self.usual)}
        path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def load_doubt_model(path: Path = DOUBT_MODEL) -> DoubtModel:
    """Return the trained model, or the hand-set one when there is no file.

    :raises IndexBrokenError: the file is not what training writes.
    """
    if not path.is_file():
        return DoubtModel(weights=HAND_SET, intercept=HAND_SET_INTERCEPT)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        weights = {str(name): float(weight) for name, weight in values["weights"].items()}
        usual = {str(name): float(value) for name, value in values.get("usual", {}).items()}
        return DoubtModel(weights=weights, intercept=float(values["intercept"]), usual=usual)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexBrokenError(f"{path}: found no doubt model ({error!r}); fetch the file again") from error
