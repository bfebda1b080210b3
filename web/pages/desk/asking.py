"""办事问答: ask for the person in front of the desk; the evidence stands beside the answer."""

from __future__ import annotations

import gradio as gr

from assistant.desk import page_messages as words
from assistant.presentation import reply_as_text
from assistant.question_chain import MAX_QUERY_CHARS
from assistant.replies import Answer, Channel
from web.pages.desk.common import QUIET, actor_of, day, drawing, guarded, textbox
from web.pages.desk.drawing import evidence
from web.state import State

SHOWN_PASSAGES = 8


class Asking:
    """The tab's events."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(self, query: str, as_of: str, session_id: str, request: gr.Request) -> tuple[str, str, str, str]:
        """Return the reply as text to edit, the evidence, and the ids of reply and session."""
        actor_of(self._state, request)
        assistant = self._state.assistant
        turn = assistant.ask(query, session_id=session_id or None, as_of=day(as_of), channel=Channel.DESK)
        self._state.metrics.count(turn)
        result = assistant.search(turn.standalone_query or turn.query, top_k=SHOWN_PASSAGES, as_of=turn.as_of)
        dropped = turn.reply.dropped if isinstance(turn.reply, Answer) else ()
        return reply_as_text(turn.reply), evidence(result, dropped), turn.reply_id, turn.session_id


def build(state: State) -> None:
    """Add the tab."""
    events = Asking(state)
    session = gr.State("")
    with gr.Row():
        query = textbox(words.YOUR_QUESTION, max_length=MAX_QUERY_CHARS, scale=6, elem_id="query", autofocus=True)
        as_of = textbox(words.DAY, placeholder="2027-02-01", max_length=10, scale=2)
        ask = gr.Button(words.ASK, variant="primary", scale=0, min_width=80)
    with gr.Row():
        with gr.Column(scale=1):
            answer = textbox(
                words.ANSWER_EDITABLE, lines=16, max_lines=30, buttons=["copy"], interactive=True, elem_id="answer"
            )
            reply_id = textbox("", visible="hidden", elem_id="reply-id")
            gr.Button(words.PRINT_SLIP, elem_id="print-slip")
        with gr.Column(scale=1):
            beside = drawing(elem_id="evidence")
    for trigger in (query.submit, as_of.submit, ask.click):
        trigger(guarded(events.ask), [query, as_of, session], [answer, beside, reply_id, session], **QUIET)
