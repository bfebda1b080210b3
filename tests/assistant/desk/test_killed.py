"""Killed at any moment of any write: nothing is half done, and the audit chain verifies."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from assistant.desk.audit import Audit
from assistant.desk.wiring import build_desk
from assistant.settings import Settings
from corpus.database import Database, upgrade
from corpus.library import Library

ROOT = Path(__file__).parents[3]
KILLS = 8


def test_killed_while_writing_leaves_nothing_half_done(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    upgrade(settings.resolved_database_url)
    seed = random.Random(7)
    for _ in range(KILLS):
        _write_and_kill(tmp_path, deeds=seed.randint(1, 14), spins=seed.randint(0, 60_000))
        _check(settings)


def _write_and_kill(data_dir: Path, *, deeds: int, spins: int) -> None:
    command = [sys.executable, "-m", "tests.assistant.desk.writing_process", str(data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(deeds):
            assert process.stdout.readline()
        for _ in range(spins):  # a moment that no line of output marks
            pass
        process.kill()


def _check(settings: Settings) -> None:
    database = Database(settings.resolved_database_url)
    library = Library(database=database, files_dir=settings.data_dir / "documents")
    desk = build_desk(settings, database=database, library=library)
    assert Audit(database=database).verify().broken_at is None
    with database.reading() as session:

        def count(query: str) -> int:
            return session.execute(text(query)).scalar_one()

        assert (
            count("SELECT count(*) FROM replies r LEFT JOIN tickets t USING (reply_id) WHERE t.ticket_id IS NULL") == 0
        )
        assert (
            count("SELECT count(*) FROM tickets t LEFT JOIN replies r USING (reply_id) WHERE r.reply_id IS NULL") == 0
        )
        assert count("SELECT count(*) FROM curated_answers a WHERE NOT EXISTS "
                     "(SELECT 1 FROM curated_versions v WHERE v.curated_id = a.curated_id)") == 0  # fmt: skip
        for table, kind, key in (
            ("tickets", "ticket", "ticket_id"), ("curated_answers", "curated", "curated_id"), ("uploads", "upload", "upload_id")
        ):  # fmt: skip
            # Each change raised the row's version by one and left one line.
            changed = f"SELECT count(*) FROM {table} t WHERE t.version <> (SELECT count(*) FROM audit a WHERE a.record_kind = '{kind}' AND a.record_id = t.{key})"
            assert count(changed) == 0
        confirmed = count("SELECT count(*) FROM uploads WHERE state = 'confirmed'")
    versions = [library.versions(entry.document.document_id) for entry in library.list()]
    assert sum(map(len, versions)) == confirmed
    for entry in library.list():
        assert library.original(entry.document.document_id).read_bytes()
        assert library.get(entry.document.document_id).passages
    for upload in desk.uploads.waiting():
        assert (settings.data_dir / "uploads" / f"{upload.upload_id}.bin").exists()
    database.close()
