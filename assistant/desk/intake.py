"""How tickets begin: a handoff, a 👎, somebody who asks for a person.

A ticket is opened in the transaction that stores the reply, so neither is ever there without the other.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from assistant.desk.actors import VISITOR
from assistant.desk.audit import Audit
from assistant.desk.contacts import Contacts
from assistant.desk.hours import WorkingHours
from assistant.desk.tables import TicketRow
from assistant.desk.ticket_records import OPEN_STATES, Origin, TicketState
from assistant.errors import NotFoundError, RateLimitedError
from assistant.masking import mask_personal, phone_in
from assistant.replies import REASON_NOTHING, REASON_PERSON, Channel, Handoff, Turn
from assistant.tables import ReplyRow
from corpus.database import Base, Database

MAX_OPEN_PER_SESSION = 5
_TICKETS = Base.metadata.tables[TicketRow.__tablename__]
_NEW_TICKET = insert(_TICKETS)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # read out on the telephone: nothing that looks like something else


@dataclass(frozen=True, slots=True)
class DeskRules:
    """How soon a ticket is due, and which doors open tickets. At the desk itself a person is asking already."""

    hours: WorkingHours
    due_in: dt.timedelta = dt.timedelta(hours=8)
    channels: frozenset[Channel] = field(default_factory=lambda: frozenset(Channel) - {Channel.DESK})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Intake:
    """Opens tickets.

    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: Audit,
        contacts: Contacts,
        rules: DeskRules,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._contacts = contacts
        self.rules = rules
        self._now = now

    def open(self, reply_id: str, *, visitor: str | None = None, contact: str = "") -> str:
        """Open a ticket because the visitor, reading a stored reply, asks for a person; return its id.

        :param contact: what the visitor left to be reached by; kept masked and sealed.
        :raises NotFoundError: when there is no such reply.
        :raises RateLimitedError: when the session has as many open tickets as it may have.
        """
        with self._database.writing() as session:
            reply = session.get(ReplyRow, reply_id)
            if reply is None:
                raise NotFoundError(f"found no reply {reply_id[:40]}")
            known = self._open_for(session, reply.session_id, reply.query)
            if known is not None:
                known.origin = Origin.PERSON.value
                self._contacts.keep(known, contact)
                return known.ticket_id
            if not self._room(session, reply.session_id):
                raise RateLimitedError(retry_after_s=3600)
            row = self._row(_new_id(self._now()), Origin.PERSON, Channel(reply.channel), reply.session_id, reply.query)
            row.reply_id, row.visitor = reply_id, visitor
            self._contacts.keep(row, contact)
            self._add(session, row)
            return row.ticket_id

    def for_turn(self, connection: Connection, turn: Turn, visitor: str | None = None, *, first: bool = False) -> Turn:
        """Open a ticket for a handoff, in the transaction that stores ``turn``, and return the turn with its id.

        One ticket per session and question: asking the same again gives the ticket that is open already.

        :param first: whether this is the first turn of its session, which then has no ticket yet.
        """
        reply = turn.reply
        handed = reply if isinstance(reply, Handoff) and turn.channel in self.rules.channels else None
        if handed is None and (first or not phone_in(turn.query)):
            return turn  # most are: a session of the ORM would cost more than the rest
        with Session(connection) as session:
            if handed is None:
                self._keep_contact(session, turn)
            else:
                turn = self._with_ticket(session, turn, handed, visitor, first=first)
            session.flush()
        return turn

    def _with_ticket(self, session: Session, turn: Turn, reply: Handoff, visitor: str | None, *, first: bool) -> Turn:
        origin = _origin(reply)
        asked = None if first or origin is not Origin.PERSON else self._last_question(session, turn.session_id)
        question = mask_personal(turn.query) if asked is None else asked.query
        known = None if first else self._open_for(session, turn.session_id, question)
        if known is None and not first and not self._room(session, turn.session_id):
            return turn
        ticket_id = known.ticket_id if known else _new_id(self._now())
        if known is None:
            row = self._row(ticket_id, origin, turn.channel, turn.session_id, question)
            row.reply_id = turn.reply_id if asked is None else asked.reply_id
            row.visitor = visitor
            self._contacts.keep(row, turn.query)
            self._add(session, row)
        else:
            if origin is Origin.PERSON:
                known.origin = origin.value
            self._contacts.keep(known, turn.query)
        return replace(turn, reply=replace(reply, ticket_id=ticket_id))

    def for_feedback(self, session: Session, reply: ReplyRow, visitor: str | None = None) -> None:
        """Open a ticket for a reply that a visitor found bad, in the transaction that stores the verdict."""
        channel = Channel(reply.channel)
        if channel not in self.rules.channels or not self._room(session, reply.session_id):
            return
        mine = TicketRow.reply_id == reply.reply_id
        if session.scalar(select(TicketRow.ticket_id).where(mine).limit(1)) is None:
            row = self._row(_new_id(self._now()), Origin.FEEDBACK, channel, reply.session_id, reply.query)
            row.reply_id, row.visitor = reply.reply_id, visitor
            self._add(session, row)

    def _keep_contact(self, session: Session, turn: Turn) -> None:
        """Keep a number that is left in passing with the newest ticket that is still open."""
        mine = (TicketRow.session_id == turn.session_id, TicketRow.state.in_(OPEN_STATES))
        row = session.scalar(select(TicketRow).where(*mine).order_by(TicketRow.created_at.desc()).limit(1))
        if row is not None:
            self._contacts.keep(row, turn.query)

    def _row(self, ticket_id: str, origin: Origin, channel: Channel, session_id: str, question: str) -> TicketRow:
        now = self._now()
        return TicketRow(
            ticket_id=ticket_id, origin=origin.value, state=TicketState.NEW.value, channel=channel.value,
            session_id=session_id, question=question, created_at=now, version=1,
            due_at=self.rules.hours.due(now, self.rules.due_in),
        )  # fmt: skip

    def _add(self, session: Session, row: TicketRow) -> None:
        # A statement, not an object: half of what visitors ask comes by here.
        values = {column.name: getattr(row, column.name) for column in _TICKETS.columns}
        session.connection().execute(_NEW_TICKET, values)
        self._audit.append(session, VISITOR, "ticket.open", ("ticket", row.ticket_id), origin=row.origin)

    @staticmethod
    def _room(session: Session, session_id: str) -> bool:
        """One visitor cannot fill the desk's list."""
        mine = (TicketRow.session_id == session_id, TicketRow.state.in_(OPEN_STATES))
        return (session.scalar(select(func.count()).where(*mine)) or 0) < MAX_OPEN_PER_SESSION

    @staticmethod
    def _open_for(session: Session, session_id: str, question: str) -> TicketRow | None:
        same = (TicketRow.session_id == session_id, TicketRow.question == question, TicketRow.state.in_(OPEN_STATES))
        return session.scalar(select(TicketRow).where(*same).limit(1))

    @staticmethod
    def _last_question(session: Session, session_id: str) -> ReplyRow | None:
        """Return what the visitor was asking before asking for a person."""
        query = select(ReplyRow).where(ReplyRow.session_id == session_id, ReplyRow.standalone_query != "")
        return session.scalar(query.order_by(ReplyRow.number.desc()).limit(1))


def _origin(reply: Handoff) -> Origin:
    if reply.reason == REASON_PERSON:
        return Origin.PERSON
    return Origin.ABSTENTION if reply.reason == REASON_NOTHING else Origin.HANDOFF


def _new_id(now: dt.datetime) -> str:
    return f"{now:%y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
