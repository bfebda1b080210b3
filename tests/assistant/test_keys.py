"""API keys: shown once, stored as a hash, revocable."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest
from typer.testing import CliRunner

from assistant import cli
from assistant.errors import AccessError, NotFoundError
from assistant.keys import ApiKeys
from corpus.database import Database

NOON = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(database: Database, clock: Clock) -> ApiKeys:
    return ApiKeys(database=database, now=clock)


def test_a_new_key_opens_and_is_listed_without_its_secret(keys: ApiKeys) -> None:
    key, written = keys.create("办公系统", per_minute=30)
    found = keys.verify(written)
    assert (found.key_id, found.name, found.per_minute) == (key.key_id, "办公系统", 30)
    assert written.partition(f"{key.key_id}_")[2] not in repr(keys.listing())


def test_the_database_holds_no_key(keys: ApiKeys, database: Database) -> None:
    _key, written = keys.create("x")
    path = database.url.removeprefix("sqlite:///")
    stored = "\n".join(sqlite3.connect(path).iterdump())
    assert written.split("_", 2)[2] not in stored
    assert "api_keys" in stored


@pytest.mark.parametrize("change", [lambda k: k[:-1], lambda k: k + "x", lambda k: k[:-1] + ("A" if k[-1] != "A" else "B"), lambda k: k.upper(),
                                    lambda k: "", lambda k: "ipk_", lambda k: k.replace("ipk_", "sk_"), lambda k: k + "\n"])  # fmt: skip
def test_anything_but_the_very_key_is_refused(keys: ApiKeys, change: object) -> None:
    _key, written = keys.create("x")
    with pytest.raises(AccessError) as caught:
        keys.verify(change(written))  # type: ignore[operator]
    assert written.split("_", 2)[2] not in str(caught.value)


def test_the_secret_of_one_key_does_not_open_another(keys: ApiKeys) -> None:
    one, other = keys.create("a")[1], keys.create("b")[1]
    with pytest.raises(AccessError):
        keys.verify(f"ipk_{one.split('_')[1]}_{other.split('_', 2)[2]}")


def test_a_revoked_key_stays_listed_and_opens_nothing(keys: ApiKeys, clock: Clock) -> None:
    key, written = keys.create("x")
    keys.revoke(key.key_id)
    clock.now += dt.timedelta(days=1)
    assert keys.revoke(key.key_id).revoked_at == NOON
    with pytest.raises(AccessError, match="revoked"):
        keys.verify(written)


def test_an_unknown_key_cannot_be_revoked(keys: ApiKeys) -> None:
    with pytest.raises(NotFoundError):
        keys.revoke("nothing")


def test_the_last_use_is_kept_to_the_minute(keys: ApiKeys, clock: Clock) -> None:
    _key, written = keys.create("x")
    assert keys.listing()[0].last_used_at is None
    keys.verify(written)
    clock.now += dt.timedelta(seconds=30)
    keys.verify(written)
    assert keys.listing()[0].last_used_at == NOON
    clock.now += dt.timedelta(seconds=31)
    keys.verify(written)
    assert keys.listing()[0].last_used_at == NOON + dt.timedelta(seconds=61)


def test_the_command_line_makes_lists_and_revokes_keys(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    written = run(cli.app, ["keys", "create", "微信转接", "--per-minute", "9"]).stdout.strip()
    key_id = written.split("_")[1]
    listed = run(cli.app, ["keys", "list"]).stdout
    assert key_id in listed
    assert "9/min" in listed
    assert written not in listed
    assert run(cli.app, ["keys", "revoke", key_id]).exit_code == 0
    assert "revoked" in run(cli.app, ["keys", "list"]).stdout
