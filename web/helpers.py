"""Who answers a question: a thread of the server, or a helper, which is a process that does nothing else.

Python runs the code of one question at a time in a process, however many cores there are. A helper opens the data folder as
``ingest`` or another server does, and sees a new index or an approved answer as those do; storing is left to the server.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import TypedDict

import structlog
from anyio import CapacityLimiter, to_thread

from assistant import wiring
from assistant.replies import Channel, Turn
from assistant.service import Answered, Assistant
from assistant.settings import Settings

WAITING = 40
"""Questions answered at the same time when each waits for a chat model."""
IN_LINE = 2
"""Questions that a helper has at most: the next lies there when one is answered. Else it waits until the server's own thread
lets go of Python and hands it over, and that was a third of its time."""
log = structlog.get_logger(__name__)


class Question(TypedDict):
    """What :meth:`Assistant.answer` takes."""

    query: str
    session_id: str | None
    as_of: dt.date | None
    channel: Channel


class Answering:
    """Gives each question to whoever is free, in the order in which they come.

    With a chat model there is nothing to share: a question waits most of its time, and the server's threads can do that.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wanted = 0 if settings.chat_model else settings.helpers
        # More threads than cores only keep each other waiting.
        threads = WAITING if settings.chat_model else max(1, (os.cpu_count() or 1) - self._wanted)
        self._places = CapacityLimiter(threads)
        self._own, self._own_busy = threads, 0
        self._threads = CapacityLimiter(threads + self._wanted)  # not those that everything else shares
        self._given: dict[ProcessPoolExecutor, int] = {}  # how many questions each helper has
        self._starting: set[asyncio.Task[None]] = set()

    @property
    def wanted(self) -> int:
        """How many helpers there are to be."""
        return self._wanted

    @property
    def helpers(self) -> int:
        """How many helpers have opened the index."""
        return len(self._given)

    @property
    def given(self) -> int:
        """How many questions lie at helpers just now."""
        return sum(self._given.values())

    def start(self) -> None:
        """Start the helpers; each is asked once it has opened the index."""
        for _ in range(self._wanted):
            self._start_one()

    async def started(self) -> None:
        """Return when no helper is starting any more."""
        await asyncio.gather(*self._starting)

    def stop(self) -> None:
        """End all helpers at once, those that are still opening the index too; they have nothing to lose."""
        for task in self._starting:
            task.cancel()
        for helper in self._given:
            helper.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()

    async def ask(self, assistant: Assistant, question: Question) -> Turn:
        """Answer ``question`` and store it; raises as :meth:`Assistant.ask` does."""
        async with self._places:
            helper = self._next()
            answered = await self._answer_there(helper, question) if helper else None
            if answered is not None:
                return await to_thread.run_sync(assistant.remember, answered, limiter=self._threads)
            self._own_busy += 1
            try:
                return await to_thread.run_sync(lambda: assistant.ask(**question), limiter=self._threads)
            finally:
                self._own_busy -= 1

    def _next(self) -> ProcessPoolExecutor | None:
        """Return who answers next: a helper with nothing to do, else a thread, which is None, else the helper with least to do."""
        helper = min(self._given, key=self._given.__getitem__, default=None)
        return helper if helper and (not self._given[helper] or self._own_busy >= self._own) else None

    async def _answer_there(self, helper: ProcessPoolExecutor, question: Question) -> Answered | None:
        """Let ``helper`` answer; None where it ended, and then another is started."""
        try:
            answering = asyncio.get_running_loop().run_in_executor(helper, _answer, question)
        except BrokenProcessPool:  # it ended while nobody asked it
            self._replace(helper)
            return None
        self._given[helper] += 1
        answering.add_done_callback(lambda done: self._freed(helper, done))
        try:
            return await asyncio.shield(answering)  # who stops waiting does not stop the helper
        except BrokenProcessPool:
            return None

    def _freed(self, helper: ProcessPoolExecutor, answered: asyncio.Future[Answered]) -> None:
        """Take a question back from a helper that has answered it, or replace the helper where it ended."""
        if not answered.cancelled() and isinstance(answered.exception(), BrokenProcessPool):
            self._replace(helper)
        elif helper in self._given:
            self._given[helper] -= 1

    def _replace(self, helper: ProcessPoolExecutor) -> None:
        if self._given.pop(helper, None) is None:  # its other question said so
            return
        log.error("a helper ended; the server answers and starts another")
        self._places.total_tokens -= IN_LINE
        self._start_one()

    def _start_one(self) -> None:
        task = asyncio.create_task(self._add())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _add(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        helper = ProcessPoolExecutor(1, mp_context=spawning, initializer=_open, initargs=(self._settings,))
        try:
            await asyncio.get_running_loop().run_in_executor(helper, _opened)
        except (BrokenProcessPool, OSError) as error:
            log.error("a helper could not start; a thread of the server answers instead", error=repr(error))
            self._places.total_tokens += 1
            return
        except asyncio.CancelledError:
            helper.shutdown(wait=False, cancel_futures=True)
            raise
        self._given[helper] = 0
        self._places.total_tokens += IN_LINE


_assistant: Assistant | None = None
"""In a helper: its assistant."""


def _open(settings: Settings) -> None:
    global _assistant
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when to end
    threading.Thread(target=_end_with_server, name="end-with-server", daemon=True).start()
    components, _assistant = wiring.ready(settings)
    components.indexes.retriever().warm()
    _assistant.warm()
    gc.freeze()  # none of this is garbage as long as the helper lives


def _end_with_server() -> None:
    """End this process when the server is gone, in whatever way."""
    server = multiprocessing.parent_process()
    if server is not None:
        connection.wait([server.sentinel])
        os._exit(0)


def _opened() -> bool:
    return _assistant is not None


def _answer(question: Question) -> Answered:
    assert _assistant is not None
    return _assistant.answer(**question)
