import pytest

from corpus.errors import EmptyFileError, FileTooLargeError, UnsupportedFormatError
from corpus.readers.base import Heading, Limits, Paragraph, Table
from corpus.readers.text import decode, read_plain_markdown, read_text
from corpus.reading import read_document

TEXT = "第一行，地理标志。\n\n　　第二行，镕。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_the_encodings_that_offices_use(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_a_binary_file_is_no_text():
    with pytest.raises(UnsupportedFormatError):
        decode(bytes(range(256)))


def test_a_line_is_a_paragraph_and_tabs_make_a_table():
    blocks = read_text("甲。\n项目\t金额\n专利\t3960\n乙。".encode(), Limits()).blocks
    assert blocks == (Paragraph("甲。"), Table(("项目", "金额"), (("专利", "3960"),)), Paragraph("乙。"))


def test_plain_markdown_gives_headings_lists_and_tables():
    text = "# 标题\n\n一段话\n接着写。\n\n- 第一项\n- **第二项** [链接](http://a.b)\n\n| 项目 | 金额 |\n|---|---|\n| 专利 | 3960 |\n"
    content = read_plain_markdown(text.encode(), Limits())
    assert content.title == "标题"
    assert content.blocks == (
        Heading("标题", 1),
        Paragraph("一段话接着写。"),
        Paragraph("- 第一项"),
        Paragraph("- 第二项 链接"),
        Table(("项目", "金额"), (("专利", "3960"),)),
    )


def test_an_empty_file_is_refused():
    with pytest.raises(EmptyFileError):
        read_document(b" \n", "a.txt")


def test_a_file_with_a_title_only_is_refused():
    with pytest.raises(EmptyFileError):
        read_document("关于开展工作的通知".encode(), "a.txt")


def test_a_file_above_the_limit_is_refused():
    with pytest.raises(FileTooLargeError, match="wanted at most 50 MiB"):
        read_document(b"a" * (50 * 1024 * 1024 + 1), "a.txt")
