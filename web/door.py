"""The outermost layer: what every response carries, and what nobody may reach."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import messages
from web.errors import problem

CONTENT_POLICY = "default-src 'self' 'unsafe-inline' data: blob:"
"""The chat page and Swagger UI carry their configuration in inline scripts; nothing may be fetched from elsewhere."""
PLAIN_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"
"""Pages that show documents need no script at all."""
_FRAMES = "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
SECURITY_HEADERS = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; {_FRAMES}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
PLAIN_PAGE_HEADERS = {"Content-Security-Policy": f"{PLAIN_PAGE_POLICY}; {_FRAMES}"}
# What the chat page asks of Gradio. Its other endpoints (uploads, files, proxy, monitoring …) stay shut.
_PAGE_PATHS = re.compile(
    r"/|/config/?|/theme\.css|/robots\.txt|/favicon\.ico|/manifest\.json|/(assets|static|svelte)/.*"
    r"|/gradio_api/(info|theme\.css|startup-events|queue/join|queue/data|cancel|reset|heartbeat/[^/]+)/?"
)

_SHARING_CARD = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')


class App(FastAPI):
    """A FastAPI application whose every response, errors included, passes :class:`Door`."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the usual stack behind the door; user middleware would not see a 500 or a 413."""
        return Door(super().build_middleware_stack())


class Door:
    """Adds the security headers, and turns the frameworks' own 413s into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; see the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        replaced = False

        async def guarded(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                replaced = message["status"] == 413 and _is_foreign(message)
                if replaced:
                    detail = "found a body larger than this server takes, wanted a smaller one"
                    await problem(413, messages.ERROR_TOO_LARGE, detail, headers=SECURITY_HEADERS)(scope, receive, send)
                    return
                headers = MutableHeaders(raw=message["headers"])
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            if not replaced:
                await send(message)

        await self._app(scope, receive, guarded)


def _is_foreign(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type") != "application/problem+json"


class PageDoor:
    """Lets through to the chat page what the page needs; anything else is a 404, or a 405 on a path of ours.

    :param routes: the application's own routes; a mount at ``/`` swallows what they do not match in full.
    :param head: what the page's head starts with. Gradio's own ``head`` comes too late: it is added by Gradio's script,
        when the language has been chosen already.
    """

    def __init__(self, page: ASGIApp, routes: Sequence[BaseRoute], *, head: str) -> None:
        self._page = page
        self._routes = tuple(routes)
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        path = scope.get("path", "/")
        if scope["type"] == "http" and path == "/":
            await self._page(scope, receive, self._chinese(send))
        elif scope["type"] != "http" or _PAGE_PATHS.fullmatch(path):
            await self._page(scope, receive, send)
        elif any(route.matches({**scope, "root_path": ""})[0] is Match.PARTIAL for route in self._routes):
            detail = f"found method {scope['method']}, wanted one that this path has; see /docs"
            await problem(405, messages.ERROR_METHOD, detail)(scope, receive, send)
        else:
            await problem(404, messages.ERROR_NOT_FOUND, f"found no {path[:80]}; see /docs")(scope, receive, send)

    def _chinese(self, send: Send) -> Send:
        """Return a ``send`` that puts right what Gradio's page says of itself: English, and Gradio's own card for sharing."""
        start: Message = {}
        body = b""

        async def collected(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            if message["type"] != "http.response.body":
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            html = _SHARING_CARD.sub(b"", body.replace(b'lang="en"', b'lang="zh-CN"', 1))
            html = html.replace(b"<head>", b"<head>" + self._head.encode(), 1)
            MutableHeaders(raw=start["headers"])["content-length"] = str(len(html))
            await send(start)
            await send({"type": "http.response.body", "body": html})

        return collected
