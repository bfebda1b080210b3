"""Stops asking a chat model that keeps failing, so that visitors do not wait for it one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after ``failures`` failures in a row, for ``open_for_s`` seconds; then one question tries again.

    :param clock: seconds, never going back.
    """

    def __init__(self, *, failures: int, open_for_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._open_for_s = open_for_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again_at = 0.0

    def allows(self) -> bool:
        """Return whether the model may be asked now; when it was open, only the first who asks may."""
        with self._lock:
            if self._failures < self._limit:
                return True
            now = self._clock()
            if now < self._closed_again_at:
                return False
            self._closed_again_at = now + self._open_for_s
            return True

    def succeeded(self) -> None:
        """Count a success: the past is forgotten."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._closed_again_at = self._clock() + self._open_for_s
