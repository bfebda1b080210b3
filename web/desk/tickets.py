"""Tickets: found, taken, passed on, answered, closed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response

from assistant.desk.curated_records import CuratedAnswer
from assistant.desk.ticket_records import Ticket, TicketFilter
from assistant.presentation import turn_as_dict
from assistant.replies import Answer, Turn
from web.deps import StateDep
from web.desk.curated import from_ticket
from web.desk.schemas import AnswerRequest, Assignment, Contact, FromTicket, Page, TicketDetail, TicketQuery, TurnModel
from web.desk.security import Clerk, LoginFirst, SeenVersion, etag
from web.schemas import ReplyModel

router = APIRouter(prefix="/tickets", route_class=LoginFirst)


@router.get("")
def tickets(wanted: Annotated[TicketQuery, Query()], actor: Clerk, state: StateDep) -> Page[Ticket]:
    """List tickets, those due first first."""
    assignee = actor.account_id if wanted.mine else None
    what = TicketFilter(wanted.state, wanted.origin, assignee, wanted.overdue, wanted.words)
    return wanted.of(state.components.desk.tickets.find(what, page=wanted.page, page_size=wanted.page_size))


@router.get("/{ticket_id}")
def ticket(ticket_id: str, _actor: Clerk, response: Response, state: StateDep) -> TicketDetail:
    """Return a ticket with its conversation and the evidence of each reply."""
    found = state.components.desk.tickets.get(ticket_id)
    etag(response, found.version)
    history = state.components.conversations.history(found.session_id)
    overdue = found.overdue(dt.datetime.now(dt.UTC))
    return TicketDetail(ticket=found, overdue=overdue, conversation=[turn_model(turn) for turn in history])


def turn_model(turn: Turn) -> TurnModel:
    """Return an exchange with its evidence."""
    dropped = turn.reply.dropped if isinstance(turn.reply, Answer) else ()
    return TurnModel(query=turn.query, reply=ReplyModel(**turn_as_dict(turn)), dropped=list(dropped))


@router.post("/{ticket_id}/take")
def take(ticket_id: str, actor: Clerk, version: SeenVersion, response: Response, state: StateDep) -> Ticket:
    """Make a new ticket one's own."""
    return _shown(state.components.desk.tickets.take(actor, ticket_id, version=version), response)


@router.post("/{ticket_id}/release")
def release(ticket_id: str, actor: Clerk, version: SeenVersion, response: Response, state: StateDep) -> Ticket:
    """Put a taken ticket back for anybody."""
    return _shown(state.components.desk.tickets.release(actor, ticket_id, version=version), response)


@router.post("/{ticket_id}/reassign")
def reassign(
    ticket_id: str, body: Assignment, *, actor: Clerk, version: SeenVersion, response: Response, state: StateDep
) -> Ticket:
    """Give an open ticket to somebody else."""
    assignee = state.components.desk.accounts.get(body.account_id).account_id
    return _shown(
        state.components.desk.tickets.reassign(actor, ticket_id, version=version, assignee=assignee), response
    )


@router.post("/{ticket_id}/answer")
def answer(
    ticket_id: str, body: AnswerRequest, *, actor: Clerk, version: SeenVersion, response: Response, state: StateDep
) -> Ticket:
    """Answer the visitor where the visitor is."""
    return _shown(state.components.desk.tickets.answer(actor, ticket_id, version=version, text=body.text), response)


@router.post("/{ticket_id}/close")
def close(ticket_id: str, actor: Clerk, version: SeenVersion, response: Response, state: StateDep) -> Ticket:
    """Put a ticket aside."""
    return _shown(state.components.desk.tickets.close(actor, ticket_id, version=version), response)


@router.post("/{ticket_id}/reopen")
def reopen(ticket_id: str, actor: Clerk, version: SeenVersion, response: Response, state: StateDep) -> Ticket:
    """Work on a ticket again."""
    return _shown(state.components.desk.tickets.reopen(actor, ticket_id, version=version), response)


@router.post("/{ticket_id}/contact")
def contact(ticket_id: str, actor: Clerk, state: StateDep) -> Contact:
    """Show the number that the visitor left, to whoever took the ticket; each look stands in the audit."""
    return Contact(phone=state.components.desk.contacts.show(actor, ticket_id))


@router.post("/{ticket_id}/curated", status_code=201)
def curate(ticket_id: str, body: FromTicket, actor: Clerk, response: Response, state: StateDep) -> CuratedAnswer:
    """Make a draft of a curated answer from an answered ticket, in one step."""
    draft = from_ticket(state, actor, ticket_id, body.passage_ids)
    etag(response, draft.version)
    return draft


def _shown(ticket: Ticket, response: Response) -> Ticket:
    etag(response, ticket.version)
    return ticket
