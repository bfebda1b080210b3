"""What the desk's tabs share: who acts, and how an error becomes a sentence on the page."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from assistant.desk import page_messages as words
from assistant.desk.actors import Actor
from assistant.errors import AssistantError, QueryError
from web.desk.security import COOKIE
from web.errors import problem_body
from web.state import State

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
P = ParamSpec("P")
R = TypeVar("R")


def textbox(label: str, **settings: Any) -> gr.Textbox:
    """Return an empty field; Gradio's own would hand over None until somebody types."""
    return gr.Textbox("", label=label, **settings)


def drawing(html: str = "", **settings: Any) -> gr.Markdown:
    """Return a place for our own HTML; Gradio's component for HTML makes scripts from text, which the page forbids."""
    return gr.Markdown(html, sanitize_html=False, latex_delimiters=[], **settings)


def guarded(handler: Callable[P, R]) -> Callable[P, R]:
    """Return ``handler`` with our errors turned into sentences that the page shows."""

    @functools.wraps(handler)
    def shielded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except AssistantError as error:
            raise gr.Error(problem_body(error).title, title=words.DESK, print_exception=False) from error

    return shielded


def actor_of(state: State, request: gr.Request) -> Actor:
    """Return who acts on the page.

    :raises AccessError: when the login is over.
    """
    return state.components.desk.logins.check(request.cookies.get(COOKIE, ""))


def day(text: str) -> dt.date | None:
    """Return the day that was typed, None for none.

    :raises QueryError: for anything else.
    """
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise QueryError(words.bad_day(text)) from error


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def chosen(value: str | None) -> str:
    """Return what was chosen in a list.

    :raises QueryError: when nothing was.
    """
    if not value:
        raise QueryError(words.CHOOSE_FIRST)
    return value


def done() -> None:
    """Say that it is done."""
    gr.Info(words.DONE, title=words.DESK)
