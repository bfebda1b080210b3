import io

import docx
import pytest
from openpyxl import Workbook

from corpus.errors import EncryptedFileError, UnsupportedFormatError
from corpus.readers.base import Limits
from corpus.readers.sniff import Format, sniff
from corpus.reading import read_document

LAW = "# 甲条例\n\n2024年3月1日 国务院令第700号公布\n\n<!-- INFO END -->\n\n第一条 甲。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(thing) -> bytes:
    stream = io.BytesIO()
    thing.save(stream)
    return stream.getvalue()


def kind(data: bytes, name: str = "x.bin") -> Format:
    return sniff(data, name, Limits())


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.doc", "a", "a.md"])
def test_content_is_believed_before_the_suffix(name, make_pdf, make_ofd):
    assert kind(saved(docx.Document()), name) is Format.DOCX
    assert kind(saved(Workbook()), name) is Format.XLSX
    assert kind(make_pdf(lambda canvas: None), name) is Format.PDF
    assert kind(make_ofd([(1, 1, "甲")]), name) is Format.OFD
    assert kind(b"<!DOCTYPE HTML><html></html>", name) is Format.HTML
    assert kind(b"{\\rtf1 a}", name) is Format.DOC
    assert kind(LAW.encode(), name) is Format.LAWBOOK
    assert kind("---\nid: a\nkind: guide\n---\n## 是什么\n".encode(), name) is Format.GUIDE


def test_a_web_page_saved_as_doc_is_read_as_a_web_page():
    page = "<html><head><title>收费公告</title></head><body><p>商标注册一个类别官费三百元。</p></body></html>"
    assert read_document(page.encode("gb18030"), "公告.doc").passages[0].text == "商标注册一个类别官费三百元。"


def test_text_is_markdown_by_its_name_only():
    assert kind("# 标题\n正文".encode(), "a.md") is Format.MARKDOWN
    assert kind("# 标题\n正文".encode(), "a.txt") is Format.TEXT


def test_office_files_behind_a_password_are_named_as_such():
    with pytest.raises(EncryptedFileError, match="password"):
        kind(OLE + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (OLE + "Workbook".encode("utf-16-le"), "XLSX"),
        (OLE + b"\0" * 50, "DOCX"),
        (b"\x89PNG\r\n", "picture"),
        (bytes(range(256)), "known format"),
    ],
)
def test_what_no_reader_knows_is_refused_with_a_way_out(data, reason):
    with pytest.raises(UnsupportedFormatError, match=reason):
        kind(data)


def test_presentations_are_refused(make_zip):
    with pytest.raises(UnsupportedFormatError, match="neither"):
        kind(make_zip({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b"<a/>"}))
