import pytest

from corpus.clean import clean_heading, clean_line, close_up, sentences


def test_unifies_radicals_that_pdf_fonts_print_instead_of_characters():
    assert clean_line("\u2f00\u2f06\u2f12") == "一二力"


def test_drops_invisible_characters_and_full_width_blanks():
    assert clean_line("\ufeff\u3000\u3000第一条\u200b　为了\u00a0保护\x07") == "第一条 为了 保护"


def test_makes_full_width_digits_and_letters_searchable():
    assert clean_line("ＧＢ/Ｔ ２９４９０") == "GB/T 29490"


@pytest.mark.parametrize(
    ("found", "kept"),
    [("第一章 总 则", "第一章 总则"), ("附 则", "附则"), ("第二章 专利的 申请", "第二章 专利的 申请")],
)
def test_closes_up_headings_that_are_spread_out(found, kept):
    assert clean_heading(found) == kept


def test_closes_up_chinese_but_keeps_numbers_apart():
    assert close_up("地 理 标 志 3960 704 元") == "地理标志 3960 704 元"


def test_sentences_keep_every_character():
    text = "甲。乙；“丙。”丁！（戊。）己"
    assert "".join(sentences(text)) == text
    assert sentences(text) == ["甲。", "乙；", "“丙。”", "丁！", "（戊。）", "己"]
