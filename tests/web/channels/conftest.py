"""A running server with bot doors over the fixture corpus; the sending side is wechatpy."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from assistant import wiring
from assistant.answering.writer import ExtractiveWriter, Written
from assistant.desk.actors import Actor, Role
from assistant.evidence import Evidence
from assistant.indexes import Indexes
from assistant.service import Assistant, today_in_shanghai
from assistant.settings import Settings
from assistant.wiring import Components
from corpus.database import Database
from tests.web.channels.peers import AES_KEY, APP_ID, CORP_ID, TOKEN, Platform
from tests.web.channels.scripted_platform import ScriptedPlatform, scripted_platform
from web import errors
from web.channels import wechat, wecom
from web.channels.hub import Hub
from web.deps import AnonymousLimit
from web.pages import reply
from web.state import State

CLERK = Actor("clerk-1", "窗口一", Role.CLERK)


@dataclass
class SlowWriter:
    """A chat model in one respect: it takes its time, until ``finish`` is set."""

    finish: threading.Event = field(default_factory=threading.Event)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        self.asked.release()
        assert self.finish.wait(30)
        return ExtractiveWriter().write(query, evidence, first_marker=first_marker, max_chars=max_chars)


class Served(State):
    """The server's state with an assistant that is there from the beginning."""

    def __init__(self, components: Components, assistant: Assistant | None) -> None:
        super().__init__(components=components)
        self._assistant = assistant

    def start(self) -> None:
        """There is nothing to prepare."""


@dataclass
class Server:
    """A running server and its parts."""

    client: httpx.Client
    components: Components
    hub: Hub
    platform: ScriptedPlatform

    def sender(self, name: str, mode: str = "plain") -> Platform:
        """Return the sending side of an Official Account."""
        return Platform(self.client, f"/wechat/{name}", mode)

    def wecom(self, name: str = "app") -> Platform:
        """Return the sending side of an app."""
        return Platform(self.client, f"/wecom/{name}", "wecom")


def settings_for(data_dir: Path, platform: str, **changes: Any) -> Settings:
    """Return settings with an account of each kind."""
    account = {"app_id": APP_ID, "token": TOKEN, "api_base": platform}
    app = {
        "corp_id": CORP_ID, "agent_id": 218, "token": TOKEN, "aes_key": AES_KEY, "secret": "s" * 43,
        "api_base": platform,
    }  # fmt: skip
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "public_url": "https://ip.example.cn",
        "secret_key": "a secret of this installation",
        "desk_hours": "00:00-23:59",
        "desk_extra_days": ",".join(str(today_in_shanghai() + dt.timedelta(days=n)) for n in range(-1, 3)),
        "wechat_accounts": {
            "plain": account,
            "safe": {**account, "aes_key": AES_KEY},
            "sends": {**account, "secret": "s" * 32, "customer_service": True},
        },
        "wecom_apps": {
            "app": app,
            "silent": {**app, "secret": None},
            "markdown": {**app, "message_type": "markdown"},
        },
    }
    return Settings(_env_file=None, **{**values, **changes})  # type: ignore[call-arg]


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    """Return the platforms' message APIs."""
    with scripted_platform() as running:
        yield running


@pytest.fixture
def serve(
    tmp_path: Path,
    platform: ScriptedPlatform,
    small_indexes: Indexes,
    make_assistant: Callable[..., Assistant],
) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server; ``loading=True`` for one whose index is not open yet."""
    running: list[tuple[uvicorn.Server, threading.Thread, httpx.Client, Database]] = []

    def start(
        *, writer: Any = None, passive_wait_s: float = 4.0, courier: bool = True, loading: bool = False, **changes: Any
    ) -> Server:
        settings = settings_for(tmp_path, platform.base_url, **changes)
        components = replace(wiring.build(settings), indexes=small_indexes)
        parts = {"conversations": components.conversations} | ({"writer": writer} if writer is not None else {})
        state = Served(components, None if loading else make_assistant(**parts))
        app, hub = application(state, passive_wait_s=passive_wait_s, courier=courier)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        port = _port_of(server, thread)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        running.append((server, thread, client, components.database))
        return Server(client, components, hub, platform)

    yield start
    for server, thread, client, database in running:
        client.close()
        server.should_exit = True
        thread.join()
        database.close()


def application(state: State, *, passive_wait_s: float, courier: bool) -> tuple[FastAPI, Hub]:
    """Return an application with the bot doors and the page of a reply."""
    hub = Hub(state=state, passive_wait_s=passive_wait_s)

    @asynccontextmanager
    async def lifespan(_app: FastAPI):  # type: ignore[no-untyped-def]
        if courier:
            hub.start()
        yield
        hub.stop()

    app = FastAPI(lifespan=lifespan, max_body_size=1_000_000)
    app.state.services, app.state.channels = state, hub
    app.state.anonymous_limit = AnonymousLimit(per_minute=1000)
    for module in (wechat, wecom, reply):
        app.include_router(module.router)
    errors.install(app)
    return app, hub


def _port_of(server: uvicorn.Server, thread: threading.Thread) -> int:
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    return int(server.servers[0].sockets[0].getsockname()[1])
