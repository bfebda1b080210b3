"""A number that a visitor leaves: sealed, for one person's eyes, gone when it is no longer needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from assistant.channels.identity import Identity
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.contacts import Contacts
from assistant.desk.intake import Intake
from assistant.desk.retention import Retention
from assistant.desk.tickets import Tickets
from assistant.errors import ForbiddenError, NotFoundError
from assistant.masking import only_a_phone
from assistant.replies import REASON_PERSON, Answer, Clarification, Handoff, Turn
from assistant.sessions import Conversations
from corpus.database import Database

Make = Callable[..., Turn]
PHONE = "13812345678"
PERSON = Handoff("电话记下了。", REASON_PERSON, "窗口", 1.0)


@pytest.fixture
def ticket_id(conversations: Conversations, turn: Make) -> str:
    """Return the ticket of a visitor who asked, and then left a number."""
    asked = conversations.record(turn("合作社的补贴"))
    conversations.record(turn(f"我的电话 {PHONE}", PERSON))
    assert isinstance(asked.reply, Handoff)
    return asked.reply.ticket_id or ""


def test_only_who_took_the_ticket_sees_the_number_and_each_look_is_noted(
    contacts: Contacts, tickets: Tickets, ticket_id: str, clerk: Actor, editor: Actor, audit: Audit
) -> None:
    assert tickets.get(ticket_id).contact == "138****5678"
    with pytest.raises(ForbiddenError, match="先领取"):
        contacts.show(clerk, ticket_id)
    tickets.take(clerk, ticket_id, version=1)
    assert contacts.show(clerk, ticket_id) == PHONE
    with pytest.raises(ForbiddenError):
        contacts.show(editor, ticket_id)
    tickets.reassign(clerk, ticket_id, version=2, assignee=editor.account_id)
    with pytest.raises(ForbiddenError):
        contacts.show(clerk, ticket_id)
    assert contacts.show(editor, ticket_id) == PHONE
    looks = [entry.actor for entry in audit.entries(record_id=ticket_id)[0] if entry.action == "ticket.contact"]
    assert looks == [editor.account_id, clerk.account_id]
    assert PHONE not in str(audit.entries()[0])


def test_the_number_goes_when_the_ticket_is_closed(
    contacts: Contacts, tickets: Tickets, ticket_id: str, clerk: Actor, database: Database
) -> None:
    tickets.take(clerk, ticket_id, version=1)
    tickets.close(clerk, ticket_id, version=2)
    with database.reading() as session:
        assert session.execute(text("SELECT contact_sealed FROM tickets")).scalar_one() is None
    tickets.reopen(clerk, ticket_id, version=3)
    with pytest.raises(NotFoundError):
        contacts.show(clerk, ticket_id)


def test_the_number_goes_with_the_visitors_words(
    contacts: Contacts, tickets: Tickets, ticket_id: str, clerk: Actor, database: Database, audit: Audit, clock: Any
) -> None:
    tickets.take(clerk, ticket_id, version=1)
    clock.forward(days=31)
    Retention(database=database, audit=audit, keep=dt.timedelta(days=30), now=clock).run()
    with pytest.raises(NotFoundError):
        contacts.show(clerk, ticket_id)


def test_with_another_key_the_number_is_lost_and_nothing_else(
    tickets: Tickets, ticket_id: str, clerk: Actor, database: Database, audit: Audit
) -> None:
    other = Contacts(database=database, audit=audit, identity=lambda: Identity(b"another key of the desk"))
    tickets.take(clerk, ticket_id, version=1)
    with pytest.raises(NotFoundError):
        other.show(clerk, ticket_id)
    assert tickets.get(ticket_id).contact == "138****5678"


def test_a_number_left_in_passing_or_on_the_replys_page_is_kept_too(
    conversations: Conversations, contacts: Contacts, intake: Intake, tickets: Tickets, turn: Make, clerk: Actor
) -> None:
    answered = conversations.record(turn("异议期几个月", Answer("三个月。", (), 0.9)))
    ticket_id = intake.open(answered.reply_id, contact="139 1234 5678")
    tickets.take(clerk, ticket_id, version=1)
    assert contacts.show(clerk, ticket_id) == "13912345678"
    conversations.record(turn(f"改打{PHONE}", Clarification("窗口的人看得到。")))
    assert contacts.show(clerk, ticket_id) == PHONE


@pytest.mark.parametrize(
    ("said", "only"),
    [
        (PHONE, True), ("我的电话是138 1234 5678", True), ("手机号：１３８１２３４５６７８。", True),
        (f"{PHONE}，请给我回电话", True), (f"+86 {PHONE} 联系我", True), (f"{PHONE} 专利年费多少钱", False),
        ("你们电话多少", False), ("152301199001011234", False), ("", False),
    ],
)  # fmt: skip
def test_a_number_alone_is_told_from_a_question(said: str, only: bool) -> None:
    assert only_a_phone(said) is only
