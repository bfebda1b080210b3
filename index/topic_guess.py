"""Whether a question is about matters of this window at all: a support vector machine over the sentence encoder's vectors.

Learnt from the lay questions of the shipped guides on one side and questions for other windows on the other, many of which
share words with ours (驾驶证换证, 健身房年费). It keeps those questions that lie between the two (support vectors, Cortes and
Vapnik 1995) and looks how near a new one is to each. It adds to the doubt and tells whose matter a question is; it never
answers. ONNX Runtime multiplies in eight bits: a question reads a quarter of what it would read in full precision.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.arrays import FloatArray
from index.errors import IndexBrokenError
from index.sessions import open_session

MOST = 6.0  # a score beyond this says no more
VECTOR, SCORE, ENCODER = "vector", "score", "encoder"  # input, output, and the metadata that names the encoder


class TopicGuess:
    """A machine with the kernel exp(-gamma · |a - b|²), its output scaled to log odds.

    :param graph: an ONNX file's content or its path, as :func:`index.training.topic_export.topic_graph` makes it.
    :raises IndexBrokenError: the file is missing, damaged or no such machine.
    """

    def __init__(self, graph: bytes | Path) -> None:
        try:
            self._network = open_session(graph)
            self._encoder: str = self._network.get_modelmeta().custom_metadata_map[ENCODER]
            (taken,), (given,) = self._network.get_inputs(), self._network.get_outputs()
            if (taken.name, given.name) != (VECTOR, SCORE):
                raise ValueError(f"found {taken.name} and {given.name}, wanted {VECTOR} and {SCORE}")
        except Exception as error:  # ONNX Runtime raises types of its own that say no more
            where = graph if isinstance(graph, Path) else "topic guess"
            raise IndexBrokenError(f"{where}: found no topic guess ({error!r}); fetch the file again") from error

    @property
    def encoder(self) -> str:
        """Name of the encoder whose vectors it looks at."""
        return self._encoder

    def score(self, vector: FloatArray) -> float:
        """Return the log odds that the question behind ``vector`` (dim,), of unit length, is about our matters, -6..6."""
        return float(self._network.run([SCORE], {VECTOR: vector.astype(np.float32)[None]})[0][0, 0])
