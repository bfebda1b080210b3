from __future__ import annotations

import threading
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from assistant.desk.accounts import Account, Accounts
from assistant.desk.actors import SYSTEM, Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.logins import MAX_FAILURES, Logins
from assistant.desk.passwords import Passwords
from assistant.errors import (
    AccessError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    QueryError,
    RateLimitedError,
    StaleVersionError,
)
from corpus.database import Database

PASSWORD = "窗口-correct-horse"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def accounts(database: Database, audit: Audit, passwords: Passwords, clock: Any) -> Accounts:
    return Accounts(database=database, audit=audit, passwords=passwords, now=clock)


@pytest.fixture
def logins(database: Database, audit: Audit, passwords: Passwords, clock: Any) -> Logins:
    return Logins(database=database, audit=audit, passwords=passwords, now=clock)


@pytest.fixture
def admin(accounts: Accounts) -> Account:
    token = accounts.first_link()
    assert token is not None
    return accounts.redeem(token, PASSWORD, name="boss", display_name="局长")


@pytest.fixture
def zhang(accounts: Accounts, admin: Account) -> Account:
    _, token = accounts.create(admin.actor, name="Zhang", display_name="小张", role=Role.CLERK)
    return accounts.redeem(token, PASSWORD)


def test_the_first_link_makes_one_administrator_and_then_no_more(accounts: Accounts) -> None:
    older = accounts.first_link()
    newer = accounts.first_link()
    assert older is not None
    assert newer is not None
    with pytest.raises(AccessError):
        accounts.redeem(older, PASSWORD, name="thief")
    account = accounts.redeem(newer, PASSWORD, name="boss")
    assert (account.role, account.has_password) == (Role.ADMIN, True)
    with pytest.raises(AccessError):
        accounts.redeem(newer, PASSWORD, name="thief")
    assert accounts.first_link() is None


def test_a_first_link_dies_when_an_administrator_was_made_otherwise(accounts: Accounts) -> None:
    token = accounts.first_link()
    assert token is not None
    accounts.create(SYSTEM, name="boss", display_name="", role=Role.ADMIN)
    with pytest.raises(AccessError):
        accounts.link_is_for(token)


def test_a_link_dies_after_a_day(accounts: Accounts, clock: Any) -> None:
    _, token = accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    clock.forward(hours=25)
    with pytest.raises(AccessError):
        accounts.redeem(token, PASSWORD)


def test_a_bad_password_leaves_the_link_good(accounts: Accounts) -> None:
    _, token = accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    with pytest.raises(QueryError):
        accounts.redeem(token, "short")
    assert accounts.redeem(token, PASSWORD).has_password


@pytest.mark.parametrize("password", ["", "abc", "a" * 20, "ababababababab", "zhang-2026-zhang", "x1" * 100])
def test_refuses_weak_passwords(accounts: Accounts, password: str) -> None:
    _, token = accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    with pytest.raises(QueryError):
        accounts.redeem(token, password)


@pytest.mark.parametrize("name", ["", "a", "张三", "has space", "../x", "-dash", "x" * 33])
def test_refuses_names_that_cannot_be_typed_everywhere(accounts: Accounts, name: str) -> None:
    with pytest.raises(QueryError):
        accounts.create(SYSTEM, name=name, display_name="", role=Role.CLERK)


def test_refuses_a_name_twice_however_it_is_written(accounts: Accounts) -> None:
    accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    with pytest.raises(ConflictError):
        accounts.create(SYSTEM, name=" ZHANG ", display_name="", role=Role.ADMIN)


def test_who_logs_in_is_known_by_the_token(logins: Logins, zhang: Account) -> None:
    token, actor = logins.open("ZHANG", PASSWORD)
    assert actor == logins.check(token) == Actor(zhang.account_id, "小张", Role.CLERK)


