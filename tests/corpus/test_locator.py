import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import LocatorError
from corpus.locator import Locator, to_chinese, to_int

NUMBERS = st.integers(1, 9999)
UP_TO_20 = st.integers(0, 20)


@given(st.integers(0, 9999))
def test_every_number_survives_being_written_in_chinese(value):
    assert to_int(to_chinese(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "零"),
        (10, "十"),
        (14, "十四"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (115, "一百一十五"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (1024, "一千零二十四"),
    ],
)
def test_writes_numerals_as_statutes_do(value, written):
    assert to_chinese(value) == written


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("二十四", 24),
        ("24", 24),
        ("２４", 24),
        ("一百〇五", 105),
        ("二〇二六", 2026),
        ("两百", 200),
        ("十", 10),
        ("百", 100),
    ],
)
def test_reads_every_spelling_of_a_numeral(numeral, value):
    assert to_int(numeral) == value


@pytest.mark.parametrize("numeral", ["", "甲", "二四十", "十百", "12345", "一二三四五", "-3", "3.5"])
def test_refuses_what_is_no_numeral(numeral):
    with pytest.raises(LocatorError):
        to_int(numeral)


@given(article=NUMBERS, insertion=UP_TO_20, paragraph=UP_TO_20, item=UP_TO_20, subitem=UP_TO_20)
def test_every_place_survives_being_written(article, insertion, paragraph, item, subitem):
    place = Locator(article=article, insertion=insertion, paragraph=paragraph, item=item, subitem=subitem)
    assert Locator.parse(str(place)) == place


@pytest.mark.parametrize(
    "spelling",
    [
        "第二十四条第二款第（三）项",
        "第24条第2款第3项",
        "第二十四条第二款第三项",
        "第 24 条 第 2 款 第(3)项",
        "第二十四条第二款第(三)项",
    ],
)
def test_reads_the_usual_spellings_of_a_place(spelling):
    place = Locator.parse(spelling)
    assert str(place) == "第二十四条第二款第（三）项"
    assert (place.article, place.paragraph, place.item) == (24, 2, 3)


@pytest.mark.parametrize("text", ["", "第条", "商标法第五条", "二十四", "第二十四条第"])
def test_refuses_what_is_no_place(text):
    with pytest.raises(LocatorError):
        Locator.parse(text)


def test_an_article_holds_its_paragraphs_and_no_other():
    article = Locator(article=24)
    assert article.holds(Locator(article=24, paragraph=2, item=3))
    assert not article.holds(Locator(article=25))
    assert not article.holds(Locator(article=24, insertion=1))
    assert not Locator(article=24, paragraph=1).holds(Locator(article=24, paragraph=2))


def test_places_sort_in_reading_order():
    written = ["第三条第二款", "第二十条之一", "第三条", "第二十条", "第三条第一款第（二）项"]
    ordered = sorted(Locator.parse(text) for text in written)
    assert [str(place) for place in ordered] == [
        "第三条",
        "第三条第一款第（二）项",
        "第三条第二款",
        "第二十条",
        "第二十条之一",
    ]
