"""How an answer is cut from passages."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.answering.extractive import extract
from assistant.answering.table_lead import asked_row
from assistant.evidence import Evidence
from corpus.records import Document, Facet, Kind, Passage, Source
from index.retriever import Hit

TODAY = dt.date(2026, 11, 23)
FEES = (
    "官费按一个类别算（元）：\n\n| 业务 | 纸件 | 网上 |\n|---|---|---|\n| 续展 | 500 | 450 |\n| 变更 | 150 | 0 |\n"
    "| 驳回复审、无效宣告等评审 | 750 | 675 |\n| 超过10个，每多1个商品 | 30 | 27 |"
)


def hit(text: str, *, facet: Facet = Facet.FEE, basis: str = "", sources: tuple[Source, ...] = ()) -> Hit:
    document = Document("d", "商标官费", Kind.GUIDE, sources=sources)
    passage = Passage(f"d#{facet.value}", "d", "收多少钱", "商标官费", text, 1, facet=facet, basis=basis)
    return Hit(passage, document, 1, 1.0, 1.0, 1.0, 1.0, None, document.status(TODAY, passage))


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