@pytest.mark.parametrize(("name", "password"), [("zhang", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_wrong_names_and_passwords_get_one_and_the_same_answer(
    logins: Logins, zhang: Account, name: str, password: str
) -> None:
    with pytest.raises(AccessError, match="登录名或密码不对"):
        logins.open(name, password)


def test_an_account_without_a_password_cannot_log_in(logins: Logins, accounts: Accounts) -> None:
    accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    with pytest.raises(AccessError):
        logins.open("zhang", "")


def _fail(logins: Logins, times: int) -> None:
    for _ in range(times):
        with pytest.raises(AccessError):
            logins.open("zhang", "wrong")


def test_too_many_wrong_passwords_lock_the_account_for_a_while(logins: Logins, zhang: Account, clock: Any) -> None:
    _fail(logins, MAX_FAILURES)
    with pytest.raises(RateLimitedError) as caught:
        logins.open("zhang", PASSWORD)
    assert caught.value.retry_after_s > 0
    clock.forward(minutes=16)
    assert logins.open("zhang", PASSWORD)


def test_a_right_password_forgives_the_wrong_ones_before(logins: Logins, zhang: Account) -> None:
    for _ in range(3):
        _fail(logins, MAX_FAILURES - 1)
        logins.open("zhang", PASSWORD)


def test_a_login_ends_when_idle_and_after_a_working_day(logins: Logins, zhang: Account, clock: Any) -> None:
    token, _ = logins.open("zhang", PASSWORD)
    clock.forward(minutes=119)
    assert logins.check(token)
    clock.forward(minutes=119)
    assert logins.check(token)
    clock.forward(minutes=121)
    with pytest.raises(AccessError):
        logins.check(token)
    token, _ = logins.open("zhang", PASSWORD)
    for _ in range(7):
        clock.forward(minutes=100)
        assert logins.check(token)
    clock.forward(minutes=100)
    with pytest.raises(AccessError):
        logins.check(token)


def test_logging_out_ends_that_login_only(logins: Logins, zhang: Account) -> None:
    first, _ = logins.open("zhang", PASSWORD)
    second, _ = logins.open("zhang", PASSWORD)
    logins.close(first)
    with pytest.raises(AccessError):
        logins.check(first)
    assert logins.check(second)


def test_disabling_ends_logins_at_once_and_enabling_lets_in_again(
    logins: Logins, accounts: Accounts, zhang: Account, admin: Account
) -> None:
    token, _ = logins.open("zhang", PASSWORD)
    version = accounts.get(zhang.account_id).version
    disabled = accounts.change(admin.actor, zhang.account_id, version=version, disabled=True)
    with pytest.raises(AccessError):
        logins.check(token)
    with pytest.raises(AccessError):
        logins.open("zhang", PASSWORD)
    accounts.change(admin.actor, zhang.account_id, version=disabled.version, disabled=False)
    assert logins.open("zhang", PASSWORD)


def test_a_reset_ends_logins_and_the_old_password(logins: Logins, accounts: Accounts, zhang: Account) -> None:
    token, _ = logins.open("zhang", PASSWORD)
    link = accounts.reset(SYSTEM, zhang.account_id)
    for call in (lambda: logins.check(token), lambda: logins.open("zhang", PASSWORD)):
        with pytest.raises(AccessError):
            call()
    accounts.redeem(link, "another-good-one")
    assert logins.open("zhang", "another-good-one")


def test_ones_own_password_needs_the_old_one(logins: Logins, accounts: Accounts, zhang: Account) -> None:
    with pytest.raises(AccessError):
        accounts.change_password(zhang.actor, "wrong", "another-good-one")
    accounts.change_password(zhang.actor, PASSWORD, "another-good-one")
    with pytest.raises(AccessError):
        logins.open("zhang", PASSWORD)
    assert logins.open("zhang", "another-good-one")


@pytest.mark.parametrize("change", [{"role": Role.CLERK}, {"disabled": True}])
def test_the_last_administrator_stays(accounts: Accounts, admin: Account, change: dict[str, Any]) -> None:
    with pytest.raises(ConflictError):
        accounts.change(admin.actor, admin.account_id, version=admin.version, **change)
    assert accounts.get(admin.account_id).role is Role.ADMIN


def test_two_administrators_cannot_overwrite_each_other(accounts: Accounts, admin: Account, zhang: Account) -> None:
    accounts.change(admin.actor, zhang.account_id, version=zhang.version, role=Role.EDITOR)
    with pytest.raises(StaleVersionError):
        accounts.change(admin.actor, zhang.account_id, version=zhang.version, role=Role.ADMIN)


def test_a_role_includes_the_ones_before_it_and_nobody_else_has_any() -> None:
    assert Role.ADMIN.includes(Role.CLERK)
    assert not Role.CLERK.includes(Role.EDITOR)
    Actor("x", "", Role.EDITOR).require(Role.EDITOR)
    for role in (Role.CLERK, None):
        with pytest.raises(ForbiddenError):
            Actor("x", "", role).require(Role.EDITOR)


def test_no_password_and_no_token_is_stored(database: Database, accounts: Accounts, logins: Logins) -> None:
    account, link = accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    accounts.redeem(link, PASSWORD)
    token, _ = logins.open("zhang", PASSWORD)
    open_link = accounts.reset(SYSTEM, account.account_id)
    with database.reading() as session:
        tables = [row[0] for row in session.execute(text("SELECT name FROM sqlite_master WHERE type='table'"))]
        stored = "".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)
    assert not [secret for secret in (PASSWORD, link, token, open_link) if secret in stored]


def test_the_real_hasher_is_argon2id_with_a_real_cost() -> None:
    hashed = Passwords().hash(PASSWORD, name="zhang")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,")


def test_an_unknown_account_is_not_found(accounts: Accounts) -> None:
    for call in (lambda: accounts.get("x"), lambda: accounts.named("x"), lambda: accounts.reset(SYSTEM, "x")):
        with pytest.raises(NotFoundError):
            call()


def test_one_link_used_twice_at_the_same_time_sets_one_password(accounts: Accounts) -> None:
    _, token = accounts.create(SYSTEM, name="zhang", display_name="", role=Role.CLERK)
    outcomes: list[bool] = []

    def redeem(number: int) -> None:
        try:
            accounts.redeem(token, f"good-password-{number}")
            outcomes.append(True)
        except AccessError:
            outcomes.append(False)

    threads = [threading.Thread(target=redeem, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
