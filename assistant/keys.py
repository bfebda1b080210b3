"""API keys of other programs: shown once, stored as a hash, limited, revocable."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from assistant.errors import AccessError, NotFoundError
from corpus.database import Base, Database, UtcDateTime

DEFAULT_PER_MINUTE = 600
USE_RECORDED_EVERY = dt.timedelta(minutes=1)
"""The last use is stored at most this often, so that reading does not become writing."""
_KEY = re.compile(r"ipk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_DIGEST = "0" * 64


class ApiKeyRow(Base):
    """An API key; ``key_id`` is the public part by which it is found, ``digest`` the SHA-256 of the secret part."""

    __tablename__ = "api_keys"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    per_minute: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be known of a key after it was made; ``per_minute`` is how many requests it may make."""

    key_id: str
    name: str
    per_minute: int
    created_at: dt.datetime
    last_used_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class ApiKeys:
    """Makes, lists, revokes and checks keys.

    :param now: the clock.
    """

    def __init__(self, *, database: Database, now: Callable[[], dt.datetime] = _now) -> None:
        self._database = database
        self._now = now

    def create(self, name: str, *, per_minute: int = DEFAULT_PER_MINUTE) -> tuple[ApiKey, str]:
        """Make a key for the program ``name``; the second value is the whole key, which cannot be had again."""
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        row = ApiKeyRow(key_id=key_id, name=name, digest=_digest(secret), per_minute=per_minute, created_at=self._now())
        with self._database.writing() as session:
            session.add(row)
        return _key(row), f"ipk_{key_id}_{secret}"

    def listing(self) -> list[ApiKey]:
        """Return every key ever made, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at, ApiKeyRow.key_id)).all()
        return [_key(row) for row in rows]

    def revoke(self, key_id: str) -> ApiKey:
        """End a key; ending it twice changes nothing.

        :raises NotFoundError: when there is no such key.
        """
        with self._database.writing() as session:
            row = session.get(ApiKeyRow, key_id)
            if row is None:
                raise NotFoundError(f"found no key {key_id[:40]}, wanted an id that `keys list` shows")
            row.revoked_at = row.revoked_at or self._now()
            return _key(row)

    def verify(self, written: str) -> ApiKey:
        """Return the key that ``written`` is.

        :raises AccessError: when it is none of ours, or is revoked; what was written is never in the message.
        """
        match = _KEY.fullmatch(written)
        key_id, secret = match.groups() if match else ("", "")
        with self._database.reading() as session:
            row = session.get(ApiKeyRow, key_id)
        # Compared even where there is no such key, so that time does not tell which ids exist.
        right = hmac.compare_digest(row.digest if row is not None else _NO_DIGEST, _digest(secret))
        if row is None or not right:
            raise AccessError("found a key that is none of ours, wanted one made by `keys create`")
        if row.revoked_at is not None:
            raise AccessError(f"found key {row.key_id}, which is revoked; wanted one in force")
        self._record_use(row)
        return _key(row)

    def _record_use(self, row: ApiKeyRow) -> None:
        now = self._now()
        if row.last_used_at is not None and now - row.last_used_at < USE_RECORDED_EVERY:
            return
        with self._database.writing() as session:
            stored = session.get(ApiKeyRow, row.key_id)
            if stored is not None:
                stored.last_used_at = now


def _digest(secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(row.key_id, row.name, row.per_minute, row.created_at, row.last_used_at, row.revoked_at)
