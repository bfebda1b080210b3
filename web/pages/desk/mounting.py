"""The page at ``/desk``, and the door in front of it: nobody sees anything of it without a login."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.desk import messages
from assistant.desk import page_messages as words
from assistant.errors import AssistantError
from web.desk.security import check_same_site, token_of
from web.errors import problem, problem_body
from web.pages.desk import asking, curated, figures, files, people, tickets
from web.pages.desk.common import QUIET, actor_of, drawing
from web.pages.queueing import queue
from web.state import State

STATIC_DIR = Path(__file__).parent.parent / "static"
PATH = "/desk"


def build(state: State) -> gr.Blocks:
    """Return the page."""

    def greet(request: gr.Request) -> str:
        actor = actor_of(state, request)
        who = words.welcome(actor.display_name, messages.ROLES[actor.role or ""])
        return (
            f'<div class="desk-head"><h1>{words.DESK}</h1><span>{escape(who)} '
            f'<form method="post" action="{PATH}/logout"><button>{words.LOGOUT}</button></form></span></div>'
        )

    page: gr.Blocks
    with gr.Blocks(title=words.DESK, analytics_enabled=False) as page:
        head = drawing(f'<div class="desk-head"><h1>{words.DESK}</h1></div>')
        with gr.Tabs(elem_id="desk-tabs"):
            with gr.Tab(words.TAB_ASK):
                asking.build(state)
            tabs: tuple[tuple[str, Callable[[State, gr.Blocks], None]], ...] = (
                (words.TAB_TICKETS, tickets.build), (words.TAB_CURATED, curated.build), (words.TAB_FILES, files.build),
                (words.TAB_FIGURES, figures.build), (words.TAB_PEOPLE, people.build),
            )  # fmt: skip
            for name, add in tabs:
                with gr.Tab(name):
                    add(state, page)
        page.load(greet, None, [head], **QUIET)
        queue(page)
    return page


class DeskDoor:
    """Lets through whoever is logged in; a page asked for without a login leads to the login."""

    def __init__(self, page: ASGIApp, state: State) -> None:
        self._page = page
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            token = token_of(request)
            if request.method == "POST":
                check_same_site(request)
            await run_in_threadpool(self._state.components.desk.logins.check, token)
        except AssistantError as error:
            await _refused(request, error)(scope, receive, send)
            return
        await self._page(scope, receive, send)


def _refused(request: Request, error: AssistantError) -> ASGIApp:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{PATH}/login", status_code=303)
    body = problem_body(error)
    return problem(body.status, body.title, body.detail)


def mount(app: FastAPI, state: State) -> None:
    """Mount the desk; its plain pages are routes that come before."""
    gr.mount_gradio_app(
        app,
        build(state),
        path=PATH,
        css_paths=[STATIC_DIR / "desk.css"],
        head='<script src="/page-assets/desk.js" defer></script>',
        theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        show_error=True,
        max_file_size=0,
    )
    page = app.routes[-1]
    assert isinstance(page, Mount)  # what mount_gradio_app adds last
    page.app = DeskDoor(page.app, state)
