"""What the server does by itself, now and then: words that were kept long enough go, answers without ground go to review.

Every few seconds what the database wrote ahead goes into its file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from web.state import State

EVERY_S, CHECKPOINT_EVERY_S = 3600.0, 5.0
log = structlog.get_logger(__name__)


class Housekeeper:
    """Runs in a thread of its own from start to stop.

    :param every_s: seconds between two rounds.
    """

    def __init__(self, *, state: State, every_s: float = EVERY_S) -> None:
        self._state = state
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin; the first round is at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, when the round that runs is over."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        self._state.wait()
        due = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= due:
                due += self._every_s
                self._do(self.tidy)
            self._do(self._state.components.database.checkpoint)
            self._stopping.wait(min(CHECKPOINT_EVERY_S, self._every_s))

    @staticmethod
    def _do(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            log.error("housekeeping failed", error=type(error).__name__, exc_info=error)

    def tidy(self) -> None:
        """Do one round."""
        parts = self._state.components
        forgotten = parts.desk.retention.run()
        waiting = parts.desk.shelf.sweep(parts.indexes.current()) if parts.indexes.ready else 0
        if forgotten.sessions or forgotten.tickets or waiting:
            log.info("tidied", sessions=forgotten.sessions, tickets=forgotten.tickets, to_review=waiting)
