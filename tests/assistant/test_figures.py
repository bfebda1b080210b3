"""One value for each figure, however it is written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.figures import Figure, figures, implied, number
from corpus.locator import to_chinese

calm = settings(deadline=None)
"""A busy machine is no failure."""


def values(text: str) -> list[tuple[str, str]]:
    return [(figure.value, figure.unit) for figure in figures(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三个月", "3个月"),
        ("3个月", "3 个月"),
        ("３个月", "3个月"),
        ("十二个月", "12个月"),
        ("85％", "85%"),
        ("85%", "百分之八十五"),
        ("百分之百", "100%"),
        ("百分之零点五", "0.5%"),
        ("千分之三", "0.3%"),
        ("万分之五", "0.05%"),
        ("3‰", "0.3%"),
        ("1.5亿元", "15000万元"),
        ("一亿五千万元", "1.5亿元"),
        ("一点五亿元", "1.5亿元"),
        ("3万5千元", "35000元"),
        ("1,350元", "1350元"),
        ("１３５０元", "1350元"),
        ("一千三百五十元", "1350元"),
        ("1350块钱", "1350元"),
        ("1350块", "1350元"),
        ("两千元", "2000元"),
        ("300.00元", "300元"),
        ("第八十五号", "第85号"),
        ("第85号", "第 85 号"),
        ("85号令", "第85号令"),
        ("第二十四条", "第24条"),
        ("第二十四条第二款第（三）项", "第24条第2款第3项"),
        ("第二十条之一", "第20条之1"),
        ("第三十类", "第30类"),
        ("2027年1月1日", "2027-01-01"),
        ("二〇二七年一月一日", "2027年1月1日"),
        ("2027/1/1", "2027-01-01"),
        ("2027.01.01", "2027年1月1日"),
        ("2027年1月", "2027-01"),
        ("二〇二七年", "2027年"),
        ("1月1日", "一月一日"),
        ("2021—2025年", "2021至2025年"),
        ("2021年到2025年", "2021-2025"),
        ("5~10家", "5-10家"),
        ("5至10家", "5～10家"),
        ("5家至10家", "5—10 家"),
        ("五至十家", "5~10家"),
        ("5万元至10万元", "5~10万元"),
        ("3万元以上、500万元以下", "3万元至500万元"),
        ("五万元以上十万元以下", "5—10万元"),
        ("一倍以上五倍以下", "1到5倍"),
        ("5%至10%", "5～10％"),
        ("0471-5200441", "0471—5200441"),
        ("（0471）5200441", "0471 5200441"),
        ("138 0013 8000", "13800138000"),
        ("15日", "15天"),
        ("15天", "十五日"),
        ("十五天内", "15日内"),
        ("10个工作日", "十个工作日"),
        ("10个工作日", "10工作日"),
        ("两年", "2年"),
        ("一年半", "1年半"),
        ("两个半月", "2个半月"),
        ("三分之二", "3分之2"),
        ("2小时", "两个小时"),
        ("GB/T 29490—2023", "GB/T29490-2023"),
        ("ISO 56005:2020", "ISO56005-2020"),
        ("国知发保字〔2021〕1号", "国知发保字[2021]1号"),
        ("国知发保字〔2021〕第1号", "国知发保字（2021）1号"),
        ("8：30", "08:30"),
        ("https://sbj.cnipa.gov.cn/", "sbj.cnipa.gov.cn"),
        ("免费", "不收费"),
    ],
)
def test_equal_figures_are_equal(one: str, other: str) -> None:
    assert values(one)
    assert values(one) == values(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3个月", "3月"),
        ("3个月", "3年"),
        ("15日", "15个工作日"),
        ("第24条", "24条"),
        ("第24条", "第24款"),
        ("1.5亿元", "1.5万元"),
        ("5~10家", "10家"),
        ("5~10家", "5~15家"),
        ("85%", "85个百分点"),
        ("2027年1月1日", "2027年2月1日"),
        ("GB/T 29490-2023", "GB/T 29490-2013"),
        ("〔2021〕1号", "〔2022〕1号"),
        ("0471-5200441", "0471-5200442"),
        ("一年半", "一年"),
        ("100美元", "100元"),
        ("1350元", "13.50元"),
        ("300元", "3000元"),
        ("免费", "10元"),
    ],
)
def test_different_figures_differ(one: str, other: str) -> None:
    assert values(one) != values(other)


@pytest.mark.parametrize("text", ["一般", "一些", "十分", "统一", "第一", "三农", "农民百年老店", "万一", "一方面", "四川", "", "[1]",
                                  "1. 申请表\n2. 执照", "（1）申请表；（2）执照", "① 申请表", "十四五"])  # fmt: skip
def test_words_and_list_numbers_are_no_figures(text: str) -> None:
    assert values(text) == []


def test_a_text_gives_all_its_figures() -> None:
    text = "自2024年2月1日起，第80号令第9条要求3个月内交1350元（减85％），找5～10家，拨0475-8835123。"
    assert values(text) == sorted(
        [("2024-02-01", "日期"), ("80", "第号"), ("9", "第条"), ("3", "个月"), ("1350", "元"), ("85", "%"), ("5~10", "家"),
         ("04758835123", "电话")]
    )  # fmt: skip


def test_a_date_implies_its_month_and_year_but_not_the_other_way_round() -> None:
    whole = implied(figures("2027年1月1日"))
    assert set(figures("2027年1月")) <= whole
    assert set(figures("2027年")) <= whole
    assert not set(figures("2027年1月1日")) <= implied(figures("2027年"))


def test_a_range_implies_neither_end() -> None:
    assert not set(figures("10家")) & implied(figures("5至10家"))


def test_a_standard_implies_its_number_without_the_year() -> None:
    assert set(figures("GB/T 29490")) <= implied(figures("GB/T 29490-2023"))


amounts = st.integers(min_value=2, max_value=9999)


@calm
@given(amounts, st.sampled_from(["元", "个月", "年", "天", "家", "件", "倍"]))
def test_arabic_and_chinese_numerals_agree(value: int, unit: str) -> None:
    if unit == "年" and 1900 <= value < 2100:
        return  # a calendar year
    assert values(f"{value}{unit}") == values(f"{to_chinese(value)}{unit}") == values(f"{value} {unit}")


@calm
@given(amounts)
def test_full_width_digits_and_thousands_agree(value: int) -> None:
    wide = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert values(f"{value}元") == values(f"{wide}元") == values(f"{value:,}元")


@calm
@given(st.integers(min_value=1, max_value=99_999))
def test_ten_thousands_agree_with_digits(value: int) -> None:
    assert number(f"{value}万") == str(value * 10_000)
    assert values(f"{value}万元") == values(f"{value * 10_000}元")


@calm
@given(st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_dates_agree(day: dt.date) -> None:
    year = str(day.year).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    forms = [f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}",
             f"{year}年{to_chinese(day.month)}月{to_chinese(day.day)}日"]  # fmt: skip
    assert {tuple(values(form)) for form in forms} == {((day.isoformat(), "日期"),)}


@calm
@given(amounts, amounts, st.sampled_from(["~", "-", "—", "至", "到", "～"]))
def test_ranges_agree(low: int, high: int, to: str) -> None:
    assert values(f"{low}{to}{high}家") == [(f"{low}~{high}", "家")]


@calm
@given(
    st.text(max_size=200)
    | st.text("零〇一二两九十百千万亿点第元年月日号分之至到半个%‰.,/:~-—0123٣９GB〔〕[]() 。\n", max_size=60)
)
def test_any_text_has_figures_or_none(text: str) -> None:
    assert all(isinstance(figure, Figure) and figure.value for figure in figures(text))


@pytest.mark.parametrize("babble", ["1" * 5000, "一" * 5000, "1万" * 2500])
def test_a_figure_without_end_is_cut_and_still_a_figure(babble: str) -> None:
    (figure,) = figures(f"收费{babble}元")
    assert len(figure.text) <= 61
