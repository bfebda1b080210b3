from __future__ import annotations

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
    return result.output


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
