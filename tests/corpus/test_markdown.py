"""The reader of our own Markdown."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from corpus.errors import FrontMatterError
from corpus.readers.markdown import plan_locator, read_markdown
from corpus.records import Document, Facet, Kind, Status
from corpus.shipped import DOCUMENTS_DIR, shipped_documents

HEAD = "---\nid: x\nkind: guide\ntitle: 甲\ntopic: 乙\n---\n"


def by_id(documents: list[Document], document_id: str) -> Document:
    return next(document for document in documents if document.document_id == document_id)


def test_each_facet_and_each_common_question_is_a_passage(small_documents: list[Document]) -> None:
    guide = by_id(small_documents, "heron-mark")
    assert [p.passage_id for p in guide.passages] == [
        "heron-mark#who", "heron-mark#materials", "heron-mark#time", "heron-mark#time-2", "heron-mark#fee",
        "heron-mark#where", "heron-mark#faq-1",
    ]  # fmt: skip
    assert guide.passages[-1].locator == "鹭标过期了怎么办？"
    assert guide.passages[1].facet is Facet.MATERIALS


def test_questions_and_basis_are_kept_beside_the_text_not_in_it(small_documents: list[Document]) -> None:
    who = by_id(small_documents, "heron-mark").passages[0]
    assert who.questions == ("鹭标个人能申请不", "谁能申请鹭标", "合作社能报鹭标吗")
    assert who.basis == "《鹭标管理办法》第三条"
    assert who.text == "鹭标由合作社或者企业申请，个人不能直接申请。"


def test_a_section_that_holds_only_for_a_time_has_its_own_life(small_documents: list[Document]) -> None:
    guide = by_id(small_documents, "heron-mark")
    before, after = (p for p in guide.passages if p.facet is Facet.TIME)
    last, first = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    assert (guide.status(last, before), guide.status(last, after)) == (Status.CURRENT, Status.FUTURE)
    assert (guide.status(first, before), guide.status(first, after)) == (Status.REPEALED, Status.CURRENT)


def test_a_gap_is_one_passage_with_all_its_questions(small_documents: list[Document]) -> None:
    gap = by_id(small_documents, "heron-reward-gap")
    assert gap.kind is Kind.GAP
    assert len(gap.passages) == 1
    assert len(gap.passages[0].questions) == 3
    assert "找谁问" in gap.passages[0].text


def test_a_plan_is_cut_along_paragraphs_and_boxed_projects(small_documents: list[Document]) -> None:
    plan = by_id(small_documents, "test-plan")
    assert [p.locator for p in plan.passages] == ["一（一）", "二（一）", "重点工程一", "重点工程一"]
    assert plan.passages[2].heading.endswith("重点工程一：湿地修复工程")
    assert plan.passages[2].questions == ("重点工程一是啥", "要修复多少亩湿地")
    assert plan.passages[3].text == "聘请护鹭员30名。"
    assert plan.status(dt.date(2026, 1, 1)) is Status.EXPIRED


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("no front matter", "lacks 'id'"),
        (HEAD.replace("guide", "novel"), "novel"),
        (HEAD + "## 随便写\n正文", "随便写"),
        (HEAD + "## 怎么办\n有效：明年\n正文", "明年"),
        (HEAD.replace("topic: 乙", "topic: 乙\nreviewed_on: soon"), "soon"),
    ],
)
def test_a_bad_file_is_refused_with_what_was_found(raw: str, found: str) -> None:
    with pytest.raises(FrontMatterError, match=re.escape(found)):
        read_markdown(raw)


@pytest.mark.parametrize(
    ("chapter", "section", "locator"),
    [("五、增强能力", "（二）不断提升", "五（二）"), ("十一、附则", "", "十一"), ("", "", "")],
)
def test_plan_locator_is_short(chapter: str, section: str, locator: str) -> None:
    assert plan_locator(chapter, section) == locator


def test_the_shipped_plan_is_whole() -> None:
    source = Path(__file__).parents[3] / "shared" / "corpus_source" / "tongliao_ip_plan.txt"
    if not source.is_file():
        pytest.skip(f"the plan's source text is not beside this checkout ({source.name})")
    wide = str.maketrans(",:;()?!", "，：；（）？！")
    wanted = "".join(source.read_text(encoding="utf-8").translate(wide).split())
    raw = (DOCUMENTS_DIR / "plan" / "tongliao-ip-plan-14th.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    lines = (re.sub(r"^[#>\s]+|\*\*", "", line) for line in raw.splitlines())
    found = "".join("".join(line.split()) for line in lines if not line.startswith("问法："))
    assert found == wanted


def test_the_shipped_corpus_reads_and_its_ids_are_unique() -> None:
    documents = shipped_documents()
    ids = [passage.passage_id for document in documents for passage in document.passages]
    assert len(ids) == len(set(ids))
    assert sum(document.kind is Kind.GUIDE for document in documents) >= 45
    assert sum(document.kind is Kind.GAP for document in documents) >= 20
