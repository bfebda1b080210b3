"""The page at ``/``: ask, read, open the source, find a person."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from assistant import messages
from assistant.question_chain import MAX_QUERY_CHARS
from web.deps import AnonymousLimit
from web.door import PageDoor
from web.pages.queueing import queue
from web.pages.visit import SUGGESTIONS, Visit
from web.state import State

STATIC_DIR = Path(__file__).parent / "static"
# The visitor's own browser keeps the id of the visitor's own session; there is nothing to hide from it.
STORAGE_KEY = "session"


def build(visit: Visit) -> gr.Blocks:
    """Return the page."""
    page: gr.Blocks
    with gr.Blocks(title=messages.ASSISTANT_NAME, analytics_enabled=False) as page:
        session = gr.BrowserState("", storage_key=STORAGE_KEY, secret=STORAGE_KEY)
        reply_ids, rated = gr.State([]), gr.State("")
        with gr.Row(elem_id="top"):
            gr.Markdown(_title(), elem_id="title")
            gr.Button(messages.LARGE_TEXT, size="sm", elem_id="large-text", scale=0)
        gr.Markdown(messages.PAGE_NOTICE, elem_id="notice")
        with gr.Column(elem_id="start") as start:
            gr.Markdown(messages.PAGE_WELCOME, elem_id="welcome")
            examples = _examples()
        chat = gr.Chatbot(
            elem_id="chat", label=messages.CONVERSATION, show_label=False, height="auto", autoscroll=False,
            buttons=["copy"], feedback_options=("Like", "Dislike"), layout="bubble", visible=False,
        )  # fmt: skip
        why = gr.Radio(list(messages.FEEDBACK_REASONS), label=messages.FEEDBACK_REASON, visible=False, elem_id="why")
        note = gr.Markdown(visible=False, elem_id="note")
        with gr.Column(visible=False, elem_id="suggestions") as row:
            label = gr.Markdown()
            buttons = [gr.Button("", size="sm", visible=False) for _ in range(SUGGESTIONS)]
        with gr.Row(elem_id="ask"):
            query = gr.Textbox(
                label=messages.ASK_LABEL, placeholder=messages.ASK_PLACEHOLDER, show_label=False, container=False,
                scale=8, max_length=MAX_QUERY_CHARS, max_lines=4, elem_id="query",
            )  # fmt: skip
            send = gr.Button(messages.ASK_BUTTON, variant="primary", scale=0, min_width=88, elem_id="send")
        with gr.Row(elem_id="tools"):
            person = gr.Button(messages.CALL_PERSON, size="sm", elem_id="person", scale=0)
            gr.Button(messages.PRINT, size="sm", elem_id="print", scale=0)
            restart = gr.Button(messages.NEW_SESSION, size="sm", elem_id="restart", scale=0)
        gr.Markdown(_bottom(), elem_id="bottom")

        outputs = [chat, query, session, reply_ids, start, why, note, row, label, *buttons]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # Who sends the next question while a reply is still coming gets it answered after that one.
        asking = quiet | {"trigger_mode": "always_last"}
        for trigger in (query.submit, send.click):
            trigger(visit.ask, [query, chat, session, reply_ids], outputs, **asking)
        for button in (*buttons, *examples, person):
            button.click(visit.ask, [button, chat, session, reply_ids], outputs, **quiet)
        chat.like(visit.rate, [reply_ids], [why, rated, note], **quiet)
        why.input(visit.reason, [why, rated], [why, note], **quiet)
        restart.click(visit.restart, None, outputs, **quiet)
        page.load(visit.reopen, [session], outputs, **quiet)
    queue(page)
    return page


def _examples() -> list[gr.Button]:
    buttons = []
    with gr.Tabs(elem_id="examples"):
        for audience, questions in messages.EXAMPLES.items():
            with gr.Tab(messages.audience_tab(audience)), gr.Row(elem_classes="examples"):
                buttons += [gr.Button(question, size="sm") for question in questions]
    return buttons


def _title() -> str:
    return f"<h1>{messages.ASSISTANT_NAME}</h1><p>{messages.PAGE_SUBTITLE}</p>"


def _bottom() -> str:
    return f'<p>{messages.HUMAN_HELP}</p><p>{messages.DISCLAIMER}</p><p><a href="/documents">{messages.LINKS}</a></p>'


def _head() -> str:
    """Return the page's stylesheet, and its script with the words it needs: Gradio's own labels are in part English."""
    words = {
        "log": messages.CONVERSATION, "user": messages.VISITOR_SAID, "bot": messages.ASSISTANT_SAID,
        "copy": messages.COPY, "copied": messages.COPIED, "up": messages.HELPFUL, "down": messages.UNHELPFUL,
        "printed": messages.PRINTED,
        "lost": messages.CONNECTION_LOST, "close": messages.CLOSE,
    }  # fmt: skip
    return (
        f'<meta charset="utf-8"><title>{messages.ASSISTANT_NAME}</title>'
        f'<meta name="description" content="{messages.PAGE_SUBTITLE}">'
        f'<script src="/page-assets/chat.js" data-words="{escape(json.dumps(words, ensure_ascii=False))}"></script>'
        '<link rel="stylesheet" href="/page-assets/chat.css">'
    )


def mount(app: FastAPI, state: State, limit: AnonymousLimit) -> FastAPI:
    """Return ``app`` with the page mounted at ``/``; no theme or font is fetched from anywhere."""
    routes = tuple(app.routes)
    app = gr.mount_gradio_app(
        app,
        build(Visit(state=state, limit=limit.check)),
        path="/",
        theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        favicon_path=str(STATIC_DIR / "favicon.svg"),
        footer_links=[],
        show_error=False,
        max_file_size=0,
    )
    page = app.routes[-1]
    assert isinstance(page, Mount)  # what mount_gradio_app adds last
    page.app = PageDoor(page.app, routes, head=_head())
    return app
