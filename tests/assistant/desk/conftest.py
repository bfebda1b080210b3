"""A real SQLite database and a clock that stands still until it is told."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.channels.identity import Identity
from assistant.desk.actors import Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.contacts import Contacts
from assistant.desk.hours import SHANGHAI, WorkingHours
from assistant.desk.intake import DeskRules, Intake
from assistant.desk.tickets import Tickets
from assistant.replies import REASON_NOTHING, Answer, Channel, Handoff, Reply, Turn
from assistant.sessions import Conversations
from corpus.database import Database, sqlite_url, upgrade


class Clock:
    """Monday 2026-11-23, 10:00 in Shanghai."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI).astimezone(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        self.moment += dt.timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "assistant.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    shutil.copy(empty_database, tmp_path / "assistant.db")
    database = Database(sqlite_url(tmp_path / "assistant.db"))
    yield database
    database.close()


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    return Audit(database=database, now=clock)


@pytest.fixture
def contacts(database: Database, audit: Audit) -> Contacts:
    return Contacts(database=database, audit=audit, identity=lambda: Identity(b"a key for these tests"))


@pytest.fixture
def intake(database: Database, audit: Audit, contacts: Contacts, clock: Clock) -> Intake:
    rules = DeskRules(hours=WorkingHours.parse("09:00-12:00,14:00-17:00"), due_in=dt.timedelta(hours=6))
    return Intake(database=database, audit=audit, contacts=contacts, rules=rules, now=clock)


@pytest.fixture
def tickets(database: Database, audit: Audit, clock: Clock) -> Tickets:
    return Tickets(database=database, audit=audit, now=clock)


@pytest.fixture
def conversations(database: Database, intake: Intake, clock: Clock) -> Conversations:
    return Conversations(database=database, expiry=dt.timedelta(hours=1), intake=intake, now=clock)


@pytest.fixture
def clerk() -> Actor:
    return Actor("a-clerk", "小张", Role.CLERK)


@pytest.fixture
def editor() -> Actor:
    return Actor("a-editor", "老李", Role.EDITOR)


def handoff(reason: str = REASON_NOTHING) -> Handoff:
    return Handoff(text="请找窗口。", reason=reason, desk="窗口", confidence=0.1)


def answer() -> Answer:
    return Answer(text="三个月。", citations=(), confidence=0.9)


@pytest.fixture
def turn() -> Callable[..., Turn]:
    numbers = iter(range(1, 1000))

    def make(query: str, reply: Reply | None = None, *, session_id: str = "s1", channel: Channel = Channel.WEB) -> Turn:
        return Turn(
            reply_id=f"r{next(numbers)}", session_id=session_id, query=query,
            standalone_query="" if "人工" in query else query, reply=reply or handoff(),
            as_of=dt.date(2026, 11, 23), channel=channel, elapsed_ms=1.0,
        )  # fmt: skip

    return make
