"""What a guide is about that a question never named."""

from __future__ import annotations

import pytest

from assistant.topics import SHARED_WORDS, TOPIC_WORDS, more_special, of_another_right, rights_named
from corpus.records import Document, Kind, Passage
from corpus.shipped import shipped_documents
from index.terms import default_analyzer


def document(title: str, topic: str = "商标", aliases: tuple[str, ...] = ()) -> Document:
    return Document("d", title, Kind.GUIDE, topic=topic, aliases=aliases)


@pytest.mark.parametrize(
    ("query", "rights"),
    [
        ("注册商标多少钱", {"商标"}),
        ("实用新型年费", {"专利"}),
        ("版权登记和商标注册", {"著作权", "商标"}),
        ("红标怎么申请", {"地理标志"}),
        ("转让要多久", set()),
    ],
)
def test_the_rights_that_a_question_names_are_known(query: str, rights: set[str]) -> None:
    assert rights_named(query) == rights


@pytest.mark.parametrize(
    ("query", "text", "another"),
    [
        ("专利无效宣告费用", "请求宣告一件商标无效，官费750元。", True),
        ("商标无效宣告费用", "请求宣告一件商标无效，官费750元。", False),
        ("无效宣告费用", "请求宣告一件商标无效，官费750元。", False),
        ("外观专利的图能注册吗", "商标和外观专利是两回事。", False),
    ],
)
def test_a_passage_on_another_right_is_told_by_what_neither_it_nor_the_question_names(
    query: str, text: str, another: bool
) -> None:
    passage = Passage("d#1", "d", "收多少钱", "无效", text, 1)
    assert of_another_right(query, document("无效宣告"), passage) is another


@pytest.mark.parametrize(
    ("query", "title", "aliases", "special"),
    [
        ("商标注册要多久", "地理标志集体商标、证明商标怎么注册", ("证明商标",), True),
        ("证明商标注册要多久", "地理标志集体商标、证明商标怎么注册", ("证明商标",), False),
        ("商标注册要多久", "普通商标注册怎么办", (), False),
        ("版权登记要多久", "用专利、商标、著作权质押贷款", (), True),
        ("版权能贷款不", "用专利、商标、著作权质押贷款", (), False),
        ("红标怎么印", "地理标志专用标志怎么申请", ("红标",), False),
        ("地标是什么", "地理标志专用标志怎么申请", ("红标",), True),
        ("地标是什么", "地理标志产品保护怎么申请", (), False),
        ("商标注册政府奖多少", "通辽对商标（驰名、马德里也算）、地理标志有没有奖补", (), False),
        ("想去日本报专利咋办", "到国外申请专利：保密审查、PCT、海牙", (), False),
        ("报专利咋办", "到国外申请专利：保密审查、PCT、海牙", (), True),
        ("一个东西报发明和实用新型行不", "同一天报发明和实用新型（一案双报）", (), False),
        ("报个实用新型行不", "同一天报发明和实用新型（一案双报）", (), True),
    ],
)
def test_a_guide_on_a_special_matter_is_for_those_who_name_it(
    query: str, title: str, aliases: tuple[str, ...], special: bool
) -> None:
    assert more_special(query, document(title, aliases=aliases)) is special


def test_shared_words_are_names_of_topics_or_of_guides() -> None:
    names = {*TOPIC_WORDS, *(alias for document in shipped_documents() for alias in document.aliases)}
    assert names | {default_analyzer().normalise(name) for name in names} >= SHARED_WORDS
