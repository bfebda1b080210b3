"""The form of a chat message: plain, within 2,048 bytes, cut at sentence ends, its sources kept."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.channels import messages
from assistant.channels.cutting import MAX_MESSAGE_BYTES, cut, split
from assistant.messages import NOTICE_RIVALS
from assistant.replies import Abstention, Answer, Citation, Clarification, Handoff
from corpus.records import Status
from corpus.shipped import shipped_documents
from web.channels.plain_text import Style, flatten, render

LINKED = Style("https://ip.example.cn")


def citation(marker: int, title: str = "专利收费减缴办法", status: Status = Status.CURRENT) -> Citation:
    return Citation(
        marker=marker, passage_id=f"fee#p{marker}", document_id="fee", title=title, locator=f"第{marker}条",
        quote="原文", status=status,
    )  # fmt: skip


def answer(text: str, *citations: Citation, notices: tuple[str, ...] = ()) -> Answer:
    return Answer(text=text, citations=citations or (citation(1),), confidence=0.9, notices=notices)


def test_a_table_becomes_a_line_for_each_row() -> None:
    table = (
        "费用如下：\n\n| 项目 | 发明 | 实用新型 |\n|---|---:|---|\n| 申请费 | 900 | 500 |\n| 实审费 | 2500 | |\n\n[1]"
    )
    assert flatten(table) == "费用如下：\n\n【申请费】发明：900；实用新型：500\n【实审费】发明：2500〔1〕"


def test_a_row_of_two_cells_reads_as_a_name_and_its_value() -> None:
    table = "| 事情 | 期限 |\n|---|---|\n| 初审 | 3个月内 |\n| 公告 | |\n| | 另行通知 |"
    assert flatten(table) == "初审：3个月内\n公告\n期限：另行通知"


def test_a_unit_in_the_head_goes_with_the_figures() -> None:
    table = "| 项目 | 金额（元） |\n|---|---|\n| 检索费 | 2100 |\n| 代理费 | 另谈 |"
    assert flatten(table) == "检索费：2100元\n代理费：另谈"


def test_two_tables_each_have_their_own_header() -> None:
    text = "| 甲 | 乙 | 丁 |\n|---|---|---|\n| 1 | 2 | 3 |\n\n| 丙 |\n|---|\n| 3 |"
    assert flatten(text) == "【1】乙：2；丁：3\n\n3"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**商标**续展 [1]", "商标续展〔1〕"),
        ("## 多长时间\n30 天", "多长时间\n30 天"),
        ("- 申请表\n- 执照", "· 申请表\n· 执照"),
        ("1. 申请表；\n2. 执照。", "1. 申请表；\n2. 执照。"),
        ("见[官网](https://a.cn/b)", "见官网（https://a.cn/b）"),
        ("> 引用", "引用"),
        ("3 * 4 = 12，`代码`", "3 * 4 = 12，代码"),
    ],
)
def test_markdown_becomes_plain(markdown: str, plain: str) -> None:
    assert flatten(markdown) == plain


def test_a_reply_ends_with_sources_link_and_disclaimer() -> None:
    reply = answer("减缴 85%。[1]", citation(1), citation(2, status=Status.REPEALED), notices=("有变化",))
    text = render(Answer(**{**_fields(reply), "text": "减缴 85%。[1] 旧办法另有规定。[2]"}), "abc", LINKED)
    assert text == (
        "减缴 85%。〔1〕 旧办法另有规定。〔2〕\n\n提醒：有变化\n\n"
        "〔1〕《专利收费减缴办法》第1条\n〔2〕《专利收费减缴办法》第2条（已废止）\n\n"
        f"全文和出处：https://ip.example.cn/r/abc\n{messages.SHORT_DISCLAIMER}"
    )


def test_a_long_reply_is_cut_at_a_sentence_and_keeps_link_and_sources() -> None:
    text = render(answer("第一句有出处[1]。" + "这一句说的是办事要准备的材料和流程。" * 80), "abc", LINKED)
    assert len(text.encode()) <= MAX_MESSAGE_BYTES
    assert f"流程。\n{messages.CUT}\n" in text
    assert "https://ip.example.cn/r/abc" in text
    assert "〔1〕《专利收费减缴办法》第1条" in text


def test_a_statement_that_is_cut_keeps_its_marker_and_source() -> None:
    first = "第一段[1]。" + "这一句说的是办事要准备的材料和流程。" * 10
    second = "这一句说的是要交多少钱和交给谁。" * 60 + "[2]"
    text = render(answer(f"{first}\n\n{second}", citation(1), citation(2)), "abc", LINKED)
    assert f"交给谁。〔2〕\n{messages.CUT}" in text
    assert "第2条" in text
    assert len(text.encode()) <= MAX_MESSAGE_BYTES


@pytest.mark.parametrize("dangling", ["收多少钱", "要交下面几样：[1]", "在哪里办\n\n有三条路："])
def test_a_cut_does_not_end_with_a_heading_or_a_lead_in(dangling: str) -> None:
    for filler in range(60, 80):
        before = "这一句说的是办事要准备的材料和流程。[1]" + "再说一句短的话。" * filler
        text = render(answer(f"{before}\n\n{dangling}\n\n- " + "很长的一项内容，一直说下去没有停" * 40), "abc", LINKED)
        assert f"短的话。\n{messages.CUT}" in text
        assert dangling.split("\n")[0].split("：")[0] not in text


def test_a_source_whose_marker_was_cut_off_goes_too() -> None:
    long = "第一句[1]。" + "这一句说的是办事要准备的材料和流程。" * 80 + "最后一句[2]。"
    text = render(answer(long, citation(1), citation(2)), "abc", LINKED)
    assert "第1条" in text
    assert "第2条" not in text


def test_without_an_address_of_ours_a_cut_reply_asks_for_a_narrower_question() -> None:
    text = render(answer("这一句说的是办事要准备的材料和流程。" * 80), "abc", Style())
    assert messages.ASK_NARROWER in text
    assert "http" not in text


def test_near_questions_are_lines_where_the_reply_says_that_they_may_be_meant() -> None:
    handoff = Handoff("要人工答复。", reason="", desk="窗口", confidence=0.2, suggestions=("商标多少钱", "专利多少钱"))
    assert render(handoff, "abc", Style()) == "要人工答复。\n\n相近的问题：\n· 商标多少钱\n· 专利多少钱"
    unsure = Answer(
        text="九个月。", citations=(), confidence=0.5, notices=(NOTICE_RIVALS,), suggestions=("商标要多久",)
    )
    assert f"提醒：{NOTICE_RIVALS}\n相近的问题：\n· 商标要多久" in render(unsure, "abc", Style())
    assert "商标要多久" not in render(replace(unsure, notices=()), "abc", Style())


def test_a_clarification_lists_its_choices_and_only_replies_with_sources_link() -> None:
    assert render(Clarification("您问哪一件？", ("商标", "专利")), "abc", LINKED) == "您问哪一件？\n· 商标\n· 专利"
    assert render(Abstention("没有查到。"), "abc", LINKED) == "没有查到。"


def test_a_link_promises_sources_only_where_there_are_some() -> None:
    plain = render(Handoff("要人工答复。", reason="", desk="窗口", confidence=1.0), "abc", LINKED)
    assert plain == f"要人工答复。\n\n{messages.LINK_PAGE}https://ip.example.cn/r/abc"
    assert messages.LINK_SOURCES in render(answer("减缴 85%。[1]"), "abc", LINKED)


def test_closing_lines_always_stand() -> None:
    reply = Handoff(text="要人工答复。" * 300, reason="gap", desk="窗口", confidence=0.9, citations=(citation(1),))
    text = render(reply, "abc", LINKED, closing=("请回复“转人工”。",))
    assert "请回复“转人工”。" in text
    assert len(text.encode()) <= MAX_MESSAGE_BYTES


def test_wecom_markdown_keeps_bold_and_links_sources() -> None:
    text = render(answer("**减缴** 85%。[1]"), "abc", Style("https://ip.example.cn", markdown=True))
    assert text.startswith("**减缴** 85%。〔1〕")
    assert "〔1〕[《专利收费减缴办法》第1条](https://ip.example.cn/documents/fee?passage=p1#p1)" in text


@example("〔1〕", 1, True)
@given(
    st.text(alphabet="办理材料，。；！？\n|*#[]()-〔〕12ab 😀", max_size=1500),
    st.integers(min_value=0, max_value=12),
    st.booleans(),
)
def test_never_more_bytes_than_the_platform_takes(text: str, sources: int, markdown: bool) -> None:
    citations = tuple(citation(n, "很长的文件名称" * 12) for n in range(1, sources + 1))
    reply = Answer(text=text, citations=citations, confidence=1.0, notices=("提醒" * 60,) * 4)
    found = render(reply, "0" * 32, Style("https://ip.example.cn", markdown=markdown), closing=("结束语" * 40,) * 3)
    assert len(found.encode()) <= MAX_MESSAGE_BYTES


@given(st.text(max_size=900), st.integers(min_value=8, max_value=200))
def test_splitting_loses_nothing_but_white_space(text: str, max_bytes: int) -> None:
    parts = split(text, max_bytes)
    assert all(len(part.encode()) <= max_bytes for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(st.text(max_size=300), st.integers(min_value=0, max_value=400))
def test_cutting_gives_a_beginning(text: str, max_bytes: int) -> None:
    assert text.startswith(cut(text, max_bytes))


def test_every_shipped_passage_becomes_plain_and_keeps_its_figures() -> None:
    for document in shipped_documents():
        for passage in document.passages:
            plain = flatten(passage.text)
            assert not re.search(r"\*\*|^\||^#|\]\(", plain, re.M), passage.passage_id
            body = re.sub(r"^\|?[\s:|-]+$", "", passage.text, flags=re.M)
            missing = set(re.findall(r"\d+(?:\.\d+)?", body)) - set(re.findall(r"\d+(?:\.\d+)?", plain))
            assert not missing, (passage.passage_id, missing)


def _fields(reply: Answer) -> dict[str, object]:
    return {name: getattr(reply, name) for name in Answer.__slots__}
