from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from assistant.desk.actors import Actor
from assistant.desk.audit import FIRST_HASH, Audit
from corpus.database import Database


@pytest.fixture
def write(database: Database, audit: Audit, clerk: Actor) -> Callable[[str], None]:
    def one(record_id: str) -> None:
        with database.writing() as session:
            audit.append(session, clerk, "ticket.take", ("ticket", record_id), version=2)

    return one


def test_an_empty_chain_verifies(audit: Audit) -> None:
    assert (audit.verify().count, audit.verify().head) == (0, FIRST_HASH)


def test_an_untouched_chain_verifies(audit: Audit, write: Callable[[str], None]) -> None:
    for number in range(5):
        write(f"t{number}")
    found = audit.verify()
    assert (found.count, found.broken_at) == (5, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor='x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_what_was_written(
    database: Database, write: Callable[[str], None], statement: str
) -> None:
    write("t1")
    with pytest.raises(DatabaseError, match="append-only"), database.writing() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor='somebody else' WHERE number=3",
        "UPDATE audit SET details='{}' WHERE number=3",
        "UPDATE audit SET at='2020-01-01 00:00:00' WHERE number=3",
        "DELETE FROM audit WHERE number=3",
        "DELETE FROM audit WHERE number=1",
        "UPDATE audit SET hash='0', previous_hash='0' WHERE number=3",
    ],
)
def test_finds_what_was_changed_behind_its_back(
    database: Database, audit: Audit, write: Callable[[str], None], statement: str
) -> None:
    for number in range(5):
        write(f"t{number}")
    with database.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("DROP TRIGGER audit_no_delete"))
        session.execute(text(statement))
    assert audit.verify().broken_at is not None


def test_a_deed_that_is_rolled_back_leaves_no_trace(database: Database, audit: Audit, clerk: Actor) -> None:
    def fails() -> None:
        with database.writing() as session:
            audit.append(session, clerk, "ticket.take", ("ticket", "t1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert audit.verify().count == 0


def test_many_writers_at_once_keep_one_chain(audit: Audit, write: Callable[[str], None]) -> None:
    def many() -> None:
        for number in range(10):
            write(f"t{number}")

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (audit.verify().count, audit.verify().broken_at) == (40, None)


def test_entries_come_newest_first_in_pages(audit: Audit, write: Callable[[str], None]) -> None:
    for number in range(5):
        write(f"t{number}")
    entries, total = audit.entries(page=2, page_size=2)
    assert ([entry.record_id for entry in entries], total) == (["t2", "t1"], 5)
    assert audit.entries(record_id="t4")[0][0].details == {"version": 2}
