"""The page at ``/``: ask, read, open the source, find a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant import messages
from assistant.answering.sentences import pieces
from assistant.errors import AssistantError, NotFoundError
from assistant.replies import Answer, Channel, Handoff, Turn
from assistant.sessions import Feedback, kind_of
from web.pages.rendering import badge, linked, reply_markdown, sources, staff_markdown
from web.state import State

STATIC_DIR = Path(__file__).parent / "static"
SUGGESTIONS = 3

Message = dict[str, Any]
Page = tuple[list[Message], str, str, list[str | None]]



class ChatPage:
    """The page's events; the words come from ``messages``, the answers from the assistant."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(
        self, query: str, history: list[Message], session_id: str, reply_ids: list[str | None]
    ) -> Iterator[tuple[Any, ...]]:
        """Answer ``query``: the sources first, then the text as it comes, then what may be asked next."""
        query = query.strip()
        if not query:
            yield history, "", session_id, reply_ids, *_buttons(())
            return
        staff = self._staff_answers(session_id, only_new=True)
        history = [*history, *staff, {"role": "user", "content": query}]
        ids = [*reply_ids, *(None for _ in staff), None]
        try:
            turn = self._state.assistant.ask(query, session_id=session_id or None, channel=Channel.WEB)
        except AssistantError as error:
            text = messages.page_error(error)
            yield [*history, {"role": "assistant", "content": text}], "", session_id, [*ids, None], *_buttons(())
            return
        self._state.metrics.count(turn)
        ids.append(turn.reply_id)
        for content in _streamed(turn):
            yield [*history, {"role": "assistant", "content": content}], "", turn.session_id, ids, *_buttons(())
        whole = reply_markdown(turn.reply, kind_of(turn.reply))
        last = [*history, {"role": "assistant", "content": whole}]
        yield last, "", turn.session_id, ids, *_buttons(turn.reply.suggestions)

    def rate(self, event: gr.LikeData, reply_ids: list[str | None]) -> tuple[Any, str]:
        """Store 👍 or 👎; a 👎 asks why."""
        position = event.index if isinstance(event.index, int) else event.index[0]
        reply_id = reply_ids[position] if position < len(reply_ids) else None
        if reply_id is None:
            return gr.update(visible=False), ""
        liked = event.liked is True or event.liked == "Like"
        self._rate(reply_id, Feedback(rating="up" if liked else "down"))
        if liked:
            gr.Info(messages.FEEDBACK_THANKS)
        return gr.update(visible=not liked, value=None), "" if liked else reply_id

    def reason(self, choice: str | None, reply_id: str) -> Any:
        """Store why a reply was bad."""
        if choice and reply_id:
            self._rate(reply_id, Feedback(rating="down", reason=messages.FEEDBACK_REASONS[choice]))
            gr.Info(messages.FEEDBACK_THANKS)
        return gr.update(visible=False)

    def _rate(self, reply_id: str, feedback: Feedback) -> None:
        try:
            self._state.components.conversations.rate(reply_id, feedback)
        except NotFoundError:
            gr.Warning(messages.ERROR_NOT_FOUND)

    def reopen(self, session_id: str) -> tuple[list[Message], list[str | None]]:
        """Show an earlier session again, with the evidence as it was."""
        history: list[Message] = []
        ids: list[str | None] = []
        for turn in self._state.components.conversations.history(session_id) if session_id else []:
            history.append({"role": "user", "content": turn.query})
            history.append({"role": "assistant", "content": reply_markdown(turn.reply, kind_of(turn.reply))})
            ids.extend([None, turn.reply_id])
        staff = self._staff_answers(session_id)
        return [*history, *staff], [*ids, *(None for _ in staff)]

    def _staff_answers(self, session_id: str, *, only_new: bool = False) -> list[Message]:
        """Show what people at the desk have answered to this session's questions."""
        tickets = self._state.components.desk.tickets
        answered = tickets.answers_for(session_id) if session_id else []
        if any(ticket.seen_at is None for ticket in answered):
            tickets.mark_seen(session_id)
        return [
            {"role": "assistant", "content": staff_markdown(ticket.question, ticket.answer or "")}
            for ticket in answered
            if ticket.seen_at is None or not only_new
        ]


def _streamed(turn: Turn) -> Iterator[str]:
    """Yield the reply as it grows: badge and sources at once, then sentence by sentence."""
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    head, tail, text = badge(kind_of(reply)), sources(citations), ""
    for piece in pieces(reply.text):
        text += piece
        yield f"{head}\n\n{linked(text, citations)}\n\n{tail}"


