"""Reads a stream that may stall, die or never end, and waits only so long."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from assistant.errors import ChatModelError


class _Done:
    """The end of a stream, and the error that ended it, if one did."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error


def paced(
    pieces: Callable[[], Iterable[str]],
    *,
    silence_s: float,
    total_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[str]:
    """Yield what ``pieces()`` yields; it is read in a thread, which ends by itself when this iterator is closed.

    :param silence_s: longest wait for the first piece, and for each one after it.
    :param total_s: longest time for all of it.
    :raises ChatModelError: when either has passed, or when ``pieces()`` raises anything at all.
    """
    arrived: queue.SimpleQueue[str | _Done] = queue.SimpleQueue()
    abandoned = threading.Event()
    threading.Thread(target=_read, args=(pieces, arrived, abandoned), name="chat-model", daemon=True).start()
    ends_at = clock() + total_s
    try:
        while True:
            left = ends_at - clock()
            if left <= 0:
                raise ChatModelError(f"found no end after {total_s:.1f} s, wanted one")
            wait = min(silence_s, left)
            try:
                piece = arrived.get(timeout=wait)
            except queue.Empty:
                raise ChatModelError(f"found no text for {wait:.1f} s, wanted some; total {total_s:.1f} s") from None
            if isinstance(piece, _Done):
                if piece.error is not None:
                    raise ChatModelError(f"found {type(piece.error).__name__}, wanted an answer") from piece.error
                return
            yield piece
    finally:
        abandoned.set()


def _read(
    pieces: Callable[[], Iterable[str]], arrived: queue.SimpleQueue[str | _Done], abandoned: threading.Event
) -> None:
    try:
        for piece in pieces():
            if abandoned.is_set():
                return
            arrived.put(piece)
    except Exception as error:  # noqa: BLE001 - garbage from outside raises anything; it is carried over, not swallowed
        arrived.put(_Done(error))
    else:
        arrived.put(_Done())
