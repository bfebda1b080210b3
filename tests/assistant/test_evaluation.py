"""The judge must not be fooled, and its report must hold each failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.evaluation import Question, QuestionFileError, evaluate, judge, read_questions
from assistant.evaluation_report import write_report
from assistant.replies import Abstention, Answer, Citation, Clarification, Handoff, Reply
from assistant.service import Assistant
from corpus.records import Status


def cited(quote: str) -> tuple[Citation, ...]:
    return (Citation(1, "d#p", "d", "标题", "第一条", quote, Status.CURRENT),)


def asking(kind: str = "answer", must: tuple[tuple[str, ...], ...] = (), must_not: tuple[str, ...] = ()) -> Question:
    return Question("q", "g", ("问",), kind, must, must_not)


@pytest.mark.parametrize(
    ("question", "reply", "why"),
    [
        (asking(must=(("300元", "270元"),)), Answer("收费２７０元 [1]", cited("x"), 0.9), ""),
        (asking(must=(("5~10家",),)), Answer("新增**5－10 家**", cited("x"), 0.9), ""),
        (asking(must=(("900",),)), Answer("| 头三年 | 900 | 600 |", cited("x"), 0.9), ""),
        (asking(must=(("1年",),)), Answer("2021年起", cited("x"), 0.9), "lacks 1年"),
        (asking(must_not=("50万",)), Answer("奖50万元", cited("x"), 0.9), "says 50万"),
        (asking(), Answer("好", (), 0.9), "no citation with a quote"),
        (asking(), Answer("长" * 1501, cited("x"), 0.9), "is 1501 characters long"),
        (asking(), Abstention("没有"), "kind is abstention"),
        (asking("decline"), Answer("好", cited("x"), 0.9), "kind is answer"),
        (asking("decline"), Clarification("哪个"), ""),
        (asking("clarification"), Abstention("没有"), "kind is abstention"),
        (asking("handoff"), Handoff("大约3000元", "r", "d", 0.9), "states 3000元 without a quote"),
        (asking("handoff"), Handoff("大约3000元", "r", "d", 0.9, cited("是3000元")), ""),
        (asking("either"), Handoff("问窗口", "r", "d", 0.9), ""),
    ],
)
def test_judge(question: Question, reply: Reply, why: str) -> None:
    assert judge(question, reply) == why


@pytest.mark.parametrize("line", ["not json", '{"id": "1"}', '{"id":"1","group":"g","turns":["t"],"kind":"maybe"}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id":"1","group":"g","turns":["t"],"kind":"answer"}\n' + line, encoding="utf-8")
    with pytest.raises(QuestionFileError, match="line 2"):
        read_questions(path)


def test_a_run_counts_by_group_and_reports_each_failure(assistant: Assistant, tmp_path: Path) -> None:
    questions = [
        Question("a", "fee", ("鹭标多少钱",), "answer", (("260元",),)),
        Question("b", "fee", ("鹭标多少钱",), "answer", (("999元",),)),
        Question("c", "chat", ("申请鹭标要啥材料", "多少钱"), "answer", (("260元",),)),
    ]
    outcome = evaluate(assistant, questions)
    assert outcome.groups() == {"fee": (1, 2), "chat": (1, 1)}
    assert outcome.as_dict()["failures"][0]["id"] == "b"
    report = tmp_path / "report.html"
    write_report(outcome, report)
    html = report.read_text(encoding="utf-8")
    assert "lacks 999元" in html
    assert "heron-mark#fee" in html
    assert "<svg" in html


def test_the_golden_questions_are_well_formed() -> None:
    questions = read_questions(Path(__file__).parents[1] / "golden" / "golden_questions.jsonl")
    assert len(questions) >= 150
    assert len({question.question_id for question in questions}) == len(questions)
    assert {question.kind for question in questions} == {"answer", "handoff", "either", "decline", "clarification"}
