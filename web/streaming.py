"""Lets a slow, blocking iterator feed a response, with a sign of life while it is silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from fastapi.concurrency import run_in_threadpool

HEARTBEAT_S = 10.0
"""Proxies close a connection on which nothing was said for a minute or less."""
COMMENT = ": waiting\n\n"
"""A server-sent comment: every client skips it."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
MEDIA_TYPE = "text/event-stream"

T = TypeVar("T")


async def awake(start: Callable[[], Iterator[T]], *, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[T | None]:
    """Yield what the iterator that ``start`` returns yields, and None each ``heartbeat_s`` seconds while it is silent.

    ``start`` and each step run in a thread. When the visitor leaves, the iterator is closed after its current step.
    """
    iterator: Iterator[T] | None = None

    def step() -> tuple[T, ...]:
        nonlocal iterator
        if iterator is None:
            iterator = start()
        for value in iterator:
            return (value,)
        return ()

    def close(finished: asyncio.Future[tuple[T, ...]]) -> None:
        finished.exception()  # looked at, so that it is not reported as lost
        if iterator is not None and hasattr(iterator, "close"):
            iterator.close()

    work = asyncio.ensure_future(run_in_threadpool(step))
    try:
        while True:
            while not (await asyncio.wait({work}, timeout=heartbeat_s))[0]:
                yield None
            found = work.result()
            if not found:
                return
            yield found[0]
            work = asyncio.ensure_future(run_in_threadpool(step))
    finally:
        if work.done():
            close(work)
        else:
            work.add_done_callback(close)
