import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import corpus.tables
from corpus.database import WAL_PAGES, Base, Database, create_engine, sqlite_url, upgrade
from corpus.tables import DocumentRow, VersionRow


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "new" / "folder" / "assistant.db")


def document(document_id: str) -> DocumentRow:
    return DocumentRow(document_id=document_id, current_number=1, amendments={})


def test_the_migrations_give_the_tables_of_the_models(url):
    upgrade(url)
    ours = set(corpus.tables.Base.metadata.tables) & {"documents", "document_versions"}
    with create_engine(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert ours == {"documents", "document_versions"}
    assert not [item for item in differences if any(name in repr(item) for name in ours)]


def test_upgrading_again_changes_nothing(url):
    upgrade(url)
    with Database(url).writing() as session:
        session.add(document("a"))
    upgrade(url)
    with Database(url).reading() as session:
        assert session.get(DocumentRow, "a") is not None


def test_several_processes_may_upgrade_at_once(url):
    program = f"from corpus.database import upgrade; upgrade({url!r})"
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()


def test_sqlite_waits_keeps_its_references_and_writes_ahead(url):
    upgrade(url)
    with Database(url).reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) >= 5000


def test_a_version_without_its_document_is_refused(url):
    upgrade(url)
    orphan = VersionRow(
        document_id="none",
        number=1,
        sha256="",
        reader_version=0,
        file_name="",
        original=None,
        added_at=dt.datetime.now(dt.UTC),
        passage_count=0,
        header="{}",
        passages="[]",
    )
    with pytest.raises(IntegrityError), Database(url).writing() as session:
        session.add(orphan)


def test_an_error_inside_a_writing_block_undoes_all_of_it(url):
    upgrade(url)
    database = Database(url)

    def fail_half_way() -> None:
        with database.writing() as session:
            session.add(document("a"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with database.reading() as session:
        assert session.get(DocumentRow, "a") is None


def test_two_writers_that_read_first_do_not_lose_each_others_work(url):
    upgrade(url)
    database = Database(url)
    with database.writing() as session:
        session.add(document("counter"))

    def count() -> None:
        for _ in range(25):
            with database.writing() as session:
                row = session.get_one(DocumentRow, "counter")
                row.current_number += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.get_one(DocumentRow, "counter").current_number == 101


def test_a_reader_is_not_kept_waiting_by_a_writer(url):
    upgrade(url)
    database = Database(url)
    with database.writing() as writer:
        writer.add(document("a"))
        writer.flush()
        with database.reading() as reader:
            assert reader.get(DocumentRow, "a") is None


def test_moments_come_back_aware_and_naive_ones_are_refused(url):
    upgrade(url)
    database = Database(url)
    beijing = dt.timezone(dt.timedelta(hours=8))
    moment = dt.datetime(2026, 11, 23, 9, 0, tzinfo=beijing)
    with database.writing() as session:
        session.add(DocumentRow(document_id="a", current_number=1, amendments={}, withdrawn_at=moment))
    with database.reading() as session:
        assert session.get_one(DocumentRow, "a").withdrawn_at == moment
    with pytest.raises(StatementError, match="time zone"), database.writing() as session:
        session.add(
            DocumentRow(document_id="b", current_number=1, amendments={}, withdrawn_at=dt.datetime(2026, 1, 1))  # noqa: DTZ001
        )


def test_a_postgresql_url_means_psycopg():
    pytest.importorskip("psycopg", reason="psycopg is an optional driver")
    assert create_engine("postgresql://user@localhost/ip").dialect.driver == "psycopg"


def test_what_was_written_ahead_goes_into_the_file_when_told_not_in_a_commit(url, tmp_path):
    upgrade(url)
    database = Database(url)
    with database.reading() as session:
        assert session.scalar(text("PRAGMA wal_autocheckpoint")) == WAL_PAGES > 10_000
    with database.writing() as session:
        session.add(document("a"))
    assert copied(tmp_path, "before") == []
    database.checkpoint()
    assert copied(tmp_path, "after") == ["a"]
    database.close()


def copied(folder: Path, name: str) -> list[str]:
    """Return the documents in the database's file as it is, without what was written ahead."""
    target = folder / name
    target.write_bytes((folder / "new" / "folder" / "assistant.db").read_bytes())
    copy = Database(sqlite_url(target))
    with copy.reading() as session:
        found = session.scalars(select(DocumentRow.document_id)).all()
    copy.close()
    return list(found)


def write_twice(database: Database, row: dict[str, object]) -> None:
    with database.writing_statements() as connection:
        for _ in range(2):
            connection.execute(insert(DocumentRow), row)


def test_statements_past_the_session_stand_or_fall_together(url):
    upgrade(url)
    database = Database(url)
    row = {"document_id": "a", "current_number": 1, "amendments": {}}
    with pytest.raises(IntegrityError):
        write_twice(database, row)
    with database.one_query() as connection:
        assert connection.scalar(select(func.count()).select_from(DocumentRow)) == 0
    with database.writing_statements() as connection:
        connection.execute(insert(DocumentRow), row)
    with database.reading() as session:
        assert session.get(DocumentRow, "a") is not None
