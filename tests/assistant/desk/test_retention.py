from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, text

from assistant.desk.actors import SYSTEM, Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.curated import CuratedAnswers
from assistant.desk.curated_records import CuratedSource, CuratedText
from assistant.desk.intake import Intake
from assistant.desk.retention import Retention
from assistant.desk.tickets import Tickets
from assistant.errors import ForbiddenError
from assistant.replies import REASON_PERSON, Answer, Handoff, Turn
from assistant.sessions import Conversations, Feedback
from corpus.database import Database

Make = Callable[..., Turn]
ADMIN = Actor("a-admin", "局长", Role.ADMIN)
WORDS = "张家湾村的补贴"


@pytest.fixture
def retention(database: Database, audit: Audit, clock: Any) -> Retention:
    return Retention(database=database, audit=audit, keep=dt.timedelta(days=30), now=clock)


def dump(database: Database) -> str:
    """Return everything that stands in any table."""
    names = inspect(database.engine).get_table_names()
    with database.reading() as session:
        return "\n".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in names)


def test_words_kept_long_enough_are_deleted_everywhere_and_the_audit_stays_whole(
    conversations: Conversations, tickets: Tickets, retention: Retention, turn: Make, clerk: Actor, audit: Audit,
    database: Database, clock: Any,
) -> None:  # fmt: skip
    asked = conversations.record(turn(WORDS))
    assert isinstance(asked.reply, Handoff)
    conversations.rate(asked.reply_id, Feedback("down", "wrong", f"{WORDS}答错了"))
    tickets.answer(clerk, asked.reply.ticket_id or "", version=1, text=f"{WORDS}没有。")
    clock.forward(days=29)
    conversations.record(turn("新来的问题", session_id="s2"))
    assert retention.run().sessions == 0
    clock.forward(days=2)
    assert (retention.run().sessions, retention.run().sessions) == (1, 0)
    assert "张家湾" not in dump(database)
    assert "新来的问题" in dump(database)
    assert tickets.get(asked.reply.ticket_id or "").state == "answered"
    assert audit.verify().broken_at is None


def test_a_visitor_is_forgotten_on_request_by_an_administrator(
    conversations: Conversations, retention: Retention, turn: Make, clerk: Actor, audit: Audit, database: Database
) -> None:
    conversations.record(turn(WORDS))
    conversations.record(turn("别人的问题", session_id="s2"))
    with pytest.raises(ForbiddenError):
        retention.forget(clerk, "s1")
    assert (retention.forget(ADMIN, "s1").sessions, retention.forget(ADMIN, "unknown").sessions) == (1, 0)
    assert "张家湾" not in dump(database)
    assert "别人的问题" in dump(database)
    assert audit.verify().broken_at is None


PHONES = ["13812345678", "138 1234 5678", "+8613812345678", "１３８１２３４５６７８", "138-1234-5678"]
ID_CARDS = ["152301199001011234", "15230119900101123X"]


@pytest.mark.parametrize("number", [*PHONES, *ID_CARDS])
def test_no_table_ever_holds_a_phone_or_id_number(
    database: Database, conversations: Conversations, tickets: Tickets, intake: Intake, audit: Audit, turn: Make,
    editor: Actor, number: str,
) -> None:  # fmt: skip
    answered = conversations.record(turn(f"我电话{number}，异议期几个月", Answer("三个月。", (), 0.9)))
    conversations.rate(answered.reply_id, Feedback("down", "wrong", f"打我{number}"))
    person = Handoff("请找窗口。", REASON_PERSON, "窗口", 1.0)
    asked = conversations.record(turn(f"转人工，打{number}", person))
    assert isinstance(asked.reply, Handoff)
    intake.open(answered.reply_id, contact=f"手机{number}")
    ticket_id = asked.reply.ticket_id or ""
    tickets.answer(editor, ticket_id, version=1, text=f"已打{number}。")
    source = CuratedSource("答复", reference=ticket_id)
    content = CuratedText(
        question=f"{number}的问题", text=f"找{number}", sources=(source,), review_due=dt.date(2027, 1, 1),
        similar=(f"问{number}",), negative=(f"不问{number}",),
    )  # fmt: skip
    CuratedAnswers(database=database, audit=audit).create(SYSTEM, content)
    stored = re.sub(r"'(?:[0-9a-f]{16,64}|gAAAA[\w=-]+)'", "", dump(database))  # our own ids and hashes; what is sealed
    assert not re.search(r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|\d{17}[\dXx]", stored)
    assert number not in stored
    assert ("138****5678" in stored) is (number in PHONES)
