"""Boosted trees that training has written, loaded for prediction."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Protocol

from index.arrays import FloatArray
from index.errors import IndexBrokenError


class Booster(Protocol):
    """What prediction needs of a LightGBM booster."""

    def predict(self, data: FloatArray, *, num_threads: int) -> Any:
        """Return (n,) scores for (n, features) rows."""

    def feature_name(self) -> list[str]:
        """Return the names of the features, in column order."""


def load_booster(path: Path, *, features: tuple[str, ...]) -> Booster:
    """Return the trees in ``path``.

    :raises IndexBrokenError: the file is damaged or was made for other features than ``features``.
    """
    lightgbm = _lightgbm()
    try:
        booster: Booster = lightgbm.Booster(model_file=str(path))
    except lightgbm.basic.LightGBMError as error:
        raise IndexBrokenError(f"{path}: LightGBM cannot read it ({error}); fetch it again") from error
    if tuple(booster.feature_name()) != features:
        raise IndexBrokenError(f"{path}: made for other features than this version computes; train it again")
    return booster


def _lightgbm() -> Any:
    """Import LightGBM without its scikit-learn classes: measured, 65 MB and 0.9 s that prediction has no use for."""
    if "lightgbm" not in sys.modules and "sklearn" not in sys.modules:
        # None in sys.modules makes an import fail, which LightGBM takes for "not installed".
        sys.modules["sklearn"] = None  # type: ignore[assignment]
        try:
            import lightgbm
        finally:
            del sys.modules["sklearn"]
        return lightgbm
    import lightgbm

    return lightgbm
