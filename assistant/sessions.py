"""What was said before: sessions and replies in the database, personal numbers masked, old ones forgotten."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from assistant import messages
from assistant.errors import NotFoundError
from assistant.masking import mask_personal
from assistant.replies import Abstention, Answer, Channel, Clarification, Handoff, MadeWith, Reply, Turn
from assistant.tables import FeedbackRow, ReplyRow
from assistant.understanding import Previous, told_apart
from corpus.database import Base, Database

_KINDS: dict[str, type[Answer] | type[Clarification] | type[Abstention] | type[Handoff]] = {
    "answer": Answer, "clarification": Clarification, "abstention": Abstention, "handoff": Handoff,
}  # fmt: skip
_ADAPTERS: dict[str, TypeAdapter[Reply]] = {name: TypeAdapter(kind) for name, kind in _KINDS.items()}
_MADE_WITH = TypeAdapter(MadeWith)
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SESSIONS, _REPLIES = Base.metadata.tables["sessions"], Base.metadata.tables["replies"]
_SEEN_AGAIN = update(_SESSIONS).where(_SESSIONS.c.session_id == bindparam("session")).values(last_at=bindparam("now"))
_NEW_SESSION = insert(_SESSIONS)
_NEW_REPLY = insert(_REPLIES).values(
    number=select(func.coalesce(func.max(_REPLIES.c.number), 0) + 1)
    .where(_REPLIES.c.session_id == bindparam("session"))
    .scalar_subquery()
)
_NEWEST = (
    select(_SESSIONS.c.last_at, _REPLIES.c.standalone_query, _REPLIES.c.kind, _REPLIES.c.payload)
    .outerjoin(_REPLIES, _REPLIES.c.session_id == _SESSIONS.c.session_id)
    .where(_SESSIONS.c.session_id == bindparam("session"))
    .order_by(_REPLIES.c.number.desc())
    .limit(1)
)
_LAST_QUESTION = (
    select(_REPLIES.c.standalone_query)
    .where(_REPLIES.c.session_id == bindparam("session"), _REPLIES.c.standalone_query != "")
    .order_by(_REPLIES.c.number.desc())
    .limit(1)
)


def kind_of(reply: Reply) -> str:
    """Return the word that the HTTP contract uses for the type of ``reply``."""
    return _NAMES[type(reply)]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A visitor's verdict; ``rating`` is ``up`` or ``down``."""

    rating: str
    reason: str | None = None
    comment: str = ""


class TicketIntake(Protocol):
    """Opens tickets in the transaction that stores what they are about."""

    def for_turn(self, connection: Connection, turn: Turn, visitor: str | None = None, *, first: bool = False) -> Turn:
        """Return ``turn``, with a ticket's id where a person must answer.

        :param first: whether nothing was said in the session before: there is nothing to look up.
        """

    def for_feedback(self, session: Session, reply: ReplyRow, visitor: str | None = None) -> None:
        """Take up a reply that a visitor found bad."""


def _asked_back(reply: Reply) -> str:
    """Return what a yes to a clarification asks: whether the visitor goes on, or the only thing that it offered; else empty."""
    if not isinstance(reply, Clarification) or not reply.suggestions:
        return ""
    first, *others = reply.suggestions
    return first if not others or told_apart(first)[0] else ""


