"""Helpers are real processes over the shipped corpus: they answer as the server does, store nothing, and may end."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from anyio import to_thread
from sqlalchemy import func
from sqlalchemy import select as query

from assistant import wiring
from assistant.errors import QueryError
from assistant.replies import Answer, Channel, Turn
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.tables import ReplyRow
from assistant.wiring import Components
from web.helpers import WAITING, Answering, Question

Result = TypeVar("Result")
needs_pidfd = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="waits for a process that is not its child, as Linux can"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Components, Assistant]]:
    components, assistant = wiring.ready(Settings(data_dir=tmp_path_factory.mktemp("data"), helpers=1, _env_file=None))
    yield components, assistant
    components.database.close()


def question(query: str, session_id: str | None = None) -> Question:
    return Question(query=query, session_id=session_id, as_of=None, channel=Channel.API)


def with_helper(components: Components, use: Callable[[Answering], Awaitable[Result]]) -> Result:
    """Return what ``use`` makes of a server's answering whose helper has started."""

    async def run() -> Result:
        answering = Answering(components.settings)
        answering.start()
        try:
            await answering.started()
            return await use(answering)
        finally:
            answering.stop()

    return asyncio.run(run())


def ended(process: int) -> None:
    """Return when a process, a file descriptor of it, has ended."""
    try:
        assert select.select([process], [], [], 30)[0] == [process]
    finally:
        os.close(process)


def stored(components: Components) -> int:
    with components.database.reading() as session:
        return session.scalar(query(func.count()).select_from(ReplyRow)) or 0


def test_a_helper_answers_as_the_server_does_and_the_server_stores_it(
    world: tuple[Components, Assistant], monkeypatch: pytest.MonkeyPatch
) -> None:
    components, assistant = world
    here = assistant.ask("专利费减要什么材料")
    before = stored(components)
    monkeypatch.setattr(assistant, "answer", None)  # so that the server cannot answer

    async def use(answering: Answering) -> None:
        assert answering.helpers == 1
        turn = await answering.ask(assistant, question("专利费减要什么材料"))
        assert turn.reply == here.reply
        assert stored(components) == before + 1
        assert assistant.conversations.reply(turn.reply_id).reply == turn.reply
        following = await answering.ask(assistant, question("多少钱", turn.session_id))
        assert following.session_id == turn.session_id
        assert "费减" in following.standalone_query
        with pytest.raises(QueryError):
            await answering.ask(assistant, question(" "))

    with_helper(components, use)


def test_two_questions_at_once_are_both_answered(world: tuple[Components, Assistant]) -> None:
    components, assistant = world

    async def use(answering: Answering) -> None:
        asked = ("商标续展要多少钱", "专利年费忘交了咋办", "地理标志谁能申请", "软著要多久")
        turns = await asyncio.gather(*(answering.ask(assistant, question(each)) for each in asked))
        assert [turn.query for turn in turns] == list(asked)
        assert all(isinstance(turn.reply, Answer) for turn in turns)

    with_helper(components, use)


def test_where_a_helper_ends_the_server_answers_and_another_starts(world: tuple[Components, Assistant]) -> None:
    components, assistant = world

    async def use(answering: Answering) -> None:
        (helper,) = (each for each in multiprocessing.active_children() if each.is_alive())
        assert helper.pid is not None
        os.kill(helper.pid, signal.SIGKILL)
        helper.join()
        turn = await answering.ask(assistant, question("商标续展要多少钱"))
        assert isinstance(turn.reply, Answer)
        await answering.started()
        assert answering.helpers == 1
        assert isinstance((await answering.ask(assistant, question("商标续展要多久"))).reply, Answer)

    with_helper(components, use)


def test_a_helper_that_nobody_waits_for_any_more_is_asked_again_only_when_it_is_done(
    world: tuple[Components, Assistant],
) -> None:
    components, assistant = world

    async def use(answering: Answering) -> None:
        (helper,) = (each for each in multiprocessing.active_children() if each.is_alive())
        assert helper.pid is not None
        os.kill(helper.pid, signal.SIGSTOP)
        waiting = asyncio.ensure_future(answering.ask(assistant, question("商标续展要多少钱")))
        while not answering.given:  # until the helper has been given the question
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert answering.given == 1
        assert isinstance((await answering.ask(assistant, question("商标续展要多久"))).reply, Answer)
        os.kill(helper.pid, signal.SIGCONT)
        while answering.given:
            await asyncio.sleep(0)

    with_helper(components, use)


