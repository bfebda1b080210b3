import datetime as dt

import pytest

from corpus.check import Severity, check_corpus

TODAY = dt.date(2026, 11, 23)
GUIDE = """---
id: gi-basics
kind: guide
title: 地标怎么办
topic: 地理标志
audience: [农户]
region: 全国
effective_date: 2024-02-01
reviewed_on: 2026-11-23
review_due: 2027-05-31
sources:
  - title: 中华人民共和国商标法
  - title: 关于调整收费的通知
    document_number: 财税〔2024〕23号
related: [gi-other]
---

## 收多少钱
办一件官费 300 元，网上办 270 元。

问法：办地标多少钱
来源：《商标法》第七十二条；财税〔2024〕23号

## 谁能办
由县级以上政府提出。

问法：谁能报
"""
OTHER = """---
id: gi-other
kind: gap
title: 地标电话
topic: 地理标志
desk: 市市场监督管理局
related: []
---

## 没有收录的
没有收录电话。

问法：地标电话多少
"""


@pytest.fixture
def check(tmp_path):
    def run(guide: str = GUIDE, *, name: str = "gi-basics", facts: str | None = None, today: dt.date = TODAY):
        (tmp_path / "documents").mkdir(exist_ok=True)
        (tmp_path / "documents" / f"{name}.md").write_text(guide, encoding="utf-8")
        (tmp_path / "documents" / "gi-other.md").write_text(OTHER, encoding="utf-8")
        if facts is not None:
            (tmp_path / "facts").mkdir(exist_ok=True)
            (tmp_path / "facts" / "facts.md").write_text(facts, encoding="utf-8")
        return check_corpus(
            tmp_path / "documents", today=today, facts=tmp_path / "facts" if facts is not None else None
        )

    return run


def messages(findings, severity=Severity.ERROR):
    return [finding.message for finding in findings if finding.severity is severity]


def test_a_sound_corpus_gives_no_finding(check):
    assert check(facts="- [A-01] 办一件要三百元（V）\n") == []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("id: gi-basics\n", "", "lacks 'id'"),
        ("kind: guide", "kind: novel", "novel"),
        ("id: gi-basics", "id: gi-else", "wanted the file name gi-basics"),
        ("## 收多少钱", "## 价格", "wanted one of"),
        ("topic: 地理标志", "topic: 天气", "found topic 天气"),
        ("[农户]", "[学生]", "found audience 学生"),
        ("region: 全国", "region: 火星", "found region 火星"),
        ("audience:", "audiences:", "found front matter field audiences"),
        ("[gi-other]", "[gi-gone]", "found a link to gi-gone"),
        ("[gi-other]", "[gi-basics]", "found a link to gi-basics"),
        (
            "effective_date: 2024-02-01",
            "effective_date: 2024-02-01\nrepealed_date: 2023-01-01",
            "found repealed_date 2023-01-01",
        ),
        ("review_due: 2027-05-31", "review_due: 2026-01-01", "found review_due 2026-01-01"),
        ("review_due: 2027-05-31", "review_due: soon", "wanted a date"),
        ("由县级以上政府提出。", "由 1 个县级以上政府提出。", "found figures without 来源"),
        ("《商标法》第七十二条", "《专利法》第一条", "found 来源 专利法"),
        ("；财税〔2024〕23号", "；公开报道", "found 来源 公开报道"),
        ("270 元。", "270 元。\n有效：自 2027-01-01 至 2026-12-31", "found 有效 until before 2027-01-01"),
        ("topic: 地理标志", "topic: [", "expected"),
    ],
)
def test_each_mistake_is_an_error_that_names_it(check, before, after, message):
    assert before in GUIDE
    found = messages(check(GUIDE.replace(before, after)))
    assert any(message in text for text in found), found


def test_a_gap_without_a_desk_is_an_error(check, tmp_path):
    findings = check(OTHER.replace("desk: 市市场监督管理局\n", "").replace("gi-other", "gi-gap"), name="gi-gap")
    assert "found a gap without desk, wanted the place to ask" in messages(findings)


def test_a_review_that_is_past_due_is_a_warning(check):
    assert messages(check(today=dt.date(2027, 6, 1)), Severity.WARNING) == ["review was due on 2027-05-31"]


def test_one_question_under_two_passages_is_a_warning(check):
    findings = check(GUIDE.replace("问法：谁能报", "问法：谁能报｜办地标，多少钱？"))
    assert messages(findings, Severity.WARNING) == ["found the question 办地标多少钱 also at gi-basics#fee"]


def test_two_versions_of_a_section_in_time_may_share_their_questions(check):
    later = "\n## 收多少钱\n办一件官费 500 元。\n\n问法：办地标多少钱\n来源：《商标法》第一条\n有效：自 2027-01-01\n"
    assert (
        check(GUIDE.replace("《商标法》第七十二条；", "《商标法》第七十二条\n有效：至 2026-12-31\n来源：") + later)
        == []
    )


def test_a_section_that_is_too_long_is_a_warning(check):
    findings = check(GUIDE.replace("由县级以上政府提出。", "由县级以上政府提出申请。" * 40))
    assert messages(findings, Severity.WARNING) == ["found 480 characters, wanted at most 450"]


def test_a_sentence_copied_from_the_facts_is_an_error(check):
    facts = "- [R80-07] 商标规费每类三百元；由县级以上的人民政府提出保护申请。80§9 V†\n"
    findings = check(
        GUIDE.replace("由县级以上政府提出。", "先说清楚。**由县级以上的人民政府提出保护申请。**"), facts=facts
    )
    assert len([text for text in messages(findings) if text.startswith("found a sentence of the facts")]) == 1
