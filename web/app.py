"""The application: routes, pages and error mapping, put together."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from assistant import messages
from web import errors
from web.channels import openai_wire, wechat, wecom
from web.channels.hub import Hub
from web.deps import AnonymousLimit, RequestLimit
from web.desk import router as desk
from web.desk.housekeeping import Housekeeper
from web.door import App
from web.pages import chat, docs, document, reply
from web.pages.desk import forms, mounting
from web.routes import ask, documents, feedback, operations, search, sessions
from web.state import State

ASSETS_DIR = Path(__file__).parent / "pages" / "static"
MAX_BODY_BYTES = 1_000_000


def create_app(state: State) -> FastAPI:
    """Return the application over ``state``; its index is opened in the background when the application starts."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        state.start()
        app.state.channels.start()
        housekeeper = Housekeeper(state=state)
        housekeeper.start()
        if state.answering.wanted:
            _start_helpers(state, asyncio.get_running_loop())
        yield
        state.answering.stop()
        housekeeper.stop()
        app.state.channels.stop()

    app = App(
        title=messages.ASSISTANT_NAME,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.services = state
    app.state.anonymous_limit = AnonymousLimit(per_minute=state.settings.anonymous_requests_per_minute)
    app.state.key_limit = RequestLimit()
    app.state.channels = Hub(state=state)
    for module in (
        ask,
        search,
        sessions,
        documents,
        feedback,
        operations,
        document,
        docs,
        reply,
        wechat,
        wecom,
        openai_wire,
    ):
        app.include_router(module.router)
    app.include_router(desk.router)
    app.include_router(forms.router)
    errors.install(app)
    app.mount("/page-assets", StaticFiles(directory=ASSETS_DIR))
    docs.mount(app)
    mounting.mount(app, state)
    return chat.mount(app, state, app.state.anonymous_limit)


def _start_helpers(state: State, loop: asyncio.AbstractEventLoop) -> None:
    """Start them when the index is open: they would build it a second time."""

    def when_open() -> None:
        state.wait()
        if state.ready:
            with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(state.answering.start)

    threading.Thread(target=when_open, name="start-helpers", daemon=True).start()
