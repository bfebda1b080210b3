from __future__ import annotations

import pytest

from index.figures import chinese_number, figure_terms


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("七十六", 76),
        ("十", 10),
        ("十五", 15),
        ("一千三百五十", 1350),
        ("二〇二五", 2025),
        ("两", 2),
        ("三万五千", 35000),
        ("一百零八", 108),
    ],
)
def test_reads_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_number(numeral) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第七十六号", "第76号"),
        ("十五天", "15日"),
        ("1350块钱", "1350元"),
        ("三个月", "3个月"),
        ("百分之八十五", "85%"),
        ("15个工作日", "15工作日"),
    ],
)
def test_writes_one_figure_in_one_way(one: str, other: str) -> None:
    assert figure_terms(one) == figure_terms(other) != []


def test_keeps_the_unit_with_the_figure() -> None:
    assert figure_terms("官费300元，300件起") == ["300元", "300件"]


def test_finds_no_figure_in_words_that_merely_contain_numerals() -> None:
    assert figure_terms("统一管理，万一出错") == []
