"""The application: routes, pages and error mapping, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from assistant import messages
from web import errors
from web.deps import AnonymousLimit
from web.pages import chat, document
from web.routes import ask, documents, feedback, operations, search
from web.state import State

ASSETS_DIR = Path(__file__).parent / "pages" / "static"
MAX_BODY_BYTES = 1_000_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' data: blob:; frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app(state: State) -> FastAPI:
    """Return the application over ``state``; its index is opened in the background when the application starts."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        state.start()
        yield

    app = FastAPI(
        title=messages.ASSISTANT_NAME,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.services = state
    app.state.anonymous_limit = AnonymousLimit(per_minute=state.settings.anonymous_requests_per_minute)
    app.middleware("http")(_secure)
    for module in (ask, search, documents, feedback, operations, document):
        app.include_router(module.router)
    errors.install(app)
    app.mount("/page-assets", StaticFiles(directory=ASSETS_DIR))
    return chat.mount(app, state)


async def _secure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
