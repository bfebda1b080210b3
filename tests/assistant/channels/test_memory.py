"""What the channels remember: one answer for each message, nothing lost, no id in the clear."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr, ValidationError
from sqlalchemy import event, select

from assistant.channels.accounts import WechatAccount, WecomApp
from assistant.channels.identity import Identity, load_key
from assistant.channels.inbox import Arrival, Arrived, Inbox
from assistant.channels.outbox import BACKOFF_S, MAX_ATTEMPTS, Outbox
from assistant.channels.tables import ChannelVisitorRow, InboxRow, OutboxRow, ProofRow
from assistant.channels.visitors import Visitors
from assistant.errors import SettingsError
from corpus.database import MIGRATIONS_DIR, Base, Database, sqlite_url, upgrade

START = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
DOOR = "wechat/window"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(database: Database, clock: Clock) -> Outbox:
    return Outbox(database=database, now=clock)


@pytest.fixture
def inbox(database: Database, outbox: Outbox, clock: Clock) -> Inbox:
    return Inbox(database=database, outbox=outbox, now=clock)


def arrival(key: str = "1", *, proof: str | None = None, visitor: str = "v" * 64) -> Arrival:
    return Arrival(door=DOOR, key=key, proof=proof or f"proof-{key}", visitor=visitor, query="问题", address="sealed")


def put(database: Database, outbox: Outbox, text: str, visitor: str = "v" * 64) -> None:
    with database.writing() as session:
        outbox.add(session, door=DOOR, visitor=visitor, text=text)


def test_a_message_is_new_once(inbox: Inbox) -> None:
    assert inbox.accept(arrival()) is Arrived.NEW
    assert inbox.accept(arrival(proof="another delivery")) is Arrived.AGAIN


def test_a_proof_used_for_another_message_or_after_a_minute_is_a_replay(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(arrival("1", proof="p"))
    assert inbox.accept(arrival("2", proof="p")) is Arrived.REPLAY
    assert inbox.accept(arrival("1", proof="p")) is Arrived.AGAIN
    clock.pass_s(61)
    assert inbox.accept(arrival("1", proof="p")) is Arrived.REPLAY


def test_the_same_number_at_another_door_is_another_message(inbox: Inbox) -> None:
    inbox.accept(arrival())
    other = Arrival(door="wecom/app", key="1", proof="proof-1", visitor="w", query="问")
    assert inbox.accept(other) is Arrived.NEW


def test_an_answer_in_time_is_passive_and_a_later_one_goes_to_the_outbox(inbox: Inbox, outbox: Outbox) -> None:
    inbox.accept(arrival("1"))
    assert inbox.finish(DOOR, "1", "答案一") is True
    inbox.accept(arrival("2"))
    assert inbox.defer(DOOR, "2", "请稍等") == "请稍等"
    assert inbox.finish(DOOR, "2", "答案二") is False
    assert [delivery.text for delivery in outbox.due([DOOR])] == ["答案二"]
    assert inbox.body(DOOR, "2") == "请稍等"


def test_an_answer_at_the_last_moment_wins_over_the_acknowledgement(inbox: Inbox, outbox: Outbox) -> None:
    inbox.accept(arrival())
    inbox.finish(DOOR, "1", "答案")
    assert inbox.defer(DOOR, "1", "请稍等") == "答案"
    assert outbox.due([DOOR]) == []


def test_a_second_worker_finishing_changes_nothing(inbox: Inbox, outbox: Outbox) -> None:
    inbox.accept(arrival())
    inbox.defer(DOOR, "1", "请稍等")
    inbox.finish(DOOR, "1", "答案")
    assert inbox.finish(DOOR, "1", "另一个答案") is False
    assert [delivery.text for delivery in outbox.due([DOOR])] == ["答案"]


def test_the_question_is_masked_while_it_waits_and_gone_when_answered(inbox: Inbox, database: Database) -> None:
    inbox.accept(Arrival(door=DOOR, key="1", proof="p", visitor="v", query="打我13812345678"))
    with database.reading() as session:
        assert session.get_one(InboxRow, (DOOR, "1")).query == "打我[手机号]"
    inbox.finish(DOOR, "1", "答案")
    with database.reading() as session:
        assert session.get_one(InboxRow, (DOOR, "1")).query == ""


def test_only_a_message_whose_lease_ran_out_is_taken_over_and_only_once(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(arrival())
    clock.pass_s(19)
    assert inbox.take_abandoned() == []
    inbox.renew([(DOOR, "1")])
    clock.pass_s(19)
    assert inbox.take_abandoned() == []
    clock.pass_s(2)
    assert [(pending.key, pending.attempts) for pending in inbox.take_abandoned()] == [("1", 2)]
    assert inbox.take_abandoned() == []


def test_hundreds_of_leases_are_renewed_in_a_few_statements(inbox: Inbox, database: Database, clock: Clock) -> None:
    keys = [str(number) for number in range(450)]
    for key in keys:
        inbox.accept(arrival(key))
    clock.pass_s(15)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    inbox.renew((DOOR, key) for key in keys)
    assert len([each for each in statements if each.startswith("UPDATE")]) == 3
    clock.pass_s(15)
    assert inbox.take_abandoned() == []


def test_giving_up_for_now_does_not_count_as_an_attempt(inbox: Inbox, clock: Clock) -> None:
    inbox.accept(arrival())
    for _ in range(10):
        inbox.release(DOOR, "1")
        clock.pass_s(4)
        (pending,) = inbox.take_abandoned()
        assert pending.attempts == 1


def test_an_answer_is_fetched_once_by_its_own_visitor(inbox: Inbox, outbox: Outbox, database: Database) -> None:
    put(database, outbox, "答案")
    inbox.accept(arrival("2", visitor="somebody else"))
    assert inbox.fetch_instead(DOOR, "2") is None
    inbox.accept(arrival("3"))
    assert inbox.fetch_instead(DOOR, "3") == "答案"
    inbox.accept(arrival("4"))
    assert inbox.fetch_instead(DOOR, "4") is None
    assert outbox.due([DOOR]) == []


def test_what_is_being_sent_cannot_be_fetched(inbox: Inbox, outbox: Outbox, database: Database, clock: Clock) -> None:
    put(database, outbox, "答案")
    (delivery,) = outbox.due([DOOR])
    inbox.accept(arrival())
    assert inbox.fetch_instead(DOOR, "1") is None
    outbox.sent(delivery)
    clock.pass_s(3600)
    assert inbox.fetch_instead(DOOR, "1") is None


def test_a_delivery_is_taken_by_one_worker_until_its_lease_ends(
    outbox: Outbox, database: Database, clock: Clock
) -> None:
    put(database, outbox, "答案")
    assert len(outbox.due([DOOR])) == 1
    assert outbox.due([DOOR]) == []
    clock.pass_s(61)
    assert len(outbox.due([DOOR])) == 1


def test_a_failing_delivery_is_tried_with_growing_pauses_then_waits_to_be_fetched(
    outbox: Outbox, database: Database, clock: Clock
) -> None:
    put(database, outbox, "答案")
    for pause_s in BACKOFF_S:
        (delivery,) = outbox.due([DOOR])
        outbox.failed(delivery, "busy", final=False)
        clock.pass_s(pause_s - 1)
        assert outbox.due([DOOR]) == []
        clock.pass_s(1)
    (delivery,) = outbox.due([DOOR])
    assert delivery.attempts == MAX_ATTEMPTS
    outbox.failed(delivery, "busy", final=False)
    clock.pass_s(10**6)
    assert outbox.due([DOOR]) == []


def test_a_final_failure_is_not_tried_again_but_can_be_fetched(
    inbox: Inbox, outbox: Outbox, database: Database
) -> None:
    put(database, outbox, "答案")
    (delivery,) = outbox.due([DOOR])
    outbox.failed(delivery, "errcode 45015", final=True)
    assert outbox.due([DOOR]) == []
    assert outbox.waits_for("v" * 64, sends=True)
    inbox.accept(arrival())
    assert inbox.fetch_instead(DOOR, "1") == "答案"


def test_only_doors_that_send_get_deliveries(outbox: Outbox, database: Database) -> None:
    put(database, outbox, "答案")
    assert outbox.due(["wecom/app"]) == []
    assert outbox.waits_for("v" * 64, sends=False)
    assert not outbox.waits_for("v" * 64, sends=True)


def test_what_is_old_is_forgotten_and_what_waits_is_kept(
    inbox: Inbox, outbox: Outbox, database: Database, clock: Clock
) -> None:
    inbox.accept(arrival("1"))
    inbox.finish(DOOR, "1", "答案")
    inbox.accept(arrival("2"))
    put(database, outbox, "等着的")
    clock.pass_s(49 * 3600)
    inbox.forget_old()
    outbox.forget_old()
    with database.reading() as session:
        assert [row.message_key for row in session.scalars(select(InboxRow))] == ["2"]
        assert session.scalars(select(ProofRow)).all() == []
        assert session.get_one(ChannelVisitorRow, "v" * 64).address is None
        assert len(session.scalars(select(OutboxRow)).all()) == 1
    clock.pass_s(7 * 86400)
    outbox.forget_old()
    with database.reading() as session:
        assert session.scalars(select(OutboxRow)).all() == []
        assert len(session.scalars(select(ChannelVisitorRow)).all()) == 1
    clock.pass_s(30 * 86400)
    outbox.forget_old()
    with database.reading() as session:
        assert session.scalars(select(ChannelVisitorRow)).all() == []


def test_choosing_the_assistant_holds_for_half_a_day(inbox: Inbox, database: Database, clock: Clock) -> None:
    inbox.accept(arrival())
    visitors = Visitors(database=database, now=clock)
    visitors.choose_bot("v" * 64, True)
    assert visitors.chose_bot("v" * 64)
    clock.pass_s(12 * 3600 + 1)
    assert not visitors.chose_bot("v" * 64)


def test_an_id_is_hashed_by_key_and_door_and_sealed_for_us_alone() -> None:
    ours, theirs = Identity(b"a" * 32), Identity(b"b" * 32)
    assert ours.visitor(DOOR, "openid") == ours.visitor(DOOR, "openid")
    assert len({ours.visitor(DOOR, "openid"), theirs.visitor(DOOR, "openid"), ours.visitor("wecom/a", "openid")}) == 3
    assert "openid" not in ours.seal("openid")
    assert ours.unseal(ours.seal("openid")) == "openid"
    assert theirs.unseal(ours.seal("openid")) is None


def test_the_installations_secret_is_made_once_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"
    key = load_key("", path)
    assert load_key("", path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret.key"]
    assert load_key("from the settings", path) == b"from the settings"
    path.write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes"):
        load_key("", path)
    with pytest.raises(SettingsError, match="16 or more"):
        Identity(b"too short")


@pytest.mark.parametrize("key", ["", "abc", "a" * 42, "a" * 44, "!" * 43])
def test_a_key_that_is_none_is_refused_with_a_reason(key: str) -> None:
    with pytest.raises(ValidationError, match="43 characters"):
        WechatAccount(app_id="wx", token=SecretStr("token"), aes_key=SecretStr(key))


def test_what_needs_the_secret_asks_for_it() -> None:
    with pytest.raises(ValidationError, match="customer_service without secret"):
        WechatAccount(app_id="wx", token=SecretStr("token"), customer_service=True)
    with pytest.raises(ValidationError, match="markdown without secret"):
        WecomApp(
            corp_id="ww", agent_id=1, token=SecretStr("token"), aes_key=SecretStr("a" * 43), message_type="markdown"
        )


def test_secrets_do_not_show_in_a_printed_account() -> None:
    account = WechatAccount(app_id="wx", token=SecretStr("t0ken"), secret=SecretStr("s3cret"))
    assert "t0ken" not in repr(account)
    assert "s3cret" not in repr(account)


def test_the_migrations_are_one_line_and_make_these_tables(database: Database) -> None:
    script = ScriptDirectory(str(MIGRATIONS_DIR))
    assert len(script.get_heads()) == 1
    tables = {ChannelVisitorRow.__tablename__, InboxRow.__tablename__, ProofRow.__tablename__, OutboxRow.__tablename__}
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [each for each in compare_metadata(context, Base.metadata) if any(t in str(each) for t in tables)]
    assert differences == []


def test_threads_of_one_process_queue_to_write_instead_of_finding_the_file_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.database.BUSY_TIMEOUT_MS", 0)
    upgrade(sqlite_url(tmp_path / "busy.db"))
    database = Database(sqlite_url(tmp_path / "busy.db"))
    outbox = Outbox(database=database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: put(database, outbox, f"答案{number}"), range(80)))
    with database.reading() as session:
        numbers = [row.number for row in session.scalars(select(OutboxRow).order_by(OutboxRow.number))]
    assert numbers == list(range(1, 81))
    database.close()