def _sends_away(reply: Reply) -> bool:
    return isinstance(reply, Abstention) and reply.text != messages.IDENTITY


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Conversations:
    """Sessions and their replies.

    :param intake: opens a ticket where a person must answer; none opens none.
    :param expiry: after so long without a word a session is over: the next question starts a new one.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        expiry: dt.timedelta,
        intake: TicketIntake | None = None,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._expiry = expiry
        self._intake = intake
        self._now = now

    def resume(self, session_id: str | None) -> tuple[str, Previous | None]:
        """Return the session to go on with, and its last turn.

        An unknown or expired id gives a new session: the visitor loses the thread, never the question.
        """
        if session_id is not None:
            with self._database.one_query() as connection:  # asked at every question: past the ORM
                newest = connection.execute(_NEWEST, {"session": session_id}).one_or_none()
            if newest is not None and self._now() - newest.last_at <= self._expiry:
                return session_id, self._previous(*newest[1:], session_id=session_id)
        return secrets.token_urlsafe(16), None

    def _previous(
        self, question: str | None, kind: str | None, payload: str | None, *, session_id: str
    ) -> Previous | None:
        """Return the last turn that was about something: a greeting in between does not break the thread.

        :param question: of the newest reply, empty where it was about nothing; all None where there is no reply.
        """
        if kind is None or payload is None:
            return None
        reply = _ADAPTERS[kind].validate_json(payload)
        if question:
            cited = reply.citations if isinstance(reply, Answer | Handoff) else ()
            return Previous(question, read=cited[0].passage_id if cited else "")
        with self._database.one_query() as connection:
            asked = connection.execute(_LAST_QUESTION, {"session": session_id}).scalar()
        previous = Previous(asked or "", _asked_back(reply), sent_away=_sends_away(reply))
        return previous if previous != Previous("") else None

    def record(self, turn: Turn, *, visitor: str | None = None, first: bool = False) -> Turn:
        """Store ``turn`` with personal numbers masked, and return it with the ticket that it opened, if any.

        :param first: whether :meth:`resume` has just made the session up, so that there is nothing to look for.
        """
        now = self._now()
        # Statements, not objects: this runs at every question, and the unit of work costs more than the rest of it.
        with self._database.writing_statements() as connection:
            first = first or not connection.execute(_SEEN_AGAIN, {"session": turn.session_id, "now": now}).rowcount
            if first:
                connection.execute(
                    _NEW_SESSION,
                    {
                        "session_id": turn.session_id,
                        "channel": turn.channel.value,
                        "visitor": visitor,
                        "created_at": now,
                        "last_at": now,
                    },
                )
            if self._intake is not None:
                turn = self._intake.for_turn(connection, turn, visitor, first=first)
            connection.execute(_NEW_REPLY, _columns(turn, now))
        return turn

    def reply(self, reply_id: str) -> Turn:
        """Return a stored turn as it was given.

        :raises NotFoundError: when there is none of that id.
        """
        with self._database.reading() as session:
            row = session.get(ReplyRow, reply_id)
        if row is None:
            raise NotFoundError(f"found no reply {reply_id}")
        return _turn(row)

    def history(self, session_id: str) -> list[Turn]:
        """Return the turns of a session, oldest first; empty for an unknown one."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(ReplyRow).where(ReplyRow.session_id == session_id).order_by(ReplyRow.number)
            ).all()
        return [_turn(row) for row in rows]

    def rate(self, reply_id: str, feedback: Feedback) -> None:
        """Store what a visitor thought of a reply; the last verdict counts.

        :raises NotFoundError: when there is no such reply.
        """
        with self._database.writing() as session:
            row = session.get(ReplyRow, reply_id)
            if row is None:
                raise NotFoundError(f"found no reply {reply_id}")
            if feedback.rating == "down" and self._intake is not None:
                self._intake.for_feedback(session, row)
            session.merge(
                FeedbackRow(
                    reply_id=reply_id,
                    rating=feedback.rating,
                    reason=feedback.reason,
                    comment=mask_personal(feedback.comment),
                    created_at=self._now(),
                )
            )


def _columns(turn: Turn, now: dt.datetime) -> dict[str, object]:
    kind = kind_of(turn.reply)
    return {
        "reply_id": turn.reply_id,
        "session": turn.session_id,
        "session_id": turn.session_id,
        "query": mask_personal(turn.query),
        "standalone_query": mask_personal(turn.standalone_query),
        "kind": kind,
        "payload": _ADAPTERS[kind].dump_json(turn.reply).decode(),
        "document_ids": json.dumps(turn.document_ids),
        "made_with": _MADE_WITH.dump_json(turn.made_with).decode() if turn.made_with else None,
        "as_of": turn.as_of,
        "channel": turn.channel.value,
        "confidence": getattr(turn.reply, "confidence", 0.0),
        "elapsed_ms": turn.elapsed_ms,
        "created_at": now,
    }


def _turn(row: ReplyRow) -> Turn:
    return Turn(
        reply_id=row.reply_id,
        session_id=row.session_id,
        query=row.query,
        standalone_query=row.standalone_query,
        reply=_ADAPTERS[row.kind].validate_json(row.payload),
        as_of=row.as_of,
        channel=Channel(row.channel),
        elapsed_ms=row.elapsed_ms,
        document_ids=tuple(json.loads(row.document_ids)),
        made_with=_MADE_WITH.validate_json(row.made_with) if row.made_with else None,
    )
