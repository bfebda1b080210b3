"""Whether a message goes on with the question before it: a support vector machine over the sentence encoder's vectors.

Learnt from second messages of conversations: some go on (那个人能办吗, 我学文的行不), some ask about another matter of ours, some
are for another window (驾照快到期了). It looks at the message itself and at what the sections make of it: together with the
question before, a message that goes on stays near that one's document; what is about something else leads away from it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from index.arrays import FloatArray, IntArray, eight_bits
from index.embedder import MODELS_DIR, unit_rows
from index.errors import IndexBrokenError
from index.parts import SearchParts
from index.topic_guess import TopicGuess

MODEL = MODELS_DIR / "follow-up.safetensors"
SIGNS = ("alone", "alone_here", "topic", "kept", "length", "rise", "behind", "gain")
"""What is looked at besides the vector: how near the message alone comes to any section, and to one of the document that the
question before is nearest to; whether it is a matter of ours; how much of it is left in both together; how long it is; how
much nearer both together come to that document than the question before does, how much less near to it than to any other, and
how much nearer to any than the message alone."""
VECTOR_SCALE = 6.0
"""A vector of unit length counts so much in a distance, a sign as much as it usually differs."""
MOST = 6.0  # a score beyond this says no more
LENGTH_KEPT = 30  # characters; a longer message is no less likely to go on


@dataclass(frozen=True, slots=True)
class FollowUpGuess:
    """A machine with the kernel exp(-gamma · |a - b|²), its output scaled to log odds.

    :ivar encoder: name of the encoder whose vectors these are.
    :ivar vectors: (n, dim) float32, of the messages kept, rows of unit length.
    :ivar signs: (n, len(SIGNS)) float32, theirs, less ``middle`` and divided by ``spread``, both (len(SIGNS),).
    :ivar weights: (n,) float32, what each adds, the nearer the more; positive goes on.
    """

    encoder: str
    vectors: FloatArray
    signs: FloatArray
    weights: FloatArray
    middle: FloatArray
    spread: FloatArray
    bias: float
    gamma: float

    def score(self, vector: FloatArray, signs: FloatArray) -> float:
        """Return the log odds that a message with this vector (dim,) of unit length and these signs goes on, -6..6."""
        apart = self.signs - (signs - self.middle) / self.spread
        distances = 2 * VECTOR_SCALE**2 * (1 - self.vectors @ vector) + (apart**2).sum(axis=1)
        return min(MOST, max(-MOST, float(self.weights @ np.exp(-self.gamma * distances)) + self.bias))

    def save(self, path: Path) -> None:
        """Write the file, the vectors in eight bits."""
        others = {name: getattr(self, name).astype(np.float32) for name in ("signs", "weights", "middle", "spread")}
        tensors: dict[str, Any] = {"vectors": eight_bits(self.vectors), **others}
        told = {
            "encoder": self.encoder,
            "bias": repr(self.bias),
            "gamma": repr(self.gamma),
            "looks_at": ",".join(SIGNS),
        }
        save_file(tensors, path, told)

    @classmethod
    def open(cls, path: Path) -> FollowUpGuess:
        """Read what :meth:`save` wrote.

        :raises IndexBrokenError: the file is missing or not what training writes.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                told = file.metadata() or {}
                vectors = unit_rows(file.get_tensor("vectors").astype(np.float32))
                signs, weights = file.get_tensor("signs"), file.get_tensor("weights")
                middle, spread = file.get_tensor("middle"), file.get_tensor("spread")
            bias, gamma = float(told["bias"]), float(told["gamma"])
            fits = signs.shape == (len(vectors), len(SIGNS)) and weights.shape == vectors.shape[:1]
            if not (fits and math.isfinite(bias + gamma) and told["looks_at"] == ",".join(SIGNS)):
                raise ValueError("the parts do not fit")
            return cls(told["encoder"], vectors, signs, weights, middle, spread, bias, gamma)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise IndexBrokenError(f"{path}: found no follow-up guess ({error!r}); fetch the file again") from error


class FollowUps:
    """Tells follow-ups from new questions over the sections of one generation."""

    def __init__(self, guess: FollowUpGuess, signs: SecondSigns) -> None:
        self._guess, self._signs = guess, signs

    def score(self, previous: str, message: str) -> float | None:
        """Return the log odds that ``message`` goes on with the question ``previous``; None where there are no sections."""
        looked_at = self._signs.looked_at(previous, message)
        return None if looked_at is None else self._guess.score(*looked_at)


class SecondSigns:
    """What is seen of a second message over the sections of one generation."""

    def __init__(self, topic: TopicGuess, parts: SearchParts) -> None:
        self._topic, self._parts = topic, parts

    def looked_at(self, previous: str, message: str) -> tuple[FloatArray, FloatArray] | None:
        """Return the vector (dim,) of ``message`` and its signs (len(SIGNS),); None where there are no sections."""
        if not self._parts.sections.count:
            return None
        before, alone, both = (self._vector(text) for text in (previous, message, f"{previous} {message}"))
        here = self._beside(int(self._parts.sections.search(before, scope=None, limit=1).numbers[0]))
        alone_any, both_any = self._nearest(alone), self._nearest(both)
        near = self._parts.sections.similarity(np.array([before, alone, both]), here)
        before_here, alone_here, both_here = near.max(axis=1).tolist()
        signs = {
            "alone": alone_any,
            "alone_here": alone_here,
            "topic": self._topic.score(alone),
            "kept": float(both @ alone),
            "length": min(LENGTH_KEPT, len(message)) / LENGTH_KEPT,
            "rise": both_here - before_here,
            "behind": both_here - both_any,
            "gain": both_any - alone_any,
        }
        return alone, np.array([signs[name] for name in SIGNS])

    def _vector(self, text: str) -> FloatArray:
        return self._parts.encoder.encode_query(self._parts.analyzer.normalise(text))

    def _beside(self, number: int) -> IntArray:
        """Return the numbers of all passages in the document of one."""
        catalogue = self._parts.catalogue
        passages = catalogue.passages_of(catalogue.passage(number).document_id)
        return np.array([catalogue.number(passage.passage_id) for passage in passages])

    def _nearest(self, vector: FloatArray) -> float:
        """Return the cosine of the nearest section."""
        return float(self._parts.sections.search(vector, scope=None, limit=1).scores[0])


@functools.cache
def shipped_follow_up_guess(path: Path = MODEL) -> FollowUpGuess:
    """Return the shipped guess.

    :raises IndexBrokenError: the file is missing or damaged.
    """
    return FollowUpGuess.open(path)
