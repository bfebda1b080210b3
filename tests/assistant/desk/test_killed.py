"""Killed at any moment of any write: nothing is half done, and the audit chain verifies."""

from __future__ import annotations

import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.desk import page_messages
from assistant.desk.wiring import Desk, build_desk
from assistant.settings import Settings
from corpus.database import Database, upgrade
from corpus.library import Library
from tests.assistant.desk.writing_process import PARTS, SHIPPED, main

DESK_CODE = Path(__file__).parents[3] / "assistant" / "desk"
KILLS_EACH = 1
ENDLESS = 1_000_000
ACTIONS = {
    "ticket.open", "ticket.take", "ticket.contact", "ticket.release", "ticket.reassign", "ticket.answer", "ticket.close",
    "ticket.reopen", "curated.create", "curated.edit", "curated.approve", "curated.review", "curated.withdraw",
    "upload.take", "upload.rehearse", "upload.confirmed", "upload.discarded", "document.withdraw", "document.restore",
    "document.amend", "account.create", "account.password", "account.lock", "account.change", "account.reset",
    "login.open", "retention.forget",
}  # fmt: skip
BY_THE_CLOCK = {"retention.run"}  # the same deletion as retention.forget
# One server imports everything once; each process that is killed is a copy of it.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.assistant.desk.writing_process"])


@contextmanager
def writing(data_dir: Path, part: str, rounds: int) -> Iterator[tuple[Connection, object]]:
    """Yield what a writing process says, and the process; it is dead afterwards."""
    told, tells = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=main, args=(data_dir, tells, part, rounds), daemon=True)
    process.start()
    tells.close()
    try:
        yield told, process
    finally:
        process.kill()
        process.join()
        told.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path)
    upgrade(settings.resolved_database_url)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Database, Library, Desk]]:
    database = Database(settings.resolved_database_url)
    library = Library(database=database, files_dir=settings.data_dir / "documents")
    yield database, library, build_desk(settings, database=database, library=library)
    database.close()


def round_of(settings: Settings, part: str) -> dict[str, float]:
    """Do one round; return its deeds and how many seconds each took."""
    took: dict[str, float] = {}
    with writing(settings.data_dir, part, rounds=1) as (told, _process):
        deed = told.recv()
        while deed != "end":
            started = time.perf_counter()
            following = told.recv()
            took[deed] = time.perf_counter() - started
            deed = following
    return took


def test_a_round_of_writes_does_everything_that_leaves_a_line_in_the_audit(settings: Settings) -> None:
    for part in PARTS:
        round_of(settings, part)
    with opened(settings) as (database, _library, _desk), database.reading() as session:
        assert set(session.execute(text("SELECT DISTINCT action FROM audit")).scalars()) == ACTIONS
    code = "".join(path.read_text(encoding="utf-8") for path in DESK_CODE.glob("*.py"))
    kinds = {action.partition(".")[0] for action in ACTIONS}
    named = set(re.findall(rf'"((?:{"|".join(kinds)})\.[a-z]+)"', code))
    assert named <= ACTIONS | BY_THE_CLOCK
    assert set(page_messages.ACTIONS) == ACTIONS | BY_THE_CLOCK


@pytest.mark.parametrize("part", PARTS)
def test_killed_in_the_midst_of_any_write_leaves_nothing_half_done(settings: Settings, part: str) -> None:
    seed = random.Random(7)
    for deed, took in list(round_of(settings, part).items()) * KILLS_EACH:
        with writing(settings.data_dir, part, ENDLESS) as (told, process):
            while told.recv() != deed:
                pass
            told.poll(seed.random() * took)  # a moment within the write, or its end if that comes first
            process.kill()
        _check(settings, deed)


def _check(settings: Settings, deed: str) -> None:
    with opened(settings) as (database, library, desk):
        assert desk.audit.verify().broken_at is None, deed
        with database.reading() as session:
            for wrong, query in WRONG.items():
                assert session.execute(text(query)).scalar_one() == 0, f"{wrong}, killed in: {deed}"
            confirmed = session.execute(text("SELECT count(*) FROM uploads WHERE state = 'confirmed'")).scalar_one()
        entries = (*library.list(), *library.list(withdrawn=True))
        assert sum(len(library.versions(entry.document.document_id)) for entry in entries) == confirmed
        for entry in entries:
            assert library.original(entry.document.document_id).read_bytes()
            assert library.get(entry.document.document_id).passages
        for upload in desk.uploads.waiting():
            assert (settings.data_dir / "uploads" / f"{upload.upload_id}.bin").exists()


