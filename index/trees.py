"""Boosted trees that training has written as ONNX, loaded for prediction."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError
from index.sessions import open_session

ROWS, SCORES, NAMES = "rows", "scores", "features"  # input, output, and the metadata that names the columns


class Booster(Protocol):
    """What prediction needs of trees; a LightGBM booster has it too."""

    def predict(self, data: FloatArray, *, num_threads: int) -> Any:
        """Return (n,) scores for (n, features) rows."""

    def feature_name(self) -> list[str]:
        """Return the names of the features, in column order."""


class Trees:
    """Trees run by ONNX Runtime: what LightGBM would compute, without its libraries.

    :raises IndexBrokenError: the file is missing, damaged, or no trees.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._network = open_session(path)
            self._features: list[str] = self._network.get_modelmeta().custom_metadata_map[NAMES].split(",")
        except Exception as error:  # ONNX Runtime raises types of its own that say no more
            raise IndexBrokenError(f"{path}: found no readable trees ({error!r}); fetch the file again") from error

    def predict(self, data: FloatArray, *, num_threads: int = 1) -> FloatArray:
        """Return (n,) float32 scores for (n, features) float64 rows."""
        scores: FloatArray = self._network.run([SCORES], {ROWS: data.astype(np.float64, copy=False)})[0][:, 0]
        return scores

    def feature_name(self) -> list[str]:
        """Return the names of the features, in column order."""
        return self._features


def load_booster(path: Path, *, features: tuple[str, ...]) -> Trees:
    """Return the trees in ``path``.

    :raises IndexBrokenError: the file is damaged or was made for other features than ``features``.
    """
    trees = Trees(path)
    if tuple(trees.feature_name()) != features:
        raise IndexBrokenError(f"{path}: made for other features than this version computes; train it again")
    return trees
