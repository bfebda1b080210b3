"""How an answer is cut from passages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assistant.answering.extractive import extract
from assistant.answering.table_lead import asked_row
from assistant.evidence import LIKE_QUESTION, Evidence
from corpus.records import Document, Facet, Kind, Passage, Source, Status
from index.retriever import Hit

TODAY = dt.date(2026, 11, 23)
FEES = (
    "官费按一个类别算（元）：\n\n| 业务 | 纸件 | 网上 |\n|---|---|---|\n| 续展 | 500 | 450 |\n| 变更 | 150 | 0 |\n"
    "| 驳回复审、无效宣告等评审 | 750 | 675 |\n| 超过10个，每多1个商品 | 30 | 27 |"
)


def hit(text: str, *, facet: Facet = Facet.FEE, basis: str = "", sources: tuple[Source, ...] = ()) -> Hit:
    document = Document("d", "商标官费", Kind.GUIDE, sources=sources)
    passage = Passage(f"d#{facet.value}", "d", "收多少钱", "商标官费", text, 1, facet=facet, basis=basis)
    return Hit(passage, document, 1, 1.0, 1.0, 1.0, None, document.status(TODAY, passage))


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("商标变更要交多少", "变更：纸件150元，网上0元。"),
        ("续展网上办多少钱", "续展：网上450元。"),
        ("驳回复审多少钱", "驳回复审、无效宣告等评审：纸件750元，网上675元。"),
        ("商标官费都有哪些", ""),
        ("续展和变更各多少", ""),
    ],
)
def test_the_row_that_is_asked_for_leads_its_table(query: str, row: str) -> None:
    assert asked_row(FEES, query) == row
    text = extract(query, Evidence((hit(FEES),))).text
    assert text.startswith(f"**{row}** [1]\n\n官费按" if row else "官费按")
    assert "| 续展 | 500 | 450 |" in text


YEARS = """年费（元/年）：

| 第几年 | 发明 | 实用新型 |
|---|---|---|
| 1—3年 | 900 | 600 |
| 6年 | 1200 | 1200 |
| 16—20年 | 8000 | 到期 |"""


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("发明第16年年费多少", "16—20年：发明8000元。"),
        ("发明第十八年呢", "16—20年：发明8000元。"),
        ("实用新型第2年多少钱", "1—3年：实用新型600元。"),
        ("第6年", "6年：发明1200元，实用新型1200元。"),
        ("实用新型第20年", "16—20年：实用新型到期。"),
        ("发明第26年年费", ""),
        ("年费交多少", ""),
    ],
)
def test_a_row_of_years_is_named_by_each_of_its_years_and_by_no_other_number(query: str, row: str) -> None:
    assert asked_row(YEARS, query) == row


def test_a_yes_to_another_question_stands_under_that_question() -> None:
    passage = Passage("d#faq", "d", "开鲁老白干是地标吗？", "d", "是，2015年批的。", 1, facet=Facet.FAQ)
    document = Document("d", "地标", Kind.GUIDE)

    def text(like: float, said: str = passage.text) -> str:
        found = Hit(replace(passage, text=said), document, 1, 1.0, 1.0, like, None, Status.CURRENT)
        return extract("我家能写开鲁老白干吗", Evidence((found,))).text

    assert text(LIKE_QUESTION - 0.1) == "**开鲁老白干是地标吗？**\n\n是，2015年批的。 [1]"
    assert text(LIKE_QUESTION) == "是，2015年批的。 [1]"
    assert text(0.1, "2015年批的。") == "2015年批的。 [1]"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("交到县局窗口。电话打12345问。", "**在哪里办** 交到县局窗口。 [2]"),
        ("有两条路：\n1. 网上；\n2. 窗口。\n\n去之前先问。", "**在哪里办** 有两条路： [2]\n1. 网上；\n2. 窗口。"),
        (f"有很多路：\n{'1. 网上；' * 60}", ""),
    ],
)
def test_where_to_go_is_said_whole_or_not_at_all(place: str, line: str) -> None:
    evidence = Evidence((hit("先交钱。", facet=Facet.STEPS),), where=hit(place, facet=Facet.WHERE))
    said = extract("怎么办", evidence).text
    assert said == (f"先交钱。 [1]\n\n{line}" if line else "先交钱。 [1]")


def test_each_text_of_the_basis_is_named_once_with_its_number_and_its_own_articles() -> None:
    office = Source("优先审查办法", document_number="局令第85号")
    basis = "《优先审查办法》（局令第85号）第四条、第九条；《收费办法》第三条、财税〔2019〕45号、《优先审查办法》第四条"
    text = extract("怎么办", Evidence((hit("照办。", basis=basis, sources=(office,)),))).text
    assert text.endswith("依据：《优先审查办法》（局令第85号）第四条、第九条；《收费办法》第三条；财税〔2019〕45号")


def test_a_number_that_the_basis_has_already_is_not_said_twice() -> None:
    plan = Source("保护和运用规划", document_number="国发〔2026〕30号")
    said = extract(
        "哪个文件", Evidence((hit("见规划。", basis="《保护和运用规划》国发〔2026〕30号（四）", sources=(plan,)),))
    ).text
    assert said.endswith("依据：《保护和运用规划》（国发〔2026〕30号）（四）")
