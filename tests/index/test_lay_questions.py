from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.records import Document, Kind, Passage
from index.errors import IndexBrokenError
from index.lay_questions import LayQuestions, article_of, read_questions, shipped_questions

QUESTIONS = LayQuestions(
    {("商标法", 33, 0): ("异议期多久", "看到别人的商标公告能反对吗"), ("刑法", 120, 1): ("资助恐怖活动",)}
)

Law = Callable[..., Document]


@pytest.fixture
def law(document: Callable[..., Document], passage: Callable[..., Passage]) -> Law:
    def make(title: str, *locators: str, kind: Kind = Kind.LAW) -> Document:
        passages = [passage("law", order, locator, "条文") for order, locator in enumerate(locators)]
        return document("law", title, *passages, kind=kind)

    return make


@pytest.mark.parametrize("title", ["商标法", "中华人民共和国商标法", "《中华人民共和国商标法》"])
def test_an_ingested_law_gets_the_questions_of_its_article(law: Law, title: str) -> None:
    attached = QUESTIONS.attach(law(title, "第三十二条", "第三十三条"))
    assert [each.questions for each in attached.passages] == [(), ("异议期多久", "看到别人的商标公告能反对吗")]


def test_an_article_cut_into_pieces_gets_its_questions_once(law: Law) -> None:
    attached = QUESTIONS.attach(law("商标法", "第三十三条第一款", "第三十三条第二款"))
    assert [len(each.questions) for each in attached.passages] == [2, 0]


def test_an_inserted_article_is_another_article(law: Law) -> None:
    attached = QUESTIONS.attach(law("刑法", "第一百二十条", "第一百二十条之一"))
    assert [each.questions for each in attached.passages] == [(), ("资助恐怖活动",)]


def test_questions_that_a_passage_has_already_stay_and_are_not_repeated(law: Law) -> None:
    once = QUESTIONS.attach(law("商标法", "第三十三条"))
    assert QUESTIONS.attach(once) == once


@pytest.mark.parametrize(("title", "kind"), [("商标法", Kind.GUIDE), ("商标法实施条例", Kind.LAW)])
def test_other_documents_stay_as_they_are(law: Law, title: str, kind: Kind) -> None:
    document = law(title, "第三十三条", kind=kind)
    assert QUESTIONS.attach(document) is document


def test_a_heading_is_no_article() -> None:
    assert article_of("商标法", "附件") is None
    assert article_of("商标法", "第三章") is None


@pytest.mark.parametrize("text", ["33|没有标题", "law: 商标法\n第三十三条|写成汉字", "law: 商标法\n33 没有竖线"])
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(IndexBrokenError, match=r"bad\.txt"):
        read_questions(tmp_path)


def test_questions_of_several_files_and_lines_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("law: 专利法\n22|新颖性是啥\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("law: 专利法\n# 说明\n22|创造性怎么看｜什么能授权\n", encoding="utf-8")
    questions = read_questions(tmp_path)
    assert dict(questions.items()) == {("专利法", 22, 0): ("新颖性是啥", "创造性怎么看", "什么能授权")}
    assert len(questions) == 3


def test_the_fingerprint_changes_with_a_question(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("law: 专利法\n22|新颖性是啥\n", encoding="utf-8")
    before = read_questions(tmp_path).fingerprint
    path.write_text("law: 专利法\n22|新颖性是什么\n", encoding="utf-8")
    assert read_questions(tmp_path).fingerprint != before


def test_the_shipped_questions_cover_every_intellectual_property_law_and_are_short() -> None:
    questions = dict(shipped_questions().items())
    titles = {title for title, _, _ in questions}
    assert {"商标法", "专利法", "著作权法", "反不正当竞争法", "植物新品种保护条例", "计算机软件保护条例"} <= titles
    assert all(2 <= len(asked) <= 60 for group in questions.values() for asked in group)
