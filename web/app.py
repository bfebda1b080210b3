"""The application: routes, pages and error mapping, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
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
        helping = asyncio.create_task(_start_helpers(state))
        yield
        helping.cancel()
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


async def _start_helpers(state: State) -> None:
    """Start them when the index is open: they would build it a second time."""
    await to_thread.run_sync(state.wait, abandon_on_cancel=True)
    if state.ready:
        state.answering.start()
