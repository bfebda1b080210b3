from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from assistant.desk.actors import Actor
from assistant.desk.exports import Table, as_csv, as_xlsx, safe_cell, tables
from assistant.desk.statistics import Report, Statistics, clusters, districts_in
from assistant.desk.tickets import Tickets
from assistant.errors import QueryError
from assistant.replies import REASON_PERSON, Abstention, Answer, Channel, Clarification, Handoff, Turn
from assistant.sessions import Conversations, Feedback
from corpus.database import Database

Make = Callable[..., Turn]
TODAY = dt.date(2026, 11, 23)
ANSWER = Answer("三个月。", (), 0.9)


@pytest.fixture
def report(database: Database) -> Callable[..., Report]:
    def make(since: dt.date = TODAY, until: dt.date = TODAY) -> Report:
        topics = {"trademark": "商标", "patent": "专利"}
        return Statistics(database=database).report(since, until, topic_of=lambda name: topics.get(name, ""))

    return make


def test_counts_by_day_channel_topic_and_district(
    conversations: Conversations, turn: Make, report: Callable[..., Report], clock: Any
) -> None:
    conversations.record(replace(turn("开鲁县商标多少钱", ANSWER), document_ids=("trademark", "patent")))
    conversations.record(turn("科区补贴多少", session_id="s2"))
    clock.forward(days=1)
    conversations.record(replace(turn("专利年费", ANSWER, channel=Channel.WECHAT), document_ids=("patent",)))
    conversations.record(turn("今天天气", Abstention("不在范围。")))
    conversations.record(turn("你好", Clarification("您好")))
    found = report(TODAY, TODAY + dt.timedelta(days=1))
    assert (found.total.asked, found.total.answered, found.total.handed_over, found.total.abstained) == (4, 2, 1, 1)
    assert [(day.name, day.asked) for day in found.by_day] == [("2026-11-23", 2), ("2026-11-24", 2)]
    assert {each.name: each.asked for each in found.by_channel} == {"web": 3, "wechat": 1}
    assert {each.name: each.asked for each in found.by_topic} == {"商标": 1, "专利": 1}
    assert {each.name: each.asked for each in found.by_district} == {"开鲁县": 1, "科尔沁区": 1}
    assert report().total.asked == 2


def test_who_asks_for_a_person_asks_nothing_that_a_text_could_answer(
    conversations: Conversations, turn: Make, report: Callable[..., Report]
) -> None:
    conversations.record(turn("补贴多少"))
    conversations.record(turn("转人工", Handoff("请找窗口。", REASON_PERSON, "窗口", 1.0)))
    assert [each.question for each in report().unanswered] == ["补贴多少"]
    assert report().total.handed_over == 2


def test_a_day_begins_at_midnight_in_shanghai(
    conversations: Conversations, turn: Make, report: Callable[..., Report], clock: Any
) -> None:
    clock.moment = dt.datetime(2026, 11, 23, 15, 59, tzinfo=dt.UTC)
    conversations.record(turn("最后一分钟"))
    clock.forward(minutes=2)
    conversations.record(turn("第二天"))
    assert report().total.asked == 1


def test_counts_verdicts_and_tickets(
    conversations: Conversations, tickets: Tickets, turn: Make, report: Callable[..., Report], clerk: Actor, clock: Any
) -> None:
    good = conversations.record(turn("一", ANSWER)).reply_id
    bad = conversations.record(turn("二", ANSWER)).reply_id
    conversations.rate(good, Feedback("up"))
    conversations.rate(bad, Feedback("down", "wrong"))
    asked = conversations.record(turn("补贴多少", session_id="s2"))
    assert isinstance(asked.reply, Handoff)
    clock.forward(hours=2)
    tickets.answer(clerk, asked.reply.ticket_id or "", version=1, text="没有。")
    found = report()
    assert (found.satisfaction.up, found.satisfaction.down) == (1, 1)
    assert found.satisfaction.reasons == (("wrong", 1),)
    assert (found.tickets.opened, found.tickets.answered, found.tickets.median_hours) == (2, 1, 2.0)


def test_alike_unanswered_questions_are_one_cluster(
    conversations: Conversations, turn: Make, report: Callable[..., Report]
) -> None:
    questions = ["合作社商标补贴多少", "合作社商标补贴多少钱", "合作社商标补贴多少", "专利质押贷款找哪家银行"]
    for number, query in enumerate(questions):
        conversations.record(turn(query, session_id=f"s{number}"))
    found = report().unanswered
    assert [(each.question, each.asked) for each in found] == [
        ("合作社商标补贴多少", 3), ("专利质押贷款找哪家银行", 1)
    ]  # fmt: skip


def test_the_slowest_replies_come_first(
    conversations: Conversations, turn: Make, report: Callable[..., Report]
) -> None:
    for number in range(30):
        conversations.record(replace(turn(f"问{number}", ANSWER), elapsed_ms=float(number)))
    found = report()
    assert [each.elapsed_ms for each in found.slow[:2]] == [29.0, 28.0]
    assert (found.median_ms, found.p95_ms) == (15.0, 28.0)


def test_a_period_without_questions_has_figures_too(report: Callable[..., Report]) -> None:
    found = report()
    assert (found.total.asked, found.median_ms, found.tickets.median_hours) == (0, 0.0, None)
    assert as_xlsx(tables(found))


@pytest.mark.parametrize(("since", "until"), [(TODAY, dt.date(2026, 11, 22)), (dt.date(2020, 1, 1), TODAY)])
def test_refuses_periods_that_make_no_sense(report: Callable[..., Report], since: dt.date, until: dt.date) -> None:
    with pytest.raises(QueryError):
        report(since, until)


def test_recognises_counties_and_banners_by_what_people_call_them() -> None:
    assert districts_in("科左后旗和霍市的窗口在哪") == ["科左后旗", "霍林郭勒市"]
    assert districts_in("商标多少钱") == []


def test_a_single_character_makes_a_cluster_too() -> None:
    moment = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert [each.question for each in clusters([("？", moment), ("啥", moment)])]


EVIL = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "\r=1", "\n=1", "\u3000=1"]


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_ever_a_formula(text: str) -> None:
    table = Table("表", ("问题",), ((text,), ("平常的",), (-3,)))
    rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    assert rows[2:] == [["平常的"], ["-3"]]
    cells = [row[0] for row in load_workbook(io.BytesIO(as_xlsx([table])))["表"].iter_rows()]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "n"]
    assert str(cells[1].value).startswith("'")


@given(st.text(max_size=50))
def test_whatever_a_visitor_wrote_can_be_exported(text: str) -> None:
    table = Table("表", ("问题",), ((text,),))
    as_xlsx([table])
    safe = safe_cell(text)
    assert isinstance(safe, str)
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))


def test_chinese_opens_in_a_spreadsheet_program_and_every_table_is_a_sheet(report: Callable[..., Report]) -> None:
    found = tables(report())
    assert as_csv(found[0]).startswith(b"\xef\xbb\xbf")
    assert load_workbook(io.BytesIO(as_xlsx(found))).sheetnames == [table.name for table in found]