def test_the_next_question_lies_at_a_helper_while_all_threads_are_busy(
    world: tuple[Components, Assistant],
) -> None:
    components, assistant = world
    threads = max(1, (os.cpu_count() or 1) - 1)
    at_work, go_on = threading.Barrier(threads + 1), threading.Event()
    slow = assistant.ask("商标续展要多少钱")

    def waits(**_: object) -> Turn:
        at_work.wait()
        go_on.wait()
        return slow

    async def use(answering: Answering) -> None:
        (helper,) = (each for each in multiprocessing.active_children() if each.is_alive())
        assert helper.pid is not None
        os.kill(helper.pid, signal.SIGSTOP)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(assistant, "ask", waits)
            asked = ("专利年费忘交了咋办", *("商标续展要多少钱",) * threads, "软著要多久")
            first, *there, last = (asyncio.ensure_future(answering.ask(assistant, question(each))) for each in asked)
            await asyncio.get_running_loop().run_in_executor(None, at_work.wait)
            while answering.given < 2:
                await asyncio.sleep(0)
            os.kill(helper.pid, signal.SIGCONT)
            turns = await asyncio.gather(first, last)
            assert [turn.query for turn in turns] == ["专利年费忘交了咋办", "软著要多久"]
            assert not any(each.done() for each in there)
            go_on.set()
            assert await asyncio.gather(*there) == [slow] * threads

    with_helper(components, use)


@needs_pidfd
def test_a_helper_that_is_still_starting_ends_at_once_with_the_server(tmp_path: Path) -> None:
    started: list[int] = []

    async def run() -> None:
        answering = Answering(Settings(data_dir=tmp_path, helpers=1, _env_file=None))
        answering.start()
        while not started:
            started.extend(os.pidfd_open(child.pid) for child in multiprocessing.active_children() if child.pid)
            await asyncio.sleep(0)
        answering.stop()

    asyncio.run(run())
    ended(started[0])
    assert not (tmp_path / "index" / "CURRENT").exists()  # it would have built an index


def test_waiting_questions_leave_the_other_threads_alone(world: tuple[Components, Assistant]) -> None:
    components, assistant = world
    settings = components.settings.model_copy(
        update={"chat_model": "m", "chat_model_base_url": "http://127.0.0.1:9/v1"}
    )
    waiting, go_on = threading.Barrier(WAITING + 1), threading.Event()

    class Waits(Assistant):
        def __init__(self) -> None:
            """It only waits."""

        def ask(self, *_: object, **__: object) -> Turn:  # type: ignore[override]
            waiting.wait()
            go_on.wait()
            return turn

    turn = assistant.ask("商标续展要多少钱")

    async def use(answering: Answering) -> None:
        asked = [asyncio.ensure_future(answering.ask(Waits(), question("商标"))) for _ in range(WAITING)]
        await asyncio.get_running_loop().run_in_executor(None, waiting.wait)
        assert await to_thread.run_sync(lambda: "free") == "free"
        go_on.set()
        assert await asyncio.gather(*asked) == [turn] * WAITING

    with_helper(replace(components, settings=settings), use)


def test_a_helper_that_cannot_start_leaves_the_server_to_answer(
    world: tuple[Components, Assistant], tmp_path: Path
) -> None:
    components, assistant = world
    unreadable = tmp_path / "file"
    unreadable.write_text("no folder", encoding="utf-8")
    settings = components.settings.model_copy(update={"data_dir": unreadable})

    async def use(answering: Answering) -> None:
        assert answering.helpers == 0
        assert isinstance((await answering.ask(assistant, question("商标续展要多少钱"))).reply, Answer)

    with_helper(replace(components, settings=settings), use)


def test_with_a_chat_model_there_are_no_helpers(world: tuple[Components, Assistant]) -> None:
    components, _ = world
    settings = components.settings.model_copy(
        update={"chat_model": "m", "chat_model_base_url": "http://127.0.0.1:9/v1"}
    )

    async def use(answering: Answering) -> None:
        assert answering.helpers == 0

    with_helper(replace(components, settings=settings), use)


SERVER = """
import asyncio, multiprocessing, sys
from pathlib import Path
from assistant.settings import Settings
from web.helpers import Answering

async def serve():
    answering = Answering(Settings(data_dir=Path(sys.argv[1]), helpers=1, _env_file=None))
    answering.start()
    await answering.started()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    await asyncio.Event().wait()

asyncio.run(serve())
"""


@needs_pidfd
def test_a_helper_ends_with_its_server_even_where_that_is_killed(world: tuple[Components, Assistant]) -> None:
    components, _ = world
    arguments = [sys.executable, "-c", SERVER, str(components.settings.data_dir)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        helper = os.pidfd_open(int(server.stdout.readline()))
        server.kill()
    ended(helper)


@pytest.mark.parametrize(("cores", "helpers"), [(1, 0), (2, 1), (8, 1), (None, 0)])
def test_there_is_a_helper_where_there_is_a_second_core(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cores: int | None, helpers: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.delenv("ASSISTANT_HELPERS", raising=False)
    assert Settings(data_dir=tmp_path, _env_file=None).helpers == helpers
    monkeypatch.setenv("ASSISTANT_HELPERS", "3")
    assert Settings(data_dir=tmp_path, _env_file=None).helpers == 3
