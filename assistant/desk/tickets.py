"""Tickets on their way: taken, passed on, answered where the visitor is, closed. They are opened in ``intake``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.tables import TicketRow
from assistant.desk.ticket_records import ALLOWED_FROM, OPEN_STATES, Origin, Ticket, TicketFilter, TicketState
from assistant.errors import ConflictError, NotFoundError, QueryError, StaleVersionError
from assistant.masking import mask_in_staff_text
from assistant.replies import Channel
from corpus.database import Database

MAX_ANSWER_CHARS = 4000


class Outbox(Protocol):
    """Takes a desk's reply to a visitor on a channel that cannot be shown a page."""

    def put(self, session: Session, ticket: Ticket) -> None:
        """Store ``ticket.answer`` for delivery, in the caller's writing transaction."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Tickets:
    """Opens tickets and moves them on.

    :param outboxes: channel → where a reply is put for delivery; on other channels it waits for the visitor's next view.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: Audit,
        outboxes: Mapping[Channel, Outbox] | None = None,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._outboxes = outboxes or {}
        self._now = now

    def take(self, actor: Actor, ticket_id: str, *, version: int) -> Ticket:
        """Make a new ticket the actor's own; raises as :meth:`answer` does."""
        return self._move(actor, ticket_id, "take", version, {"state": TicketState.TAKEN, "assignee": actor.account_id})

    def release(self, actor: Actor, ticket_id: str, *, version: int) -> Ticket:
        """Put a taken ticket back for anybody."""
        return self._move(actor, ticket_id, "release", version, {"state": TicketState.NEW, "assignee": None})

    def reassign(self, actor: Actor, ticket_id: str, *, version: int, assignee: str) -> Ticket:
        """Give an open ticket to somebody else."""
        return self._move(actor, ticket_id, "reassign", version, {"state": TicketState.TAKEN, "assignee": assignee})

    def close(self, actor: Actor, ticket_id: str, *, version: int) -> Ticket:
        """Put a ticket aside, answered or not; the visitor's number goes."""
        return self._move(actor, ticket_id, "close", version, {"state": TicketState.CLOSED, "contact_sealed": None})

    def reopen(self, actor: Actor, ticket_id: str, *, version: int) -> Ticket:
        """Work on a ticket again."""
        return self._move(
            actor, ticket_id, "reopen", version, {"state": TicketState.TAKEN, "assignee": actor.account_id}
        )

    def answer(self, actor: Actor, ticket_id: str, *, version: int, text: str) -> Ticket:
        """Answer the visitor where the visitor is.

        :param version: the version that was seen.
        :raises NotFoundError: for an unknown ticket.
        :raises StaleVersionError: when somebody else changed it since.
        :raises ConflictError: when its state does not allow this.
        :raises QueryError: for an empty or overlong text.
        """
        text = mask_in_staff_text(text.strip())
        if not 0 < len(text) <= MAX_ANSWER_CHARS:
            raise QueryError(messages.answer_length(MAX_ANSWER_CHARS))
        changes = {
            "state": TicketState.ANSWERED, "answer": text, "answered_by": actor.account_id,
            "answered_at": self._now(), "seen_at": None,
        }  # fmt: skip
        return self._move(actor, ticket_id, "answer", version, changes)

    def get(self, ticket_id: str) -> Ticket:
        """Return a ticket.

        :raises NotFoundError: when there is none of that id.
        """
        with self._database.reading() as session:
            return _ticket(_existing(session, ticket_id))

    def find(self, wanted: TicketFilter, *, page: int = 1, page_size: int = 50) -> tuple[list[Ticket], int]:
        """Return a page of tickets, those due first first, and how many fit in all."""
        query = select(TicketRow)
        for column, value in ((TicketRow.state, wanted.state), (TicketRow.origin, wanted.origin)):
            if value is not None:
                query = query.where(column == value.value)
        if wanted.assignee is not None:
            query = query.where(TicketRow.assignee == wanted.assignee)
        if wanted.overdue:
            query = query.where(TicketRow.state.in_(OPEN_STATES), TicketRow.due_at < self._now())
        for word in wanted.words.split():
            columns = (TicketRow.question, TicketRow.answer, TicketRow.ticket_id)
            query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            ordered = query.order_by(TicketRow.due_at, TicketRow.ticket_id)
            rows = session.scalars(ordered.offset((page - 1) * page_size).limit(page_size)).all()
        return [_ticket(row) for row in rows], total

    def answers_for(self, session_id: str) -> list[Ticket]:
        """Return the tickets of a web session that have been answered, oldest answer first."""
        query = (
            select(TicketRow)
            .where(TicketRow.session_id == session_id, TicketRow.answer.is_not(None))
            .order_by(TicketRow.answered_at)
        )
        with self._database.reading() as session:
            return [_ticket(row) for row in session.scalars(query)]

    def mark_seen(self, session_id: str) -> None:
        """Note that the visitor has been shown the answers of a session."""
        with self._database.writing() as session:
            unseen = (TicketRow.answer.is_not(None), TicketRow.seen_at.is_(None))
            for row in session.scalars(select(TicketRow).where(TicketRow.session_id == session_id, *unseen)):
                row.seen_at = self._now()

    def human_service(self, *, session_id: str | None = None, visitor: str | None = None) -> bool:
        """Return whether a person is at work on an explicit 转人工 of this session or visitor: bots keep silent then."""
        mine = TicketRow.session_id == session_id if session_id is not None else TicketRow.visitor == visitor
        query = select(TicketRow.ticket_id).where(
            mine, TicketRow.origin == Origin.PERSON.value, TicketRow.state == TicketState.TAKEN.value
        )
        with self._database.reading() as session:
            return session.scalar(query.limit(1)) is not None

    def _move(self, actor: Actor, ticket_id: str, step: str, version: int, changes: Mapping[str, object]) -> Ticket:
        with self._database.writing() as session:
            row = _existing(session, ticket_id)
            if row.version != version:
                raise StaleVersionError(found=version, wanted=row.version)
            before = TicketState(row.state)
            if before not in ALLOWED_FROM[step]:
                raise ConflictError(f"found a ticket that is {before}, cannot {step} it")
            for name, value in changes.items():
                setattr(row, name, value.value if isinstance(value, TicketState) else value)
            row.version += 1
            details = {"from": before.value, "to": row.state, "assignee": row.assignee, "version": row.version}
            self._audit.append(session, actor, f"ticket.{step}", ("ticket", ticket_id), **details)
            ticket = _ticket(row)
            if step == "answer" and (outbox := self._outboxes.get(ticket.channel)) is not None:
                outbox.put(session, ticket)
        return ticket


def _existing(session: Session, ticket_id: str) -> TicketRow:
    row = session.get(TicketRow, ticket_id)
    if row is None:
        raise NotFoundError(f"found no ticket {ticket_id[:40]}")
    return row


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(
        ticket_id=row.ticket_id, origin=Origin(row.origin), state=TicketState(row.state), channel=Channel(row.channel),
        session_id=row.session_id, reply_id=row.reply_id, visitor=row.visitor, question=row.question,
        contact=row.contact, assignee=row.assignee, answer=row.answer, answered_by=row.answered_by,
        answered_at=row.answered_at, seen_at=row.seen_at, created_at=row.created_at, due_at=row.due_at,
        version=row.version,
    )  # fmt: skip
