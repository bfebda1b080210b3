"""Boosted trees that training has written as ONNX, loaded for prediction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError
from index.sessions import open_session

ROWS, SCORES, NAMES = "rows", "scores", "features"  # input, output, and the metadata that names the columns


class Trees:
    """Trees run by ONNX Runtime: what LightGBM would compute, without its libraries.

    :param features: the names of the columns, in order.
    :raises IndexBrokenError: the file is missing, damaged, no trees, or made for other features.
    """

    def __init__(self, path: Path, *, features: Sequence[str]) -> None:
        try:
            self._network = open_session(path)
            made_for = self._network.get_modelmeta().custom_metadata_map[NAMES].split(",")
        except Exception as error:  # ONNX Runtime raises types of its own that say no more
            raise IndexBrokenError(f"{path}: found no readable trees ({error!r}); fetch the file again") from error
        if made_for != [*features]:
            raise IndexBrokenError(f"{path}: made for other features than this version computes; train it again")

    def predict(self, rows: FloatArray) -> FloatArray:
        """Return (n,) float64 scores for (n, features) rows."""
        (scores,) = self._network.run([SCORES], {ROWS: rows.astype(np.float64, copy=False)})
        column: FloatArray = scores[:, 0].astype(np.float64)
        return column
