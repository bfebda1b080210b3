import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from corpus.errors import BrokenFileError
from corpus.readers.base import Heading, Limits, Paragraph, Table
from corpus.readers.docx import read_docx


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(data: bytes):
    return read_docx(data, Limits()).blocks


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_reads_headings_paragraphs_and_tables_in_order():
    document = docx.Document()
    document.add_heading("通辽市专利资助办法", 1)
    document.add_paragraph("为了鼓励创新，制定本办法。")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["项目", "金额", "专利", "3960"], strict=True
    ):
        cell.text = text
    document.add_paragraph("完。")
    assert read(saved(document)) == (
        Heading("通辽市专利资助办法", 1),
        Paragraph("为了鼓励创新，制定本办法。"),
        Table(("项目", "金额"), (("专利", "3960"),)),
        Paragraph("完。"),
    )


def test_merged_cells_give_their_text_to_every_place_they_cover():
    document = docx.Document()
    table = document.add_table(5, 3)
    texts = [["收费表", "", ""], ["项目", "金额", ""], ["", "纸质", "电子"], ["商标", "300", "270"], ["", "500", "450"]]
    for row, line in zip(table.rows, texts, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    for first, last in (((0, 0), (0, 2)), ((1, 0), (2, 0)), ((1, 1), (1, 2)), ((3, 0), (4, 0))):
        table.cell(*first).merge(table.cell(*last))
    assert read(saved(document)) == (
        Table(("项目", "金额/纸质", "金额/电子"), (("商标", "300", "270"), ("商标", "500", "450")), "收费表"),
    )


def test_two_lines_in_a_cell_never_become_one_number():
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["项目", "金额", "专利", "3960\n704"], strict=True
    ):
        cell.text = text
    assert read(saved(document))[0].rows == (("专利", "3960 704"),)


def test_numbers_that_word_counts_by_itself_are_in_the_text(make_docx):
    level = "<w:lvl w:ilvl='{}'><w:start w:val='1'/><w:numFmt w:val='{}'/><w:lvlText w:val='{}'/></w:lvl>"
    numbering = (
        "<w:numbering xmlns:w=''><w:abstractNum w:abstractNumId='7'>"
        + level.format(0, "chineseCountingThousand", "第%1条")
        + level.format(1, "decimal", "（%2）")
        + "</w:abstractNum><w:num w:numId='3'><w:abstractNumId w:val='7'/></w:num></w:numbering>"
    )
    styles = "<w:styles xmlns:w=''><w:style w:styleId='A'><w:name w:val='条'/><w:pPr><w:numPr><w:numId w:val='3'/></w:numPr></w:pPr></w:style></w:styles>"
    listed = "<w:numPr><w:ilvl w:val='{}'/><w:numId w:val='3'/></w:numPr>"
    body = (
        paragraph("为了保护。", listed.format(0))
        + paragraph("下列各项：", "<w:pStyle w:val='A'/>")
        + paragraph("甲；", listed.format(1))
        + paragraph("乙。", listed.format(1))
        + paragraph("施行。", listed.format(0))
    )
    texts = [block.text for block in read(make_docx(body, numbering=numbering, styles=styles))]
    assert texts == ["第一条 为了保护。", "第二条 下列各项：", "（1）甲；", "（2）乙。", "第三条 施行。"]


def test_deleted_words_are_left_out_and_inserted_words_kept(make_docx):
    body = (
        "<w:p><w:r><w:t>期限为</w:t></w:r><w:del><w:r><w:delText>三</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>二</w:t></w:r></w:ins><w:r><w:t>个月</w:t></w:r></w:p>"
    )
    assert read(make_docx(body)) == (Paragraph("期限为二个月"),)


def test_text_in_content_controls_and_frames_is_read(make_docx):
    framed = f"<w:tbl><w:tr><w:tc>{paragraph('框内第一段。')}{paragraph('框内第二段。')}</w:tc></w:tr></w:tbl>"
    body = f"<w:sdt><w:sdtContent>{paragraph('控件里的字。')}</w:sdtContent></w:sdt>{framed}"
    assert [block.text for block in read(make_docx(body))] == ["控件里的字。", "框内第一段。", "框内第二段。"]


def test_the_second_form_of_a_drawing_is_not_read_twice(make_docx):
    box = f"<w:txbxContent>{paragraph('通辽市人民政府文件')}</w:txbxContent>"
    body = f"<w:p><w:r><w:AlternateContent><w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback></w:AlternateContent></w:r></w:p>"
    assert read(make_docx(body)) == (Paragraph("通辽市人民政府文件"),)


def test_a_link_to_another_file_is_never_fetched(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    document = docx.Document()
    paragraph_ = document.add_paragraph("正文。")
    target = "http://192.0.2.1/secret.png"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    link = document.part.relate_to(target, kind, is_external=True)
    drawing = f'<w:r {nsdecls("w", "r")}><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" r:link="{link}"/></w:pict></w:r>'
    paragraph_._p.append(parse_xml(drawing))
    template = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    document.part.relate_to("file:///etc/passwd", template, is_external=True)
    assert read(saved(document)) == (Paragraph("正文。"),)


def test_entities_are_refused(make_docx, make_zip):
    data = make_docx("&e;")
    import zipfile

    entries = {
        name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    entries["word/document.xml"] = (
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + entries["word/document.xml"]
    )
    with pytest.raises(BrokenFileError, match="entities"):
        read(make_zip(entries))


def test_a_cut_off_file_is_refused():
    document = docx.Document()
    document.add_paragraph("正文。")
    with pytest.raises(BrokenFileError):
        read(saved(document)[:2000])
