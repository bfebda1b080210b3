"""Logins: a password opens one, a token carries it, time, a new password or an administrator ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.accounts import account_of
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.passwords import Passwords, new_token, token_hash
from assistant.desk.tables import AccountRow, DeskSessionRow
from assistant.errors import AccessError, RateLimitedError
from corpus.database import Database

MAX_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
_NOTED_EVERY = dt.timedelta(minutes=1)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Logins:
    """Opens, checks and ends logins.

    :param idle: a login not used for so long is over.
    :param longest: a login is over after so long in any case.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: Audit,
        passwords: Passwords,
        idle: dt.timedelta = dt.timedelta(hours=2),
        longest: dt.timedelta = dt.timedelta(hours=12),
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._audit = audit
        self._passwords = passwords
        self._idle = idle
        self._longest = longest
        self._now = now

    def open(self, name: str, password: str) -> tuple[str, Actor]:
        """Return the token of a new login, and whose it is.

        :raises AccessError: for a wrong name or password, or a disabled account; never says which.
        :raises RateLimitedError: while the account is locked after too many wrong passwords.
        """
        with self._database.reading() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.name == name.strip().lower()))
        if row is not None and row.locked_until is not None and row.locked_until > self._now():
            raise RateLimitedError(retry_after_s=int((row.locked_until - self._now()).total_seconds()) + 1)
        # Outside of any transaction: hashing is slow on purpose, and nobody else should wait for it.
        fits = self._passwords.fits(password, None if row is None else row.password_hash)
        if row is None:
            raise AccessError(messages.WRONG_LOGIN)
        if not fits or row.disabled_at is not None:
            self._failed(row.account_id)
            raise AccessError(messages.WRONG_LOGIN)
        return self._opened(row)

    def _failed(self, account_id: str) -> None:
        with self._database.writing() as session:
            row = session.get_one(AccountRow, account_id)
            row.failures += 1
            if row.failures >= MAX_FAILURES:
                row.failures, row.locked_until = 0, self._now() + LOCKED_FOR
                self._audit.append(session, account_of(row).actor, "account.lock", ("account", account_id))

    def _opened(self, seen: AccountRow) -> tuple[str, Actor]:
        token, now = new_token(), self._now()
        with self._database.writing() as session:
            row = session.get_one(AccountRow, seen.account_id)
            if row.password_hash != seen.password_hash or row.disabled_at is not None:
                raise AccessError(messages.WRONG_LOGIN)  # changed while the hash was computed
            row.failures, row.locked_until = 0, None
            self._drop_old(session)
            account_id = row.account_id
            session.add(
                DeskSessionRow(token_hash=token_hash(token), account_id=account_id, created_at=now, last_at=now)
            )
            actor = account_of(row).actor
            self._audit.append(session, actor, "login.open", ("account", account_id))
        return token, actor

    def check(self, token: str) -> Actor:
        """Return whose login a token is.

        :raises AccessError: when it is unknown or over.
        """
        query = (
            select(DeskSessionRow, AccountRow)
            .join(AccountRow, AccountRow.account_id == DeskSessionRow.account_id)
            .where(DeskSessionRow.token_hash == token_hash(token), AccountRow.disabled_at.is_(None))
        )
        with self._database.reading() as session:
            found = session.execute(query).first()
        now = self._now()
        if found is None or now - found[0].last_at > self._idle or now - found[0].created_at > self._longest:
            raise AccessError(messages.LOGIN_IS_OVER)
        if now - found[0].last_at > _NOTED_EVERY:
            self._used(token)
        return account_of(found[1]).actor

    def _used(self, token: str) -> None:
        with self._database.writing() as session:
            row = session.get(DeskSessionRow, token_hash(token))
            if row is not None:
                row.last_at = self._now()

    def close(self, token: str) -> None:
        """End a login; an unknown one is over already."""
        with self._database.writing() as session:
            session.execute(delete(DeskSessionRow).where(DeskSessionRow.token_hash == token_hash(token)))

    def _drop_old(self, session: Session) -> None:
        now = self._now()
        is_over = or_(DeskSessionRow.last_at < now - self._idle, DeskSessionRow.created_at < now - self._longest)
        session.execute(delete(DeskSessionRow).where(is_over))
