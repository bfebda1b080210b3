"""The rehearsal: before a document goes live, known questions are asked of the corpus with and without it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from assistant.replies import Answer, Handoff, Reply, Turn
from assistant.service import Assistant
from assistant.sessions import Conversations, kind_of
from assistant.tables import ReplyRow
from assistant.understanding import Previous
from corpus.database import Database

MAX_QUESTIONS = 300
LOOKS_BACK = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply in short; ``citations`` are passage ids in marker order."""

    kind: str
    text: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedReply:
    """A question whose reply would be another."""

    question: str
    before: Spoken
    after: Spoken


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal found."""

    asked: int
    changed: tuple[ChangedReply, ...]


class Unrecorded(Conversations):
    """Conversations that leave no trace: nothing is resumed, nothing stored, no ticket opened."""

    def resume(self, session_id: str | None) -> tuple[str, Previous | None]:
        """Start anew."""
        return session_id or "rehearsal", None

    def record(self, turn: Turn, *, visitor: str | None = None, first: bool = False) -> Turn:
        """Give the turn back as it is."""
        return turn


def rehearse(before: Assistant, after: Assistant, questions: Sequence[str]) -> Rehearsal:
    """Ask both; neither must record anything."""
    changed = []
    for question in questions:
        old, new = spoken(before.ask(question).reply), spoken(after.ask(question).reply)
        if old != new:
            changed.append(ChangedReply(question, old, new))
    return Rehearsal(len(questions), tuple(changed))


def recent_questions(database: Database, *, since: dt.datetime, most: int = MAX_QUESTIONS) -> list[str]:
    """Return what was asked since a moment, masked as it is stored, the most frequent first."""
    query = (
        select(ReplyRow.standalone_query)
        .where(ReplyRow.created_at >= since, ReplyRow.standalone_query != "")
        .group_by(ReplyRow.standalone_query)
        .order_by(func.count().desc(), ReplyRow.standalone_query)
        .limit(most)
    )
    with database.reading() as session:
        return list(session.scalars(query))


def spoken(reply: Reply) -> Spoken:
    """Return a reply in short."""
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    return Spoken(kind_of(reply), reply.text, tuple(citation.passage_id for citation in citations))
