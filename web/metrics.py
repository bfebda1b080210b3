"""Counters for Prometheus; numbers only, never words."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from assistant.presentation import engine_of
from assistant.replies import Turn
from assistant.sessions import kind_of

_BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """Replies by kind, channel and engine, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._replies = Counter(
            "assistant_replies_total", "Replies given", ["kind", "channel", "engine"], registry=self.registry
        )
        self._seconds = Histogram(
            "assistant_reply_seconds", "Time to a reply", buckets=_BUCKETS_S, registry=self.registry
        )

    def count(self, turn: Turn) -> None:
        """Count one reply."""
        self._replies.labels(kind_of(turn.reply), turn.channel.value, engine_of(turn.reply).value).inc()
        self._seconds.observe(turn.elapsed_ms / 1e3)
