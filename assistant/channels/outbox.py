"""The outbox: answers that could not go with the passive reply. Stored first, then sent or fetched; nothing is lost.

An answer is sent at most ``MAX_ATTEMPTS`` times; after that, or where the account may not send, it waits until the
visitor writes again or it expires. A crash while the platform is taking a message can send it twice, never not at all.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from assistant.channels import messages
from assistant.channels.cutting import split
from assistant.channels.tables import ChannelVisitorRow, OutboxRow
from assistant.desk.ticket_records import Ticket
from assistant.tables import SessionRow
from corpus.database import Database

LEASE = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=7)
# The platform delivers customer-service messages for 48 hours after the visitor's last word.
ADDRESS_KEPT = dt.timedelta(hours=48)
VISITORS_KEPT = dt.timedelta(days=30)
BACKOFF_S = (5, 30, 120, 600, 3600)
MAX_ATTEMPTS = len(BACKOFF_S) + 1


class State(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    SENT = "sent"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A text to send now; ``address`` is sealed, None when it is not known any more."""

    delivery_id: str
    door: str
    text: str
    address: str | None
    attempts: int


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Outbox:
    """Stores deliveries and hands them out.

    :param now: the clock.
    """

    def __init__(self, *, database: Database, now: Callable[[], dt.datetime] = _now) -> None:
        self._database = database
        self._now = now

    def add(self, session: Session, *, door: str, visitor: str, text: str) -> None:
        """Store a text for a visitor, in the caller's writing transaction."""
        now = self._now()
        session.add(
            OutboxRow(
                delivery_id=secrets.token_hex(16), door=door, visitor=visitor, text=text, state=State.WAITING.value,
                attempts=0, not_before=now, expires_at=now + KEPT, created_at=now, number=(session.scalar(select(func.max(OutboxRow.number))) or 0) + 1,
            )
        )  # fmt: skip

    def put(self, session: Session, ticket: Ticket) -> None:
        """Store a desk's reply for the visitor of a ticket, in the caller's writing transaction."""
        asker = session.get(SessionRow, ticket.session_id)
        visitor = ticket.visitor or (None if asker is None else asker.visitor)
        found = None if visitor is None else session.get(ChannelVisitorRow, visitor)
        if found is not None and ticket.answer:
            for text in split(messages.staff_answer(ticket.answer, ticket.ticket_id)):
                self.add(session, door=found.door, visitor=found.visitor, text=text)
                session.flush()

    def fetch(self, session: Session, visitor: str) -> str | None:
        """Hand the oldest waiting text to the visitor who has just written, in the caller's writing transaction.

        What is being sent at this moment is left alone.
        """
        row = session.scalar(self._fetchable(visitor).order_by(OutboxRow.number).limit(1))
        if row is None:
            return None
        row.state = State.FETCHED.value
        return row.text

    def holds(self, session: Session, visitor: str) -> bool:
        """Return whether there is something to fetch, in the caller's transaction."""
        session.flush()
        return session.scalar(self._fetchable(visitor).limit(1)) is not None

    def waits_for(self, visitor: str, *, sends: bool) -> bool:
        """Return whether a text waits that only the visitor's next message will bring; ``sends``: the door may send."""
        query = self._fetchable(visitor)
        if sends:
            query = query.where(OutboxRow.attempts >= MAX_ATTEMPTS)
        with self._database.reading() as session:
            return session.scalar(query.limit(1)) is not None

    def due(self, doors: Collection[str], limit: int = 2) -> list[Delivery]:
        """Take the deliveries to send now, oldest first; they are this worker's until their lease ends."""
        now = self._now()
        wanted = (
            OutboxRow.state == State.WAITING.value,
            OutboxRow.door.in_(doors),
            OutboxRow.attempts < MAX_ATTEMPTS,
            OutboxRow.not_before <= now,
            OutboxRow.expires_at > now,
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
        )
        with self._database.reading() as session:
            if session.scalar(select(OutboxRow.delivery_id).where(*wanted).limit(1)) is None:
                return []
        query = select(OutboxRow).where(*wanted).order_by(OutboxRow.number).limit(limit)
        deliveries = []
        with self._database.writing() as session:
            for row in session.scalars(query.with_for_update(skip_locked=True)).all():
                row.lease_until, row.attempts = now + LEASE, row.attempts + 1
                to = session.get(ChannelVisitorRow, row.visitor)
                address = None if to is None else to.address
                deliveries.append(Delivery(row.delivery_id, row.door, row.text, address, row.attempts))
        return deliveries

    def sent(self, delivery: Delivery) -> None:
        """Note that the platform has taken a delivery."""
        with self._database.writing() as session:
            row = session.get_one(OutboxRow, delivery.delivery_id)
            row.state, row.lease_until = State.SENT.value, None

    def failed(self, delivery: Delivery, error: str, *, final: bool) -> None:
        """Note that a delivery failed: try again later, or with ``final`` wait for the visitor to fetch it."""
        with self._database.writing() as session:
            row = session.get_one(OutboxRow, delivery.delivery_id)
            row.lease_until, row.error = None, error[:100]
            if final or row.attempts >= MAX_ATTEMPTS:
                row.attempts = MAX_ATTEMPTS
            else:
                row.not_before = self._now() + dt.timedelta(seconds=BACKOFF_S[row.attempts - 1])

    def forget_old(self) -> None:
        """Delete deliveries that are done or expired, addresses that nothing may be sent to, visitors long gone."""
        now = self._now()
        done = (OutboxRow.state != State.WAITING.value, OutboxRow.created_at < now - ADDRESS_KEPT)
        silent = (ChannelVisitorRow.address.is_not(None), ChannelVisitorRow.last_at < now - ADDRESS_KEPT)
        with self._database.writing() as session:
            session.execute(delete(OutboxRow).where(*done))
            session.execute(delete(OutboxRow).where(OutboxRow.expires_at < now))
            session.execute(update(ChannelVisitorRow).where(*silent).values(address=None))
            session.execute(delete(ChannelVisitorRow).where(ChannelVisitorRow.last_at < now - VISITORS_KEPT))

    def _fetchable(self, visitor: str) -> Select[OutboxRow]:
        now = self._now()
        return select(OutboxRow).where(
            OutboxRow.visitor == visitor,
            OutboxRow.state == State.WAITING.value,
            OutboxRow.expires_at > now,
            or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < now),
        )
