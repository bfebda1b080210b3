"""Accounts of the people at the desk: who there is, how each gets a password, who may no longer come in."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import SYSTEM, Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.passwords import Passwords, new_token, token_hash
from assistant.desk.tables import AccountRow, DeskSessionRow, SetupLinkRow
from assistant.errors import AccessError, ConflictError, NotFoundError, QueryError, StaleVersionError
from corpus.database import Database

SETUP_LINK_LIFE = dt.timedelta(hours=24)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class Account:
    """A person at the desk; ``has_password`` is false until the set-up link was used."""

    account_id: str
    name: str
    display_name: str
    role: Role
    has_password: bool
    locked_until: dt.datetime | None
    disabled_at: dt.datetime | None
    created_at: dt.datetime
    version: int

    @property
    def actor(self) -> Actor:
        """The person as one who does something."""
        return Actor(self.account_id, self.display_name, self.role)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Accounts:
    """Makes and changes accounts. Nobody but its owner ever knows a password: links are given out instead.

    :param now: the clock.
    """

    def __init__(
        self, *, database: Database, audit: Audit, passwords: Passwords, now: Callable[[], dt.datetime] = _now
    ) -> None:
        self._database = database
        self._audit = audit
        self._passwords = passwords
        self._now = now

    def list(self) -> list[Account]:
        """Return all accounts by name."""
        with self._database.reading() as session:
            return [account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name))]

    def get(self, account_id: str) -> Account:
        """Return an account.

        :raises NotFoundError: when there is none of that id.
        """
        with self._database.reading() as session:
            return account_of(_existing(session, account_id))

    def named(self, name: str) -> Account:
        """Return the account of that login name; raises as :meth:`get` does."""
        with self._database.reading() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.name == name.strip().lower()))
        if row is None:
            raise NotFoundError(f"found no account {name[:40]}")
        return account_of(row)

    def create(self, actor: Actor, *, name: str, display_name: str, role: Role) -> tuple[Account, str]:
        """Make an account without a password; return it and the token of the link that sets one.

        :raises QueryError: for a name that is not 2–32 of a–z, 0–9, dot, dash, underscore.
        :raises ConflictError: when the name is taken.
        """
        with self._database.writing() as session:
            row = self._insert(session, actor, name, display_name, role)
            return account_of(row), self._link(session, row.account_id)

    def first_link(self) -> str | None:
        """Return the token of a link that makes the first administrator; None when there is one already."""
        with self._database.writing() as session:
            if self._administrators(session):
                return None
            session.execute(delete(SetupLinkRow).where(SetupLinkRow.account_id.is_(None)))
            return self._link(session, None)

    def link_is_for(self, token: str) -> Account | None:
        """Return whose password a link sets; None for the first administrator, who does not exist yet.

        :raises AccessError: when the link is unknown, used or too old.
        """
        with self._database.reading() as session:
            link = self._valid_link(session, token)
            return None if link.account_id is None else account_of(_existing(session, link.account_id))

    def redeem(self, token: str, password: str, *, name: str = "", display_name: str = "") -> Account:
        """Set the password that a link allows to set; the link is used up then.

        :param name: the first administrator's login name; ignored for other links.
        :raises AccessError: when the link is unknown, used or too old.
        :raises QueryError: for a bad name or password; the link stays good.
        """
        known = self.link_is_for(token)
        # Before the transaction: hashing is slow on purpose, and nobody else should wait for it.
        hashed = self._passwords.hash(password, name=known.name if known else name.strip() or "admin")
        with self._database.writing() as session:
            link = self._valid_link(session, token)
            if link.account_id is None:
                row = self._insert(session, SYSTEM, name, display_name or name, Role.ADMIN)
            else:
                row = _existing(session, link.account_id)
            row.password_hash = hashed
            row.failures, row.locked_until = 0, None
            row.version += 1
            session.delete(link)
            account = account_of(row)
            self._audit.append(session, account.actor, "account.password", ("account", row.account_id), by="link")
        return account

    def reset(self, actor: Actor, account_id: str) -> str:
        """Take the password away, end all logins and return the token of a link that sets a new one."""
        with self._database.writing() as session:
            row = _existing(session, account_id)
            row.password_hash, row.failures, row.locked_until = None, 0, None
            row.version += 1
            self._end_sessions(session, account_id)
            session.execute(delete(SetupLinkRow).where(SetupLinkRow.account_id == account_id))
            self._audit.append(session, actor, "account.reset", ("account", account_id))
            return self._link(session, account_id)

    def change(
        self, actor: Actor, account_id: str, *, version: int, role: Role | None = None, disabled: bool | None = None
    ) -> Account:
        """Give a role, or let somebody in no longer, or again; a disabled person's logins end at once.

        :raises StaleVersionError: when somebody else changed the account since.
        :raises ConflictError: when no administrator would be left.
        """
        with self._database.writing() as session:
            row = _existing(session, account_id)
            if row.version != version:
                raise StaleVersionError(found=version, wanted=row.version)
            if role is not None:
                row.role = role.value
            if disabled is not None:
                row.disabled_at = self._now() if disabled else None
            if disabled or role is not None:
                self._end_sessions(session, account_id)
            row.version += 1
            session.flush()
            if not self._administrators(session):
                raise ConflictError("found no administrator left, wanted at least one")
            record = ("account", account_id)
            disabled = row.disabled_at is not None
            self._audit.append(session, actor, "account.change", record, role=row.role, disabled=disabled)
            return account_of(row)

    def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Set a new password for oneself; all logins end.

        :raises AccessError: when the old one is wrong.
        """
        with self._database.reading() as session:
            seen = _existing(session, actor.account_id)
        if not self._passwords.fits(old, seen.password_hash):
            raise AccessError(messages.WRONG_PASSWORD)
        hashed = self._passwords.hash(new, name=seen.name)
        with self._database.writing() as session:
            row = _existing(session, actor.account_id)
            if row.version != seen.version:
                raise StaleVersionError(found=seen.version, wanted=row.version)
            row.password_hash = hashed
            row.version += 1
            self._end_sessions(session, actor.account_id)
            self._audit.append(session, actor, "account.password", ("account", actor.account_id), by="owner")

    def _insert(self, session: Session, actor: Actor, name: str, display_name: str, role: Role) -> AccountRow:
        name, display_name = name.strip().lower(), display_name.strip()[:64]
        if not _NAME.fullmatch(name):
            raise QueryError(messages.NAME_RULE)
        if session.scalar(select(AccountRow.account_id).where(AccountRow.name == name)) is not None:
            raise ConflictError(messages.NAME_TAKEN)
        row = AccountRow(
            account_id=secrets.token_hex(8), name=name, display_name=display_name or name, role=role.value,
            password_hash=None, failures=0, created_at=self._now(), version=1,
        )  # fmt: skip
        session.add(row)
        self._audit.append(session, actor, "account.create", ("account", row.account_id), role=role.value)
        return row

    def _link(self, session: Session, account_id: str | None) -> str:
        token = new_token()
        expires_at = self._now() + SETUP_LINK_LIFE
        session.add(SetupLinkRow(token_hash=token_hash(token), account_id=account_id, expires_at=expires_at))
        return token

    def _valid_link(self, session: Session, token: str) -> SetupLinkRow:
        link = session.get(SetupLinkRow, token_hash(token))
        if link is None or link.expires_at < self._now() or (link.account_id is None and self._administrators(session)):
            raise AccessError(messages.LINK_IS_OVER)
        return link

    @staticmethod
    def _administrators(session: Session) -> int:
        wanted = (AccountRow.role == Role.ADMIN.value, AccountRow.disabled_at.is_(None))
        return session.scalar(select(func.count()).select_from(AccountRow).where(*wanted)) or 0

    @staticmethod
    def _end_sessions(session: Session, account_id: str) -> None:
        session.execute(delete(DeskSessionRow).where(DeskSessionRow.account_id == account_id))


def _existing(session: Session, account_id: str) -> AccountRow:
    row = session.get(AccountRow, account_id)
    if row is None:
        raise NotFoundError(f"found no account {account_id[:40]}")
    return row


def account_of(row: AccountRow) -> Account:
    """Return a row as a value."""
    return Account(
        row.account_id, row.name, row.display_name, Role(row.role), row.password_hash is not None, row.locked_until,
        row.disabled_at, row.created_at, row.version,
    )  # fmt: skip
