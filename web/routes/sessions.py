"""What people at the desk have answered to a visitor's session; its id is a secret that only the visitor's side has."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel

from web.deps import Limited, StateDep

router = APIRouter(prefix="/api/v1", tags=["ask"])


class StaffAnswer(BaseModel):
    """The answer of a person at the desk."""

    ticket_id: str
    question: str
    text: str
    answered_at: dt.datetime | None


@router.get("/sessions/{session_id}/answers", dependencies=[Limited])
def answers(session_id: str, state: StateDep) -> list[StaffAnswer]:
    """List what the desk has answered in a session, oldest first; empty for an unknown one."""
    tickets = state.components.desk.tickets
    answered = tickets.answers_for(session_id)
    if any(ticket.seen_at is None for ticket in answered):
        tickets.mark_seen(session_id)
    return [
        StaffAnswer(
            ticket_id=each.ticket_id, question=each.question, text=each.answer or "", answered_at=each.answered_at
        )
        for each in answered
    ]
