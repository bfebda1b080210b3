"""The small pure parts: days, masking, sentences, policy."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.answering.sentences import best_sentence, clip, pieces, sentences
from assistant.days import asked_day, without_day
from assistant.link import Link
from assistant.masking import mask_personal

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("query", "day"),
    [
        ("2027年2月异议期几个月", dt.date(2027, 2, 1)),
        ("2027-01-15提异议", dt.date(2027, 1, 15)),
        ("2028年会有多少件", TODAY),
        ("明年异议期多久", dt.date(2027, 1, 1)),
        ("到2025年要达到多少", TODAY),
        ("2026年还能报吗", TODAY),
        ("2026年12月还能报吗", dt.date(2026, 12, 1)),
        ("2027年13月", TODAY),
        ("2027年2月31日", TODAY),
        ("国知发〔2027〕5号", TODAY),
        ("异议期几个月", TODAY),
    ],
)
def test_only_a_later_day_in_the_question_moves_the_date(query: str, day: dt.date) -> None:
    assert asked_day(query, TODAY) == day


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("我的手机13812345678", "我的手机[手机号]"),
        ("打１３８１２３４５６７８", "打[手机号]"),
        ("138 1234 5678", "[手机号]"),
        ("+86 138-1234-5678", "[手机号]"),
        ("身份证150502199003074512", "身份证[身份证号]"),
        ("15050219900307451X", "[身份证号]"),
        ("150502 19900307 4512", "[身份证号]"),
        ("老身份证150502900307451", "老身份证[身份证号]"),
        ("座机0475-8212345", "座机[电话号]"),
        ("商标号12345678", "商标号12345678"),
        ("专利号ZL202310123456.7", "专利号ZL202310123456.7"),
        ("罚款15000元", "罚款15000元"),
    ],
)
def test_personal_numbers_are_masked_and_others_kept(text: str, stored: str) -> None:
    assert mask_personal(text) == stored


def test_pieces_join_to_the_text_exactly() -> None:
    text = "第一句。第二句！\n\n- 列表一\n- 列表二\n没有句号的尾巴"
    assert "".join(pieces(text)) == text
    assert len(pieces(text)) > 3


def test_the_sentence_with_the_figure_asked_for_leads() -> None:
    text = "商标工作取得成效。有效注册商标总量达到20000件。品牌建设继续推进。"
    assert best_sentence(text, "注册商标要达到多少件") == "有效注册商标总量达到20000件。"


def test_sentences_lose_nothing_but_white_space() -> None:
    text = "一。二！\n三？四"
    assert sentences(text) == ["一。", "二！", "三？", "四"]


@pytest.mark.parametrize("limit", range(8, 30))
def test_clip_never_cuts_inside_a_sentence(limit: int) -> None:
    text = "第一句话说完。第二句话也说完了。\n第三行没有句号"
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith("。")


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("2027年3月异议期多久", "异议期多久"),
        ("2027年3月15日异议", "异议"),
        ("明年异议期", "异议期"),
        ("到2025年多少件", "到2025年多少件"),
    ],
)
def test_a_day_that_moves_the_date_is_not_searched_for(query: str, rest: str) -> None:
    assert without_day(query) == rest


def test_links_follow_each_other_and_are_links_of_a_langchain_chain() -> None:
    both = Link(lambda text: f"{text}b").then(lambda text: f"{text}c")
    assert both.invoke("a") == "abc"
    assert (both | Link(str.upper)).invoke("a") == "ABC"
