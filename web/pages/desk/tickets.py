"""工单: what waits for a person, with its story, answered where the visitor is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import gradio as gr

from assistant.desk import page_messages as words
from assistant.desk.actors import Actor
from assistant.desk.hours import SHANGHAI
from assistant.desk.ticket_records import Ticket, TicketFilter, TicketState
from web.desk.curated import from_ticket
from web.pages.desk.common import QUIET, actor_of, chosen, done, guarded, textbox
from web.pages.desk.drawing import conversation
from web.state import State

SHOWN = 50
FILTERS = {words.NEW: "new", words.MINE: "mine", words.LATE: "late", words.ALL: "all"}


class TicketEvents:
    """The tab's events. ``seen`` is the version of the ticket that the page shows."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._tickets = state.components.desk.tickets

    def show(self, which: str, said: str, kept: str | None, request: gr.Request) -> Any:
        """Return the list; the ticket that is open stays chosen where it is still in the list."""
        actor = actor_of(self._state, request)
        found, _total = self._tickets.find(self._filter(which, said, actor), page_size=SHOWN)
        now = dt.datetime.now(dt.UTC)
        value = kept if any(ticket.ticket_id == kept for ticket in found) else None
        return gr.update(choices=[(_line(ticket, now), ticket.ticket_id) for ticket in found], value=value)

    def open(self, ticket_id: str | None, request: gr.Request) -> tuple[str, str, int, Any]:
        """Return a ticket's story, its answer so far, its version, and to whom it may be passed on."""
        actor_of(self._state, request)
        if not ticket_id:
            return "", "", 0, gr.skip()
        return self._opened(self._tickets.get(ticket_id))

    def _opened(self, ticket: Ticket) -> tuple[str, str, int, Any]:
        history = self._state.components.conversations.history(ticket.session_id)
        people = [
            (account.display_name, account.account_id)
            for account in self._state.components.desk.accounts.list()
            if account.disabled_at is None
        ]
        story = conversation(ticket, history)
        return story, ticket.answer or "", ticket.version, gr.update(choices=people, value=ticket.assignee)

    def step(self, deed: str, ticket_id: str | None, seen: int, request: gr.Request) -> tuple[str, str, int, Any]:
        """Take, release, close or reopen a ticket."""
        actor = actor_of(self._state, request)
        move = getattr(self._tickets, deed)
        ticket: Ticket = move(actor, chosen(ticket_id), version=seen)
        done()
        return self._opened(ticket)

    def pass_on(
        self, ticket_id: str | None, seen: int, account_id: str | None, request: gr.Request
    ) -> tuple[str, str, int, Any]:
        """Give a ticket to somebody else."""
        actor = actor_of(self._state, request)
        assignee = self._state.components.desk.accounts.get(chosen(account_id)).account_id
        ticket = self._tickets.reassign(actor, chosen(ticket_id), version=seen, assignee=assignee)
        done()
        return self._opened(ticket)

    def answer(self, ticket_id: str | None, seen: int, text: str, request: gr.Request) -> tuple[str, str, int, Any]:
        """Answer the visitor."""
        actor = actor_of(self._state, request)
        ticket = self._tickets.answer(actor, chosen(ticket_id), version=seen, text=text)
        done()
        return self._opened(ticket)

    def phone(self, ticket_id: str | None, request: gr.Request) -> str:
        """Show the number that the visitor left; each look stands in the audit."""
        return self._state.components.desk.contacts.show(actor_of(self._state, request), chosen(ticket_id))

    def curate(self, ticket_id: str | None, request: gr.Request) -> None:
        """Make a draft of a curated answer from the ticket."""
        from_ticket(self._state, actor_of(self._state, request), chosen(ticket_id), ())
        gr.Info(words.CURATED_MADE, title=words.DESK)

    @staticmethod
    def _filter(which: str, said: str, actor: Actor) -> TicketFilter:
        match FILTERS.get(which):
            case "new":
                return TicketFilter(state=TicketState.NEW, words=said)
            case "mine":
                return TicketFilter(assignee=actor.account_id, words=said)
            case "late":
                return TicketFilter(overdue=True, words=said)
            case _:
                return TicketFilter(words=said)


def _line(ticket: Ticket, now: dt.datetime) -> str:
    due = f"{ticket.due_at.astimezone(SHANGHAI):%m-%d %H:%M}"
    return words.ticket_line(due, ticket.state.value, ticket.question, late=ticket.overdue(now))


def build(state: State, page: gr.Blocks) -> None:
    """Add the tab."""
    events, seen = TicketEvents(state), gr.State(0)
    with gr.Row():
        which = gr.Radio(list(FILTERS), value=words.NEW, label=words.WHICH, min_width=320)
        said = textbox(words.WORDS, max_length=100, min_width=240)
        refresh = gr.Button(words.REFRESH, scale=0, min_width=80)
    with gr.Row():
        with gr.Column(scale=1):
            listed = gr.Radio([], label=words.TICKETS, elem_id="tickets")
        with gr.Column(scale=2):
            story = gr.Markdown(latex_delimiters=[], elem_id="story")
            answer = textbox(words.REPLY_TO_VISITOR, lines=5, max_length=4000, elem_id="ticket-answer")
            with gr.Row():
                take = gr.Button(words.TAKE, elem_id="take")
                send = gr.Button(words.SEND, variant="primary", elem_id="send")
                curate = gr.Button(words.CURATE, elem_id="curate")
                release, close, reopen = (gr.Button(each) for each in (words.RELEASE, words.CLOSE, words.REOPEN))
            with gr.Row():
                phone = textbox(words.PHONE, interactive=False, elem_id="phone")
                show_phone = gr.Button(words.SHOW_PHONE, scale=0, min_width=80, elem_id="show-phone")
            with gr.Row():
                whom = gr.Dropdown([], label=words.PASS_ON_TO)
                pass_on = gr.Button(words.PASS_ON, scale=0, min_width=80)
    shown = [story, answer, seen, whom]
    for trigger in (page.load, refresh.click, which.change, said.submit):
        trigger(guarded(events.show), [which, said, listed], [listed], **QUIET)
    listed.change(guarded(events.open), [listed], shown, **QUIET)
    for button, deed in ((take, "take"), (release, "release"), (close, "close"), (reopen, "reopen")):
        button.click(guarded(events.step), [gr.State(deed), listed, seen], shown, **QUIET)
    pass_on.click(guarded(events.pass_on), [listed, seen, whom], shown, **QUIET)
    send.click(guarded(events.answer), [listed, seen, answer], shown, **QUIET)
    show_phone.click(guarded(events.phone), [listed], [phone], **QUIET)
    listed.change(lambda: "", None, [phone], **QUIET)
    curate.click(guarded(events.curate), [listed], None, **QUIET)
