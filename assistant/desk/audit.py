"""The audit: append-only, hash-chained. It says who did what to which record, with ids and numbers only, never words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from assistant.desk.actors import Actor
from assistant.desk.tables import AuditRow
from corpus.database import Base, Database

FIRST_HASH = "0" * 64
_POSTGRES_LOCK = 7346022
_LAST = select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
_ADD = insert(Base.metadata.tables[AuditRow.__tablename__])

Detail = str | int | float | bool | None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit; ``details`` holds ids, states and numbers."""

    number: int
    at: dt.datetime
    actor: str
    action: str
    record_kind: str
    record_id: str
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the chain found; ``broken_at`` is the first number that does not fit, None when all do."""

    count: int
    broken_at: int | None
    head: str


class Audit:
    """Adds to the chain and checks it.

    :param now: the clock.
    """

    def __init__(self, *, database: Database, now: Callable[[], dt.datetime] = _now) -> None:
        self._database = database
        self._now = now

    def append(self, session: Session, actor: Actor, action: str, record: tuple[str, str], **details: Detail) -> None:
        """Add a line in the caller's writing transaction, so that the deed and its trace stand or fall together.

        :param record: kind and id of what was changed.
        """
        if session.get_bind().dialect.name == "postgresql":
            # SQLite has one writer at a time by itself; the chain needs the same elsewhere.
            session.execute(text(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})"))
        session.flush()
        connection = session.connection()  # statements, not objects: every visitor's ticket comes by here
        last = connection.execute(_LAST).first()
        line = {
            "number": 1 if last is None else last.number + 1,
            "at": self._now(),
            "actor": actor.account_id,
            "action": action,
            "record_kind": record[0],
            "record_id": record[1],
            "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
            "previous_hash": FIRST_HASH if last is None else last.hash,
        }
        connection.execute(_ADD, line | {"hash": _hash(AuditRow(**line))})

    def verify(self) -> Verification:
        """Walk the whole chain."""
        previous, count = FIRST_HASH, 0
        query = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=500)
        with self._database.reading() as session:
            for row in session.scalars(query):
                if row.number != count + 1 or row.previous_hash != previous or row.hash != _hash(row):
                    return Verification(count, row.number, previous)
                previous, count = row.hash, row.number
        return Verification(count, None, previous)

    def entries(
        self, *, record_id: str | None = None, actor: str | None = None, page: int = 1, page_size: int = 50
    ) -> tuple[list[Entry], int]:
        """Return a page of lines, newest first, and how many there are in all."""
        query = select(AuditRow)
        if record_id is not None:
            query = query.where(AuditRow.record_id == record_id)
        if actor is not None:
            query = query.where(AuditRow.actor == actor)
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = session.scalars(
                query.order_by(AuditRow.number.desc()).offset((page - 1) * page_size).limit(page_size)
            ).all()
        return [_entry(row) for row in rows], total


def _hash(row: AuditRow) -> str:
    """SHA-256 over every field, each in a form that does not depend on the database."""
    fields = [
        row.number, row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"), row.actor, row.action,
        row.record_kind, row.record_id, row.details, row.previous_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _entry(row: AuditRow) -> Entry:
    details = json.loads(row.details)
    return Entry(row.number, row.at, row.actor, row.action, row.record_kind, row.record_id, details)
