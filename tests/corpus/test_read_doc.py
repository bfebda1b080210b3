import io
import subprocess

import docx
import pytest

from corpus.errors import ConverterMissingError
from corpus.readers import doc_wps
from corpus.readers.base import Limits
from corpus.reading import read_document

needs_libreoffice = pytest.mark.skipif(
    doc_wps.converter() is None, reason="LibreOffice (soffice) is not installed; Debian: libreoffice-writer-nogui"
)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") * 3


@pytest.fixture(scope="module")
def old_word_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("word")
    document = docx.Document()
    document.add_paragraph("通辽市专利资助办法")
    for text in ("第一条 为了鼓励创新。", "第二条 资助标准如下表。"):
        document.add_paragraph(text)
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["项目", "金额", "专利", "3960"], strict=True
    ):
        cell.text = text
    document.add_paragraph("第三条 本办法自2027年1月1日起施行。")
    stream = io.BytesIO()
    document.save(stream)
    (folder / "a.docx").write_bytes(stream.getvalue())
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ["--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(folder), str(folder / "a.docx")]
    subprocess.run([str(doc_wps.converter()), home, *options], check=True, capture_output=True, timeout=120)
    return (folder / "a.doc").read_bytes()


@needs_libreoffice
@pytest.mark.parametrize("name", ["办法.doc", "办法.wps", "办法.pdf"])
def test_old_word_and_wps_files_are_read_through_libreoffice(old_word_file, name):
    document = read_document(old_word_file, name)
    assert document.title == "通辽市专利资助办法"
    assert document.effective_date.isoformat() == "2027-01-01"
    assert [p.locator for p in document.passages] == ["第一条", "第二条", "第二条", "第三条"]
    assert "| 专利 | 3960 |" in document.passages[2].text


@needs_libreoffice
def test_rich_text_is_read_through_libreoffice():
    body = "".join(f"\\u{ord(char)}?" for char in "商标注册官费三百元，网上申请二百七十元。")
    assert "二百七十元" in read_document(b"{\\rtf1\\ansi " + body.encode() + b"\\par}", "费用.rtf").passages[0].text


@needs_libreoffice
def test_a_file_that_libreoffice_cannot_read_is_refused_or_found_empty():
    from corpus.errors import ReadError

    with pytest.raises(ReadError):
        read_document(OLD_WORD, "坏.doc")


def test_without_libreoffice_the_reason_says_what_to_do(monkeypatch):
    monkeypatch.setattr(doc_wps, "converter", lambda: None)
    with pytest.raises(ConverterMissingError, match="save the file as DOCX"):
        read_document(OLD_WORD, "旧.doc")


def test_a_conversion_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(doc_wps, "converter", lambda: str(slow))
    with pytest.raises(ConverterMissingError, match="more than 1 s"):
        read_document(OLD_WORD, "旧.doc", limits=Limits(conversion_timeout_s=1))
