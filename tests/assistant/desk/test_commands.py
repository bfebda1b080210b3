from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from assistant.cli import app
from corpus.database import Database, sqlite_url


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ASSISTANT_PUBLIC_URL", "https://example.org/")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_accounts_are_made_listed_reset_and_disabled_on_the_command_line() -> None:
    run("accounts", "create", "boss", "--role", "admin")
    made = run("accounts", "create", "zhang", "--display-name", "小张")
    assert re.search(r"https://example\.org/desk/setup\?token=\S{40,}", made)
    assert re.search(r"zhang +clerk +no password yet +小张", run("accounts", "list"))
    assert "token=" in run("accounts", "reset", "zhang")
    run("accounts", "disable", "zhang")
    assert re.search(r"zhang +clerk +disabled", run("accounts", "list"))


def test_a_whole_audit_verifies_and_a_changed_one_does_not(tmp_path: Path) -> None:
    run("accounts", "create", "zhang")
    assert "完整：共 1 条" in run("audit", "verify")
    database = Database(sqlite_url(tmp_path / "assistant.db"))
    with database.writing() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET actor='x'"))
    database.close()
    result = CliRunner().invoke(app, ["audit", "verify"])
    assert result.exit_code == 5
    assert "第 1 条" in result.output


def test_a_reply_is_told_again_with_question_evidence_and_versions() -> None:
    given = json.loads(run("ask", "发明专利保护期多长", "--as-of", "2026-11-20", "--json"))
    told = run("audit", "reply", given["reply_id"])
    assert "问题：发明专利保护期多长" in told
    assert "2026-11-20" in told
    assert given["text"] in told
    quoted = given["citations"][0]
    assert re.search(rf"{quoted['document_id']}　[0-9a-f]{{16}}　没有变", told)
    assert f"[1]《{quoted['title']}》{quoted['locator']}：{quoted['quote']}（没有变）" in told
    assert "今天再问，答复一样。" in told


def test_an_unknown_reply_cannot_be_told_again() -> None:
    result = CliRunner().invoke(app, ["audit", "reply", "nothing"])
    assert result.exit_code != 0
