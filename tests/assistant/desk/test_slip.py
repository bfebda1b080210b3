from __future__ import annotations

import datetime as dt

import pytest

from assistant.answering.extractive import cite
from assistant.desk.slip import Slip, checklist, make_slip
from assistant.presentation import reply_as_text
from assistant.replies import Abstention, Answer, Channel, Reply, Turn
from corpus.records import Document, Facet, Kind, Passage, Status
from index.retriever import Hit

TODAY = dt.date(2026, 11, 23)
PASSAGES = (
    Passage(
        "g#materials", "g", "需要什么材料", "商标", "交三样：\n1. 申请书；\n2. 图样；\n（三）执照。", 0, Facet.MATERIALS
    ),
    Passage("g#fee", "g", "收多少钱", "商标", "270元。", 1, Facet.FEE),
    Passage("g#old", "g", "多长时间", "商标", "旧：一年。", 2, Facet.TIME, repealed_date=TODAY),
    Passage("g#new", "g", "多长时间", "商标", "九个月。", 3, Facet.TIME, effective_date=TODAY),
)
GUIDE = Document("g", "商标注册怎么办", Kind.GUIDE)
HIT = Hit(PASSAGES[1], GUIDE, 1, 1.0, 1.0, 1.0, None, Status.CURRENT)
ANSWER = Answer("交270元。 [1]\n\n**需要什么材料**\n\n三样。 [1]\n\n依据：收费办法", (cite(HIT, 1),), 0.9)


def slip(reply: Reply, text: str | None = None) -> Slip:
    turn = Turn("r", "s", "商标多少钱", "商标多少钱", reply, TODAY, Channel.DESK, 1.0)
    return make_slip(
        turn,
        text=text,
        desk="三号窗口",
        documents={"g": GUIDE}.get,
        passages_of=lambda name: PASSAGES if name == "g" else (),
    )


def test_holds_what_somebody_must_bring_pay_and_wait_for() -> None:
    made = slip(ANSWER)
    assert made == Slip(
        question="商标多少钱", answer="交270元。", materials=("申请书", "图样", "执照"), fee="270元。", time="九个月。",
        basis=("《商标注册怎么办》收多少钱（现行）",), desk="三号窗口", date=TODAY,
    )  # fmt: skip


def test_an_edited_answer_is_printed_as_it_was_edited_without_markers_and_source_lines() -> None:
    assert slip(ANSWER, reply_as_text(ANSWER)).answer == "交270元。"
    edited = reply_as_text(ANSWER).replace("交270元。", "网上交270元，带执照。")
    assert slip(ANSWER, edited).answer == "网上交270元，带执照。\n\n**需要什么材料**\n\n三样。\n\n依据：收费办法"


def test_a_reply_without_a_guide_has_no_checklist() -> None:
    made = slip(Abstention("不在范围里。"))
    assert (made.answer, made.materials, made.fee, made.basis) == ("不在范围里。", (), "", ())


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("- 申请书；\n- 执照。", ("申请书", "执照")), ("一、申请书\n二、执照", ("申请书", "执照")),
        ("只要身份证。", ("只要身份证。",)), ("", ()),
    ],
)  # fmt: skip
def test_finds_the_items_of_a_list_however_it_is_numbered(text: str, items: tuple[str, ...]) -> None:
    assert checklist(text) == items
