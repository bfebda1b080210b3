"""Tickets as values: what a ticket is, the states it goes through, what to look for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from assistant.replies import Channel


class Origin(StrEnum):
    """Why a ticket was opened."""

    HANDOFF = "handoff"
    ABSTENTION = "abstention"
    FEEDBACK = "feedback"
    PERSON = "person"


class TicketState(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN_STATES = (TicketState.NEW, TicketState.TAKEN)

# From where each step may be taken; answering again corrects an answer that was given.
ALLOWED_FROM: dict[str, tuple[TicketState, ...]] = {
    "take": (TicketState.NEW,),
    "reassign": OPEN_STATES,
    "release": (TicketState.TAKEN,),
    "answer": (TicketState.NEW, TicketState.TAKEN, TicketState.ANSWERED),
    "close": (TicketState.NEW, TicketState.TAKEN, TicketState.ANSWERED),
    "reopen": (TicketState.ANSWERED, TicketState.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A piece of work. ``question`` and ``contact`` are masked; ``reply_id`` leads to the evidence of that moment."""

    ticket_id: str
    origin: Origin
    state: TicketState
    channel: Channel
    session_id: str
    reply_id: str | None
    visitor: str | None
    question: str
    contact: str | None
    assignee: str | None
    answer: str | None
    answered_by: str | None
    answered_at: dt.datetime | None
    seen_at: dt.datetime | None
    created_at: dt.datetime
    due_at: dt.datetime
    version: int

    def overdue(self, now: dt.datetime) -> bool:
        """Return whether it should have been answered by ``now`` and was not."""
        return self.state in OPEN_STATES and now > self.due_at


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What to look for; None means any. ``words`` must all stand in the question, the answer or the id."""

    state: TicketState | None = None
    origin: Origin | None = None
    assignee: str | None = None
    overdue: bool = False
    words: str = ""
