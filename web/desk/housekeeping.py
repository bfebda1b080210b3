"""What the server does by itself, now and then: words that were kept long enough go, answers without ground go to review."""

from __future__ import annotations

import threading

import structlog

from web.state import State

EVERY_S = 3600.0
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
        while not self._stopping.is_set():
            try:
                self.tidy()
            except Exception as error:
                log.error("housekeeping failed", error=type(error).__name__, exc_info=error)
            self._stopping.wait(self._every_s)

    def tidy(self) -> None:
        """Do one round."""
        parts = self._state.components
        forgotten = parts.desk.retention.run()
        waiting = parts.desk.shelf.sweep(parts.indexes.current()) if parts.indexes.ready else 0
        if forgotten.sessions or forgotten.tickets or waiting:
            log.info("tidied", sessions=forgotten.sessions, tickets=forgotten.tickets, to_review=waiting)
