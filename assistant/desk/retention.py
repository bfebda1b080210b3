"""How long visitors' words are kept, and how they are deleted. The audit keeps ids only, so it stays whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import SYSTEM, Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.tables import TicketRow, UploadRow
from assistant.tables import SessionRow
from corpus.database import Database


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    sessions: int
    tickets: int


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Retention:
    """Deletes what visitors wrote: whole sessions with replies and verdicts, and the words in tickets.

    :param keep: how long words are kept after a session's last one.
    :param now: the clock.
    """

    def __init__(
        self, *, database: Database, audit: Audit, keep: dt.timedelta, now: Callable[[], dt.datetime] = _now
    ) -> None:
        self._database = database
        self._audit = audit
        self._keep = keep
        self._now = now

    def run(self) -> Forgotten:
        """Delete what is older than may be kept."""
        moment = self._now() - self._keep
        with self._database.writing() as session:
            old = set(session.scalars(select(SessionRow.session_id).where(SessionRow.last_at < moment)))
            session.execute(update(UploadRow).where(UploadRow.created_at < moment).values(rehearsal=None))
            stale = TicketRow.created_at < moment, TicketRow.question != messages.DELETED
            tickets = set(session.scalars(select(TicketRow.ticket_id).where(*stale)))
            forgotten = self._forget(session, old, tickets)
            if forgotten.sessions or forgotten.tickets:
                details = {"sessions": forgotten.sessions, "tickets": forgotten.tickets}
                self._audit.append(
                    session, SYSTEM, "retention.run", ("retention", moment.date().isoformat()), **details
                )
        return forgotten

    def forget(self, actor: Actor, session_id: str) -> Forgotten:
        """Delete everything that one visitor wrote in a session, because the visitor asked for it.

        :raises ForbiddenError: for less than an administrator.
        """
        actor.require(Role.ADMIN)
        with self._database.writing() as session:
            mine = select(TicketRow.ticket_id).where(TicketRow.session_id == session_id)
            forgotten = self._forget(session, {session_id}, set(session.scalars(mine)))
            self._audit.append(session, actor, "retention.forget", ("session", session_id), tickets=forgotten.tickets)
        return forgotten

    @staticmethod
    def _forget(session: Session, session_ids: set[str], ticket_ids: set[str]) -> Forgotten:
        sessions = 0
        for session_id in session_ids:
            known = session.get(SessionRow, session_id)
            if known is not None:
                session.delete(known)  # replies and verdicts go with it, by the schema
                sessions += 1
        for ticket_id in ticket_ids:
            row = session.get_one(TicketRow, ticket_id)
            row.question, row.contact, row.contact_sealed, row.visitor = messages.DELETED, None, None, None
            row.answer = messages.DELETED if row.answer is not None else None
            row.version += 1
        return Forgotten(sessions, len(ticket_ids))
