"""What a terminal or a bot without buttons shows of a reply."""

from __future__ import annotations

import pytest

from assistant.messages import ASK_NEXT, CHOOSE, NEAR_QUESTIONS, NOTICE_ALONE, NOTICE_RIVALS
from assistant.presentation import choices_label, reply_as_text
from assistant.replies import Abstention, Answer, Clarification, Handoff, Reply

ANSWER = Answer(text="九个月。", citations=(), confidence=0.5, suggestions=("商标要多久",))


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (ANSWER, "九个月。"),
        (
            Answer("九个月。", (), 0.5, notices=(NOTICE_RIVALS,), suggestions=("商标要多久",)),
            f"九个月。\n\n提醒：{NOTICE_RIVALS}\n{NEAR_QUESTIONS}\n· 商标要多久",
        ),
        (
            Answer("九个月。", (), 0.5, notices=(NOTICE_ALONE,), suggestions=("商标要多久",)),
            f"九个月。\n\n提醒：{NOTICE_ALONE}\n{NEAR_QUESTIONS}\n· 商标要多久",
        ),
        (Clarification("哪一件？", ("商标", "专利")), "哪一件？\n\n· 商标\n· 专利"),
        (
            Handoff("要人工答复。", reason="", desk="窗口", confidence=0.2, suggestions=("商标多少钱",)),
            f"要人工答复。\n\n{NEAR_QUESTIONS}\n· 商标多少钱",
        ),
        (Handoff("要人工答复。", reason="", desk="窗口", confidence=0.2), "要人工答复。"),
        (Abstention("没有查到。"), "没有查到。"),
    ],
)
def test_questions_that_may_be_meant_are_lines_and_what_only_goes_on_is_none(reply: Reply, told: str) -> None:
    assert reply_as_text(reply) == told


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        (ANSWER, ASK_NEXT),
        (Answer("九个月。", (), 0.5, notices=(NOTICE_RIVALS,)), NEAR_QUESTIONS),
        (Handoff("要人工答复。", reason="", desk="窗口", confidence=0.2), NEAR_QUESTIONS),
        (Clarification("哪一件？", ("商标", "专利")), CHOOSE),
    ],
)
def test_what_stands_above_the_buttons_says_what_they_are(reply: Reply, label: str) -> None:
    assert choices_label(reply) == label
