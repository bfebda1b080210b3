from __future__ import annotations

import pytest

from corpus.shipped import shipped_documents
from index.terms import Analyzer, JiebaSegmenter, RjiebaSegmenter, build_analyzer, dictionary_words


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＧＢ／Ｔ　２９４９０", "gb/t 29490"),
        ("證明商標", "证明商标"),
        ("著作权", "著作权"),
        ("地标咋办", "地理标志怎么办"),
        ("俺想办红标", "想办地理标志专用标志"),
        ("撤三", "连续三年不使用撤销"),
        ("专力", "专利"),
        ("伤标注册", "商标注册"),
        ("专利年废", "专利年费"),
        ("申请被博回", "申请被驳回"),
        ("转利润分配", "转利润分配"),
        ("土地标准", "土地标准"),
    ],
)
def test_normalises_what_people_write(analyzer: Analyzer, written: str, normal: str) -> None:
    assert analyzer.normalise(written) == normal


def test_normalising_twice_changes_nothing_more(analyzer: Analyzer) -> None:
    texts = ["地标红标软著撤三费减贯标", "俺家辣椒咋报地标", "外观设计和外观", "版权登记多少钱"]
    for text in texts:
        once = analyzer.normalise(text)
        assert analyzer.normalise(once) == once


@pytest.mark.parametrize("word", ["地理标志", "证明商标", "集体商标", "专用标志", "贯标", "优先审查", "植物新品种"])
def test_keeps_words_of_the_field_whole(analyzer: Analyzer, word: str) -> None:
    assert word in analyzer.words(f"申请{word}的材料")


def test_words_have_no_punctuation(analyzer: Analyzer) -> None:
    assert analyzer.words("商标，专利。（一）") == ["商标", "专利", "一"]


def test_content_words_leave_out_what_says_nothing(analyzer: Analyzer) -> None:
    assert analyzer.content_words("我想问一下商标怎么办理的") == [
        word
        for word in analyzer.words("我想问一下商标怎么办理的")
        if word not in {"我", "想", "问", "一下", "怎么", "办理", "的"}
    ]
    assert "商标" in analyzer.content_words("请问商标的是什么")


def test_characters_are_single_and_paired_and_do_not_cross_punctuation(analyzer: Analyzer) -> None:
    assert analyzer.characters("商标，专利") == ["商", "标", "商标", "专", "利", "专利"]


def test_characters_keep_latin_words_and_figures_whole(analyzer: Analyzer) -> None:
    terms = analyzer.characters("gb29490收1350元")
    assert "gb29490" in terms
    assert "1350" in terms
    assert "1350元" in terms


def test_rjieba_and_jieba_cut_our_corpus_alike() -> None:
    pytest.importorskip("rjieba")
    words = dictionary_words()
    fast, plain = build_analyzer(RjiebaSegmenter(words)), build_analyzer(JiebaSegmenter(words))
    for document in shipped_documents():
        for passage in document.passages:
            for text in (passage.heading, passage.text, *passage.questions):
                assert fast.words(fast.normalise(text)) == plain.words(plain.normalise(text))


def test_the_fingerprint_stands_for_words_and_rules(analyzer: Analyzer) -> None:
    assert len(analyzer.fingerprint) == 16
    assert build_analyzer(JiebaSegmenter([])).fingerprint == analyzer.fingerprint
