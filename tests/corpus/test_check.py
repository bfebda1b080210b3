import datetime as dt
from dataclasses import replace

import pytest

from corpus.check import Severity, check_corpus, check_library
from corpus.records import Document, Kind

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
        ("id: gi-basics", "id: gi-else", "应当和文件名一样：gi-basics"),
        ("## 收多少钱", "## 价格", "wanted one of"),
        ("topic: 地理标志", "topic: 天气", "topic）写的是 天气"),
        ("[农户]", "[学生]", "audience）写的是 学生"),
        ("region: 全国", "region: 火星", "region）写的是 火星"),
        ("audience:", "audiences:", "多了一项 audiences"),
        ("[gi-other]", "[gi-gone]", "指向 gi-gone"),
        ("[gi-other]", "[gi-basics]", "指向 gi-basics"),
        (
            "effective_date: 2024-02-01",
            "effective_date: 2024-02-01\nrepealed_date: 2023-01-01",
            "repealed_date 写的是 2023-01-01",
        ),
        ("review_due: 2027-05-31", "review_due: 2026-01-01", "review_due 写的是 2026-01-01"),
        ("review_due: 2027-05-31", "review_due: soon", "wanted a date"),
        ("由县级以上政府提出。", "由 1 个县级以上政府提出。", "有数字，没有写来源"),
        ("《商标法》第七十二条", "《专利法》第一条", "来源 专利法"),
        ("；财税〔2024〕23号", "；公开报道", "来源 公开报道"),
        ("270 元。", "270 元。\n有效：自 2027-01-01 至 2026-12-31", "在 2027-01-01 之前就结束"),
        ("topic: 地理标志", "topic: [", "expected"),
    ],
)
def test_each_mistake_is_an_error_that_names_it(check, before, after, message):
    assert before in GUIDE
    found = messages(check(GUIDE.replace(before, after)))
    assert any(message in text for text in found), found


def test_a_gap_without_a_desk_is_an_error(check, tmp_path):
    findings = check(OTHER.replace("desk: 市市场监督管理局\n", "").replace("gi-other", "gi-gap"), name="gi-gap")
    assert "未收录事项没有写去哪里问（desk）" in messages(findings)


def test_a_review_that_is_past_due_is_a_warning(check):
    assert messages(check(today=dt.date(2027, 6, 1)), Severity.WARNING) == ["早该复核了，期限是 2027-05-31"]


def test_one_question_under_two_passages_is_a_warning(check):
    findings = check(GUIDE.replace("问法：谁能报", "问法：谁能报｜办地标，多少钱？"))
    assert messages(findings, Severity.WARNING) == ["问法“办地标多少钱”在 gi-basics#fee 也有"]


def test_two_versions_of_a_section_in_time_may_share_their_questions(check):
    later = "\n## 收多少钱\n办一件官费 500 元。\n\n问法：办地标多少钱\n来源：《商标法》第一条\n有效：自 2027-01-01\n"
    assert (
        check(GUIDE.replace("《商标法》第七十二条；", "《商标法》第七十二条\n有效：至 2026-12-31\n来源：") + later)
        == []
    )


def test_a_section_that_is_too_long_is_a_warning(check):
    findings = check(GUIDE.replace("由县级以上政府提出。", "由县级以上政府提出申请。" * 40))
    assert messages(findings, Severity.WARNING) == ["有 480 个字，最好不超过 450 个"]


def test_a_sentence_copied_from_the_facts_is_an_error(check):
    facts = "- [R80-07] 商标规费每类三百元；由县级以上的人民政府提出保护申请。80§9 V†\n"
    findings = check(
        GUIDE.replace("由县级以上政府提出。", "先说清楚。**由县级以上的人民政府提出保护申请。**"), facts=facts
    )
    assert len([text for text in messages(findings) if text.startswith("照抄了素材里的一句")]) == 1


def test_a_law_that_does_not_say_since_when_it_holds_is_named_with_the_command_that_sets_it():
    law = Document("law-20201017-1", "专利法", Kind.LAW, published_date=dt.date(2020, 10, 17))
    [finding] = check_library([law], today=dt.date(2026, 11, 23))
    assert (finding.severity, finding.where) == (Severity.WARNING, "law-20201017-1")
    assert "《专利法》" in finding.message
    assert "2020-10-17" in finding.message
    assert "python -m assistant amend law-20201017-1 --effective-date" in finding.message


@pytest.mark.parametrize(
    "change",
    [{"effective_date": dt.date(2021, 6, 1)}, {"repealed_date": dt.date(2021, 6, 1)}, {"kind": Kind.GUIDE}],
    ids=["known", "over", "no official text"],
)
def test_a_text_whose_days_do_not_matter_or_are_known_is_in_order(change):
    law = replace(Document("law-1", "专利法", Kind.LAW, published_date=dt.date(2020, 10, 17)), **change)
    assert check_library([law], today=dt.date(2026, 11, 23)) == []


def test_a_text_of_the_desk_whose_review_is_due_is_named():
    guide = Document("own-guide", "本旗奖补", Kind.GUIDE, review_due=dt.date(2026, 1, 1))
    [finding] = check_library([guide], today=dt.date(2026, 11, 23))
    assert "2026-01-01" in finding.message