def _unlike_the_audit(table: str, key: str, kind: str, lines: str = "1 = 1") -> str:
    """Count the rows that did not change as often as the audit says."""
    told = f"SELECT count(*) FROM audit a WHERE a.record_kind = '{kind}' AND a.record_id = t.{key} AND {lines}"
    return f"SELECT count(*) FROM {table} t WHERE t.version <> ({told})"


_LAST = "SELECT a.action FROM audit a WHERE a.record_id = t.document_id AND a.action IN ('document.withdraw', 'document.restore') ORDER BY number DESC LIMIT 1"  # fmt: skip
WRONG = {
    "a reply whose ticket is not there": "SELECT count(*) FROM replies r WHERE json_extract(payload, '$.ticket_id') "
    "IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.ticket_id = json_extract(r.payload, '$.ticket_id'))",
    "a ticket whose reply is not there": "SELECT count(*) FROM tickets t LEFT JOIN replies r USING (reply_id) "
    "WHERE r.reply_id IS NULL AND t.question <> '（已按期删除）'",
    "a bad verdict without a ticket": "SELECT count(*) FROM feedback f LEFT JOIN tickets t USING (reply_id) "
    "WHERE t.ticket_id IS NULL",
    "a contact masked and not sealed": "SELECT count(*) FROM tickets WHERE state IN ('new', 'taken') AND "
    "question <> '（已按期删除）' AND answer IS NULL AND (contact IS NULL) <> (contact_sealed IS NULL)",
    "an answer that is not on its way": "SELECT count(*) FROM tickets WHERE channel = 'wechat' AND answer IS NOT NULL "
    "AND (SELECT count(*) FROM channel_outbox o WHERE o.text LIKE '%' || ticket_id || '%') <> 1",
    "a curated answer without a text": "SELECT count(*) FROM curated_answers a WHERE NOT EXISTS "
    "(SELECT 1 FROM curated_versions v WHERE v.curated_id = a.curated_id)",
    "an approved text that is not there": "SELECT count(*) FROM curated_answers a WHERE approved_number IS NOT NULL AND "
    "NOT EXISTS (SELECT 1 FROM curated_versions v WHERE v.curated_id = a.curated_id AND v.number = a.approved_number)",
    "a login without its line": "SELECT max((SELECT count(*) FROM desk_sessions) - "
    "(SELECT count(*) FROM audit WHERE action = 'login.open'), 0)",
    "a session whose words are half deleted": "SELECT count(*) FROM audit a JOIN sessions s ON s.session_id = a.record_id "
    "WHERE a.action = 'retention.forget'",
    "tickets unlike the audit": _unlike_the_audit("tickets", "ticket_id", "ticket", "a.action <> 'ticket.contact'")
    + " AND t.question <> '（已按期删除）'",
    "curated answers unlike the audit": _unlike_the_audit("curated_answers", "curated_id", "curated"),
    "uploads unlike the audit": _unlike_the_audit("uploads", "upload_id", "upload"),
    "accounts unlike the audit": _unlike_the_audit("accounts", "account_id", "account", "a.action <> 'account.lock'")
    .replace("a.record_kind = 'account'", "a.record_kind = 'account' AND a.action <> 'login.open'"),
    "shipped texts unlike the audit": _unlike_the_audit("shipped_texts", "document_id", "document"),
    "documents unlike the audit": f"SELECT count(*) FROM documents t WHERE (withdrawn_at IS NOT NULL) <> "
    f"(coalesce(({_LAST}), '') = 'document.withdraw')",
    "shipped texts withdrawn unlike the audit": "SELECT count(*) FROM shipped_texts t WHERE (withdrawn_at IS NOT NULL) <> "
    f"(coalesce(({_LAST}), '') = 'document.withdraw')",
}  # fmt: skip


def test_the_shipped_text_of_these_writes_is_shipped(settings: Settings) -> None:
    with opened(settings) as (_database, _library, desk):
        assert desk.shipped.original(SHIPPED) is not None
