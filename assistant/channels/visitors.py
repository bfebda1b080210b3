"""Visitors of the channels: which session theirs is, and whether they chose the assistant over the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import delete, select, update

from assistant.channels.tables import ChannelVisitorRow
from assistant.tables import ReplyRow, SessionRow
from corpus.database import Database

BOT_CHOSEN_FOR = dt.timedelta(hours=12)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Visitors:
    """Looks visitors up by their keyed hash.

    :param now: the clock.
    """

    def __init__(self, *, database: Database, now: Callable[[], dt.datetime] = _now) -> None:
        self._database = database
        self._now = now

    def session_of(self, visitor: str) -> str | None:
        """Return the visitor's session, None for a stranger."""
        row = self._row(visitor)
        return None if row is None else row.session_id

    def of_reply(self, reply_id: str) -> str | None:
        """Return who was given a reply; None for a visitor of the web page."""
        query = select(SessionRow.visitor).join(ReplyRow).where(ReplyRow.reply_id == reply_id)
        with self._database.reading() as session:
            return session.scalar(query)

    def remember(self, visitor: str, session_id: str) -> None:
        """Keep the visitor's session."""
        mine = update(ChannelVisitorRow).where(ChannelVisitorRow.visitor == visitor)
        with self._database.writing() as session:
            session.execute(mine.values(session_id=session_id))

    def chose_bot(self, visitor: str) -> bool:
        """Return whether the visitor has left human service by their own word."""
        row = self._row(visitor)
        return row is not None and row.bot_until is not None and row.bot_until > self._now()

    def choose_bot(self, visitor: str, chosen: bool) -> None:
        """Note that the visitor leaves human service (for half a day), or wants it again."""
        with self._database.writing() as session:
            row = session.get(ChannelVisitorRow, visitor)
            if row is not None:
                row.bot_until = self._now() + BOT_CHOSEN_FOR if chosen else None

    def forget(self, visitor: str) -> None:
        """Delete a visitor who has left; nothing can be sent any more."""
        with self._database.writing() as session:
            session.execute(delete(ChannelVisitorRow).where(ChannelVisitorRow.visitor == visitor))

    def _row(self, visitor: str) -> ChannelVisitorRow | None:
        with self._database.reading() as session:
            return session.get(ChannelVisitorRow, visitor)
