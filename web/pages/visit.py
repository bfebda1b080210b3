"""What happens on the chat page: a question, a verdict, a return. The words come from ``messages``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import gradio as gr
import structlog

from assistant import messages
from assistant.errors import AssistantError, NotFoundError, RateLimitedError
from assistant.presentation import choices_label
from assistant.replies import Channel, Citation, Delta, Reply, Sources, Turn
from assistant.sessions import Feedback
from web.errors import UNEXPECTED, problem_body
from web.pages.rendering import linked, staff_markdown, turn_markdown
from web.state import State

SUGGESTIONS = 3
REDRAWN_EACH_S = 0.2
"""Each redrawing sends the whole conversation; a reply that is there at once is drawn once."""
log = structlog.get_logger(__name__)

Message = dict[str, Any]
Update = Any
"""What Gradio sends to a component: a value or an update."""


class Visit:
    """The page's events; nothing is kept here, the browser holds the session's id.

    :param limit: counts a question from an address; raises ``RateLimitedError`` when there are too many.
    """

    def __init__(self, *, state: State, limit: Callable[[str], None]) -> None:
        self._state = state
        self._limit = limit

    def ask(
        self, query: str, history: list[Message], session_id: str, reply_ids: list[str | None], request: gr.Request
    ) -> Iterator[tuple[Update, ...]]:
        """Answer ``query``: first what was asked, then the reply and what may be asked next."""
        query = query.strip()
        if not query:
            yield shown(history, session_id, reply_ids)
            return
        try:
            self._limit(request.client.host if request.client else "")
        except RateLimitedError as error:
            yield shown(
                [*history, _said(query), _replied(problem_body(error).title)], session_id, [*reply_ids, None, None]
            )
            return
        staff = self._staff_answers(session_id, only_new=True)
        history = [*history, *staff, _said(query)]
        ids = [*reply_ids, *(None for _ in staff), None]
        yield shown([*history, _replied(messages.LOOKING)], session_id, ids, emptied=True)
        try:
            for growing in self._reply(query, session_id):
                if isinstance(growing, Turn):
                    content = _replied(turn_markdown(growing))
                    all_ids = [*ids, growing.reply_id]
                    yield shown([*history, content], growing.session_id, all_ids, growing.reply)
                else:
                    yield shown([*history, _replied(growing)], session_id, ids)
        except AssistantError as error:
            yield shown([*history, _replied(problem_body(error).title)], session_id, [*ids, None])
        except Exception as error:
            log.error("unexpected error", path="/", error=type(error).__name__, exc_info=error)
            yield shown([*history, _replied(UNEXPECTED.title)], session_id, [*ids, None])

    def _reply(self, query: str, session_id: str) -> Iterator[str | Turn]:
        """Yield the text as it grows, where it grows slowly, then the turn."""
        citations: tuple[Citation, ...] = ()
        text, shown_at = "", time.monotonic()
        for each in self._state.assistant.ask_stream(query, session_id=session_id or None, channel=Channel.WEB):
            match each:
                case Sources():
                    citations = each.citations
                case Delta():
                    text += each.text
                    if time.monotonic() - shown_at > REDRAWN_EACH_S:
                        yield linked(text, citations)
                        shown_at = time.monotonic()
                case Turn():
                    self._state.metrics.count(each)
                    yield each

    def rate(self, event: gr.LikeData, reply_ids: list[str | None]) -> tuple[Update, str, Update]:
        """Store 👍 or 👎; a 👎 asks why."""
        position = event.index if isinstance(event.index, int) else event.index[0]
        reply_id = reply_ids[position] if position < len(reply_ids) else None
        if reply_id is None:
            return gr.update(visible=False), "", _note("")
        liked = event.liked is True or event.liked == "Like"
        note = self._rate(reply_id, Feedback(rating="up" if liked else "down"))
        return gr.update(visible=not liked, value=None), "" if liked else reply_id, _note(note if liked else "")

    def reason(self, choice: str | None, reply_id: str) -> tuple[Update, Update]:
        """Store why a reply was bad."""
        note = ""
        if choice and reply_id:
            note = self._rate(reply_id, Feedback(rating="down", reason=messages.FEEDBACK_REASONS[choice]))
        return gr.update(visible=False), _note(note)

    def _rate(self, reply_id: str, feedback: Feedback) -> str:
        try:
            self._state.components.conversations.rate(reply_id, feedback)
        except NotFoundError:
            return messages.ERROR_NOT_FOUND
        return messages.FEEDBACK_THANKS

    def reopen(self, session_id: str) -> tuple[Update, ...]:
        """Show an earlier session again, with the evidence as it was, and what the desk has answered since."""
        turns: list[Turn] = self._state.components.conversations.history(session_id) if session_id else []
        history: list[Message] = []
        ids: list[str | None] = []
        for turn in turns:
            history += [_said(turn.query), _replied(turn_markdown(turn))]
            ids += [None, turn.reply_id]
        staff = self._staff_answers(session_id)
        if not turns and not staff:
            # The page begins empty; by now the visitor may have asked, and that must stay.
            return tuple(gr.skip() for _ in shown([], "", []))
        reply = turns[-1].reply if turns and not staff else None
        return shown([*history, *staff], session_id, [*ids, *(None for _ in staff)], reply)

    def restart(self) -> tuple[Update, ...]:
        """Empty the page for the next visitor."""
        return shown([], "", [], emptied=True)

    def _staff_answers(self, session_id: str, *, only_new: bool = False) -> list[Message]:
        """Show what people at the desk have answered to this session's questions."""
        tickets = self._state.components.desk.tickets
        answered = tickets.answers_for(session_id) if session_id else []
        if any(ticket.seen_at is None for ticket in answered):
            tickets.mark_seen(session_id)
        return [
            _replied(staff_markdown(ticket.question, ticket.answer or ""))
            for ticket in answered
            if ticket.seen_at is None or not only_new
        ]


def shown(
    history: list[Message],
    session_id: str,
    reply_ids: list[str | None],
    reply: Reply | None = None,
    *,
    emptied: bool = False,
) -> tuple[Update, ...]:
    """Return the values of the page's parts, in the order of ``chat.build``: before the first question the examples
    are shown, after it the conversation.

    :param reply: the last one, whose suggestions are offered below it.
    :param emptied: whether the question's box is emptied; while a reply is written, the next question may stand there.
    """
    suggestions = reply.suggestions if reply else ()
    buttons = [gr.update(value=text, visible=True) for text in suggestions[:SUGGESTIONS]]
    buttons += [gr.update(visible=False) for _ in range(SUGGESTIONS - len(buttons))]
    asked = bool(history)
    return (
        gr.update(value=history, visible=asked),
        "" if emptied else gr.update(),
        session_id,
        reply_ids,
        gr.update(visible=not asked),
        gr.update(visible=False),
        _note(""),
        gr.update(visible=bool(suggestions)),
        choices_label(reply) if reply else "",
        *buttons,
    )


def _note(text: str) -> Update:
    return gr.update(value=text, visible=bool(text))


def _said(text: str) -> Message:
    return {"role": "user", "content": escape(text)}


def _replied(text: str) -> Message:
    return {"role": "assistant", "content": text}
