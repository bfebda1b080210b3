"""The SQL database: one declarative base, one engine, one migration tree for the whole product.

A SQLite file by default, PostgreSQL by URL. Tables live beside what they keep (``corpus/tables.py``,
``assistant/…``) and share :class:`Base`.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event, make_url
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

MIGRATIONS_DIR = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
WAL_PAGES = 16_000
"""Pages written ahead, 64 MB, from which a commit copies them into the file itself; :meth:`Database.checkpoint` is sooner."""
_WRITES, _ALONE = "sqlite_begin_immediate", "sqlite_no_begin"


class Base(DeclarativeBase):
    """Declarative base of every table; names of constraints are fixed, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment, always aware and in UTC; SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive moments and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"found {value!r} without a time zone, wanted an aware datetime")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"


def create_engine(url: str) -> Engine:
    """Return an engine; for SQLite in WAL mode, with foreign keys and a busy timeout.

    ``postgresql://`` means the psycopg 3 driver. The folder of a SQLite file is made.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return sqlalchemy_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # Parameters are visitors' words: they must not reach a log in an error's text.
    engine = sqlalchemy_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: it would begin them deferred, and late.
    connection.isolation_level = None
    cursor = connection.cursor()
    waits, pages = f"busy_timeout={BUSY_TIMEOUT_MS}", f"wal_autocheckpoint={WAL_PAGES}"
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", waits, pages):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another writer came between;
    # one that takes the write lock at its beginning waits for it (busy_timeout) instead.
    options = connection.get_execution_options()
    if not options.get(_ALONE, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


class Database:
    """Sessions for reading and for writing.

    ::

        with database.writing() as session:
            session.add(row)          # committed at the end of the block, rolled back on an error
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._to_write = self.engine.execution_options(**{_WRITES: True})
        self._writing = sessionmaker(self._to_write, expire_on_commit=False)
        self._alone = self.engine.execution_options(**{_ALONE: True})
        # SQLite lets writers wait by sleeping and trying again; threads of one process queue here instead.
        self._one_writer = threading.RLock() if self.engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session on one consistent state of the database."""
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session in one transaction, committed when the block ends without an error."""
        with self._one_writer, self._writing.begin() as session:
            yield session

    @contextmanager
    def writing_statements(self) -> Iterator[Connection]:
        """Yield a connection in such a transaction, for what runs at every question: a session costs more than that."""
        with self._one_writer, self._to_write.begin() as connection:
            yield connection

    def one_query(self) -> Connection:
        """Return a connection for a single query, which is consistent without a transaction around it."""
        return self._alone.connect()

    def checkpoint(self) -> None:
        """Copy what SQLite wrote ahead into the file itself, and wait for the disk; writers go on meanwhile.

        By itself SQLite does so every hundred questions or so, in the commit of one of them, which then takes ten to a
        hundred times as long as the others.
        """
        if self.engine.dialect.name == "sqlite":
            with self.one_query() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").all()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def upgrade(url: str) -> None:
    """Bring the schema of a database up to date; safe to call at every start, by several processes at once."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7346021)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
