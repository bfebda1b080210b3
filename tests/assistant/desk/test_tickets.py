from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.intake import MAX_OPEN_PER_SESSION, Intake
from assistant.desk.ticket_records import Origin, Ticket, TicketFilter, TicketState
from assistant.desk.tickets import Tickets
from assistant.errors import ConflictError, NotFoundError, QueryError, RateLimitedError, StaleVersionError
from assistant.replies import REASON_PERSON, Abstention, Answer, Channel, Handoff, Turn
from assistant.sessions import Conversations, Feedback
from corpus.database import Database

Make = Callable[..., Turn]


@pytest.fixture
def ticket(conversations: Conversations, tickets: Tickets, turn: Make) -> Ticket:
    return tickets.get(_ticket_id(conversations.record(turn("村里合作社商标补贴多少"))))


def _ticket_id(turn: Turn) -> str:
    assert isinstance(turn.reply, Handoff)
    assert turn.reply.ticket_id is not None
    return turn.reply.ticket_id


def _all(tickets: Tickets) -> list[Ticket]:
    return tickets.find(TicketFilter())[0]


def test_a_handoff_opens_a_ticket_that_leads_to_its_conversation_and_evidence(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    stored = conversations.record(turn("村里合作社商标补贴多少"))
    ticket = tickets.get(_ticket_id(stored))
    assert (ticket.state, ticket.origin, ticket.channel) == (TicketState.NEW, Origin.ABSTENTION, Channel.WEB)
    assert conversations.reply(ticket.reply_id or "").reply == stored.reply
    assert [each.query for each in conversations.history(ticket.session_id)] == ["村里合作社商标补贴多少"]


def test_a_gap_and_an_absent_fact_open_tickets_as_handoffs(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    reply = Handoff(text="请找窗口。", reason="missing phone", desk="窗口", confidence=0.4)
    assert tickets.get(_ticket_id(conversations.record(turn("电话多少", reply)))).origin is Origin.HANDOFF


@pytest.mark.parametrize("reply", [Answer("三个月。", (), 0.9), Abstention("不在范围里。")])
def test_answers_and_abstentions_off_topic_open_none(
    conversations: Conversations, tickets: Tickets, turn: Make, reply: Answer | Abstention
) -> None:
    conversations.record(turn("今天天气", reply))
    assert _all(tickets) == []


def test_the_desk_itself_opens_no_tickets(conversations: Conversations, tickets: Tickets, turn: Make) -> None:
    conversations.record(turn("补贴多少", channel=Channel.DESK))
    assert _all(tickets) == []


def test_the_same_question_again_in_a_session_keeps_its_ticket(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    first = _ticket_id(conversations.record(turn("补贴多少")))
    assert _ticket_id(conversations.record(turn("补贴多少"))) == first
    assert _ticket_id(conversations.record(turn("补贴多少", session_id="s2"))) != first
    assert len(_all(tickets)) == 2


def test_a_closed_question_asked_again_opens_another(
    conversations: Conversations, tickets: Tickets, turn: Make, ticket: Ticket, clerk: Actor
) -> None:
    tickets.close(clerk, ticket.ticket_id, version=1)
    assert _ticket_id(conversations.record(turn(ticket.question))) != ticket.ticket_id


def test_who_asks_for_a_person_gets_a_ticket_about_the_question_before(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    asked = conversations.record(turn("异议期几个月", Answer("三个月。", (), 0.9)))
    person = Handoff(text="请找窗口。", reason=REASON_PERSON, desk="窗口", confidence=1.0)
    ticket = tickets.get(_ticket_id(conversations.record(turn("转人工，我的电话13812345678", person))))
    assert (ticket.origin, ticket.question, ticket.reply_id) == (Origin.PERSON, "异议期几个月", asked.reply_id)
    assert ticket.contact == "138****5678"


def test_who_asks_for_a_person_after_a_handoff_waits_for_one_on_the_same_ticket(
    conversations: Conversations, tickets: Tickets, turn: Make, clerk: Actor
) -> None:
    ticket_id = _ticket_id(conversations.record(turn("补贴多少")))
    person = Handoff(text="请找窗口。", reason=REASON_PERSON, desk="窗口", confidence=1.0)
    assert _ticket_id(conversations.record(turn("转人工", person))) == ticket_id
    assert tickets.get(ticket_id).origin is Origin.PERSON
    tickets.take(clerk, ticket_id, version=tickets.get(ticket_id).version)
    assert tickets.human_service(session_id="s1")


def test_one_session_cannot_fill_the_list(conversations: Conversations, tickets: Tickets, turn: Make) -> None:
    for number in range(MAX_OPEN_PER_SESSION + 3):
        last = conversations.record(turn(f"补贴{number}"))
    assert len(_all(tickets)) == MAX_OPEN_PER_SESSION
    assert isinstance(last.reply, Handoff)
    assert last.reply.ticket_id is None


def test_a_thumb_down_opens_one_ticket_and_a_reason_no_second(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    reply_id = conversations.record(turn("异议期几个月", Answer("三个月。", (), 0.9))).reply_id
    conversations.rate(reply_id, Feedback(rating="up"))
    assert _all(tickets) == []
    conversations.rate(reply_id, Feedback(rating="down"))
    conversations.rate(reply_id, Feedback(rating="down", reason="wrong"))
    assert [(each.origin, each.reply_id) for each in _all(tickets)] == [(Origin.FEEDBACK, reply_id)]


def test_a_reader_of_a_reply_can_ask_for_a_person(
    conversations: Conversations, intake: Intake, tickets: Tickets, turn: Make
) -> None:
    reply_id = conversations.record(turn("异议期几个月", Answer("三个月。", (), 0.9))).reply_id
    ticket_id = intake.open(reply_id, contact="电话 138 1234 5678")
    assert intake.open(reply_id) == ticket_id
    ticket = tickets.get(ticket_id)
    assert (ticket.origin, ticket.contact) == (Origin.PERSON, "138****5678")
    with pytest.raises(NotFoundError):
        intake.open("unknown")


def test_asking_for_a_person_over_and_over_is_limited(conversations: Conversations, intake: Intake, turn: Make) -> None:
    replies = [conversations.record(turn(f"问{number}", Answer("是。", (), 0.9))) for number in range(6)]
    for reply in replies[:-1]:
        intake.open(reply.reply_id)
    with pytest.raises(RateLimitedError):
        intake.open(replies[-1].reply_id)


def test_a_reply_and_its_ticket_are_stored_together_or_not_at_all(
    conversations: Conversations, tickets: Tickets, turn: Make
) -> None:
    stored = conversations.record(turn("补贴多少"))
    with pytest.raises(Exception, match="UNIQUE"):
        conversations.record(replace(turn("别的补贴"), reply_id=stored.reply_id))
    assert [each.question for each in _all(tickets)] == ["补贴多少"]


def test_goes_from_new_over_taken_and_answered_to_closed(tickets: Tickets, ticket: Ticket, clerk: Actor) -> None:
    taken = tickets.take(clerk, ticket.ticket_id, version=1)
    answered = tickets.answer(clerk, ticket.ticket_id, version=2, text=" 请带营业执照来。 ")
    closed = tickets.close(clerk, ticket.ticket_id, version=3)
    assert [taken.state, answered.state, closed.state] == ["taken", "answered", "closed"]
    assert (taken.assignee, answered.answer, closed.version) == (clerk.account_id, "请带营业执照来。", 4)


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], "release"), ([], "reopen"), (["take"], "take"), (["take", "answer"], "take"),
        (["take", "answer"], "release"), (["close"], "answer"), (["close"], "close"), (["take"], "reopen"),
    ],
)  # fmt: skip
def test_refuses_steps_that_its_state_does_not_allow(
    tickets: Tickets, ticket: Ticket, clerk: Actor, before: list[str], step: str
) -> None:
    def go(step: str, version: int) -> None:
        extra = {"text": "好。"} if step == "answer" else {}
        getattr(tickets, step)(clerk, ticket.ticket_id, version=version, **extra)

    for number, each in enumerate(before, start=1):
        go(each, number)
    with pytest.raises(ConflictError):
        go(step, len(before) + 1)


def test_two_clerks_cannot_take_the_same_ticket(tickets: Tickets, ticket: Ticket, clerk: Actor, editor: Actor) -> None:
    tickets.take(clerk, ticket.ticket_id, version=1)
    with pytest.raises(StaleVersionError) as caught:
        tickets.take(editor, ticket.ticket_id, version=1)
    assert caught.value.wanted == 2
    assert tickets.get(ticket.ticket_id).assignee == clerk.account_id


def test_can_be_passed_on_and_given_back(tickets: Tickets, ticket: Ticket, clerk: Actor, editor: Actor) -> None:
    assert tickets.reassign(clerk, ticket.ticket_id, version=1, assignee=editor.account_id).assignee == "a-editor"
    released = tickets.release(clerk, ticket.ticket_id, version=2)
    assert (released.state, released.assignee) == (TicketState.NEW, None)


def test_the_answer_waits_for_the_visitor_of_that_session_only(tickets: Tickets, ticket: Ticket, clerk: Actor) -> None:
    tickets.answer(clerk, ticket.ticket_id, version=1, text="带营业执照。")
    assert [each.answer for each in tickets.answers_for(ticket.session_id)] == ["带营业执照。"]
    assert tickets.answers_for("another") == []
    tickets.mark_seen(ticket.session_id)
    assert tickets.get(ticket.ticket_id).seen_at is not None
    again = tickets.answer(clerk, ticket.ticket_id, version=2, text="更正：还要身份证复印件。")
    assert again.seen_at is None


class OutboxFake:
    def __init__(self) -> None:
        self.put_for: list[tuple[str, str | None, str | None]] = []

    def put(self, session: Session, ticket: Ticket) -> None:
        assert session.in_transaction()
        self.put_for.append((ticket.ticket_id, ticket.visitor, ticket.answer))


def test_the_answer_goes_to_the_outbox_of_the_channel(
    database: Database, audit: Audit, conversations: Conversations, turn: Make, clerk: Actor
) -> None:
    outbox = OutboxFake()
    tickets = Tickets(database=database, audit=audit, outboxes={Channel.WECHAT: outbox})
    on_web = _ticket_id(conversations.record(turn("补贴多少")))
    on_wechat = _ticket_id(
        conversations.record(turn("补贴多少", session_id="w", channel=Channel.WECHAT), visitor="hash")
    )
    for ticket_id in (on_web, on_wechat):
        tickets.answer(clerk, ticket_id, version=1, text="没有补贴。")
    assert outbox.put_for == [(on_wechat, "hash", "没有补贴。")]


def test_says_when_a_person_is_at_work_so_that_bots_keep_silent(
    tickets: Tickets, conversations: Conversations, turn: Make, clerk: Actor
) -> None:
    person = Handoff(text="请找窗口。", reason=REASON_PERSON, desk="窗口", confidence=1.0)
    ticket_id = _ticket_id(conversations.record(turn("转人工", person), visitor="v1"))
    assert not tickets.human_service(session_id="s1")
    tickets.take(clerk, ticket_id, version=1)
    assert tickets.human_service(session_id="s1")
    assert tickets.human_service(visitor="v1")
    assert not tickets.human_service(visitor="v2")
    tickets.answer(clerk, ticket_id, version=2, text="好。")
    assert not tickets.human_service(visitor="v1")


@pytest.mark.parametrize("text", ["", "  ", "长" * 4001])
def test_refuses_empty_and_endless_answers(tickets: Tickets, ticket: Ticket, clerk: Actor, text: str) -> None:
    with pytest.raises(QueryError):
        tickets.answer(clerk, ticket.ticket_id, version=1, text=text)


def test_masks_personal_numbers_in_answers_but_leaves_the_windows_own(
    tickets: Tickets, ticket: Ticket, clerk: Actor
) -> None:
    text = "张先生１３８12345678，身份证152301199001011234，请打 0475-8836600，全角标点，照旧。"
    answer = tickets.answer(clerk, ticket.ticket_id, version=1, text=text).answer
    assert answer == "张先生[手机号]，身份证[身份证号]，请打 0475-8836600，全角标点，照旧。"


def test_finds_by_state_person_words_and_lateness(
    tickets: Tickets, conversations: Conversations, turn: Make, clerk: Actor, clock: Callable[[], object]
) -> None:
    first = _ticket_id(conversations.record(turn("商标 100% 补贴")))
    second = _ticket_id(conversations.record(turn("专利费减")))
    tickets.take(clerk, second, version=1)

    def found(**wanted: object) -> list[str]:
        return [each.ticket_id for each in tickets.find(TicketFilter(**wanted))[0]]  # type: ignore[arg-type]

    assert found(state=TicketState.NEW) == [first]
    assert found(assignee=clerk.account_id) == [second]
    assert found(words="商标 100%") == [first]
    assert found(words="%") == [first]
    assert found(words=second[-6:].lower()) == [second]
    assert found(overdue=True) == []
    clock.forward(days=3)  # type: ignore[attr-defined]
    assert set(found(overdue=True)) == {first, second}


def test_pages_do_not_overlap(tickets: Tickets, conversations: Conversations, turn: Make) -> None:
    for number in range(5):
        conversations.record(turn(f"补贴{number}", session_id=f"s{number}"))
    pages = [tickets.find(TicketFilter(), page=page, page_size=2) for page in (1, 2, 3)]
    assert [total for _, total in pages] == [5, 5, 5]
    assert len({each.ticket_id for found, _ in pages for each in found}) == 5


def test_every_step_leaves_a_line_in_the_audit_without_words(
    tickets: Tickets, ticket: Ticket, clerk: Actor, audit: Audit
) -> None:
    tickets.take(clerk, ticket.ticket_id, version=1)
    tickets.answer(clerk, ticket.ticket_id, version=2, text="带营业执照。")
    entries, _ = audit.entries(record_id=ticket.ticket_id)
    assert [entry.action for entry in entries] == ["ticket.answer", "ticket.take", "ticket.open"]
    assert "营业执照" not in str(entries)
    assert ticket.question not in str(entries)
    assert audit.verify().broken_at is None