def _buttons(suggestions: tuple[str, ...]) -> tuple[Any, ...]:
    shown = [gr.update(value=text, visible=True) for text in suggestions[:SUGGESTIONS]]
    hidden = [gr.update(visible=False) for _ in range(SUGGESTIONS - len(shown))]
    return gr.update(visible=bool(shown)), *shown, *hidden


def build(state: State) -> gr.Blocks:
    """Return the page."""
    events = ChatPage(state)
    with gr.Blocks(title=messages.ASSISTANT_NAME, analytics_enabled=False) as page:
        session = gr.BrowserState("", storage_key="session", secret="no-secret-needed")  # noqa: S106 - the id is the visitor's own
        reply_ids, rated = gr.State([]), gr.State("")
        gr.Markdown(_top(), elem_id="top")
        with gr.Row(elem_id="tools"):
            gr.Button(messages.LARGE_TEXT, size="sm", elem_id="large-text", scale=0)
            person = gr.Button(messages.CALL_PERSON, size="sm", elem_id="person", scale=0)
            gr.Button(messages.PRINT, size="sm", elem_id="print", scale=0)
            restart = gr.Button(messages.NEW_SESSION, size="sm", elem_id="restart", scale=0)
        chat = gr.Chatbot(
            elem_id="chat", show_label=False, height="auto", min_height=120, autoscroll=False, buttons=["copy"],
            feedback_options=("Like", "Dislike"), placeholder=messages.GREETING, layout="bubble",
        )  # fmt: skip
        why = gr.Radio(list(messages.FEEDBACK_REASONS), label=messages.FEEDBACK_REASON, visible=False, elem_id="why")
        with gr.Row(visible=False, elem_id="suggestions") as row:
            buttons = [gr.Button("", size="sm", visible=False) for _ in range(SUGGESTIONS)]
        with gr.Row(elem_id="ask"):
            query = gr.Textbox(
                placeholder=messages.ASK_PLACEHOLDER, show_label=False, container=False, scale=8, max_length=500,
                autofocus=True, elem_id="query",
            )  # fmt: skip
            send = gr.Button(messages.ASK_BUTTON, variant="primary", scale=1, min_width=90, elem_id="send")
        examples = _examples()
        gr.Markdown(_bottom(), elem_id="bottom")

        outputs = [chat, query, session, reply_ids, row, *buttons]
        for trigger in (query.submit, send.click):
            trigger(events.ask, [query, chat, session, reply_ids], outputs, api_visibility="private")
        for button in (*buttons, *examples, person):
            button.click(events.ask, [button, chat, session, reply_ids], outputs, api_visibility="private")
        chat.like(events.rate, [reply_ids], [why, rated], api_visibility="private")
        why.input(events.reason, [why, rated], [why], api_visibility="private")
        restart.click(_empty, None, outputs, api_visibility="private")
        page.load(events.reopen, [session], [chat, reply_ids], api_visibility="private")
    return page


def _empty() -> tuple[Any, ...]:
    return [], "", "", [], *_buttons(())


def _examples() -> list[gr.Button]:
    buttons = []
    with gr.Tabs(elem_id="examples"):
        for audience, questions in messages.EXAMPLES.items():
            with gr.Tab(f"{audience}{messages.TRY_ASKING}"), gr.Row(elem_classes="examples"):
                buttons += [gr.Button(question, size="sm") for question in questions]
    return buttons


def _top() -> str:
    return (
        f"<h1>{messages.ASSISTANT_NAME}</h1><p>{messages.PAGE_SUBTITLE}</p>"
        f'<div id="notice">{messages.DISCLAIMER}</div>'
    )


def _bottom() -> str:
    return f'<p>☎ {messages.HUMAN_HELP}</p><p><a href="/documents">{messages.LINKS}</a></p>'


def mount(app: FastAPI, state: State) -> FastAPI:
    """Return ``app`` with the page mounted at ``/``; no theme or font is fetched from anywhere."""
    return gr.mount_gradio_app(
        app,
        build(state),
        path="/",
        css_paths=[STATIC_DIR / "chat.css"],
        theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        favicon_path=str(STATIC_DIR / "favicon.svg"),
        head='<script src="/page-assets/chat.js" defer></script>',
        footer_links=[],
        show_error=True,
    )
