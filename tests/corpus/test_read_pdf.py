import contextlib
import random
import subprocess

import docx
import pypdfium2
import pytest

from corpus.errors import BrokenFileError, EncryptedFileError, FileTooLargeError, ReadError, ScannedFileError
from corpus.readers import doc_wps, ocr, pdf
from corpus.readers.base import Limits, Paragraph, Table
from corpus.readers.pdf import read_pdf
from corpus.readers.pdf_layout import Run
from corpus.reading import read_document
from corpus.records import Confidence

BODY = "为了加强地理标志产品的保护，规范地理标志产品名称和专用标志的使用，保证地理标志产品的质量和特色，制定本办法，各单位应当遵照执行。"
NEARLY = "这是第{}页上一段没有说完而且足够长的文字内容"


def texts(blocks):
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def at(*lines):
    """Draw each text at x from the left and y from the top, in points."""

    def draw(canvas):
        for x, y, text in lines:
            canvas.drawString(x, 842 - y, text)

    return draw


def wrapped(text, *, x=60, y=60, characters=40):
    """Return the lines of a paragraph as a printer sets them."""
    parts = [text[start : start + characters] for start in range(0, len(text), characters)]
    return [(x, y + 18 * number, part) for number, part in enumerate(parts)]


def ruled(canvas, rows, *, x=60, y=100, width=120, height=24, merged=()):
    """Draw a table of equal cells; ``merged`` holds (row, column, rows, columns) that share one cell."""
    covered = {(r + i, c + j) for r, c, h, w in merged for i in range(h) for j in range(w)} - {
        (r, c) for r, c, _, _ in merged
    }
    sizes = {(r, c): (h, w) for r, c, h, w in merged}
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if (row, column) in covered:
                continue
            tall, wide = sizes.get((row, column), (1, 1))
            left, bottom = x + column * width, 842 - y - (row + tall) * height
            canvas.rect(left, bottom, wide * width, tall * height)
            canvas.drawString(left + 4, bottom + tall * height - 16, text)


def test_lines_are_joined_into_paragraphs(make_pdf):
    first, second = "第一条 " + BODY * 2, "第二条 " + BODY
    page = at(*wrapped(first), *wrapped(second, y=60 + 18 * 4))
    assert texts(read_pdf(make_pdf(page), Limits()).blocks) == [first, second]


def test_two_columns_are_read_one_after_the_other(make_pdf):
    left, right = "左栏" + BODY * 3, "右栏" + BODY * 3
    page = at(
        (200, 40, "横贯两栏的标题在中间"),
        *wrapped(left, y=70, characters=20),
        *wrapped(right, x=320, y=70, characters=20),
    )
    joined = "".join(texts(read_pdf(make_pdf(page), Limits()).blocks))
    assert joined == "横贯两栏的标题在中间" + left + right


def test_cells_without_rules_are_neither_columns_nor_one_number(make_pdf):
    rows = [(x, 100 + 20 * n, text) for n in range(8) for x, text in ((90, f"第{n}类"), (350, "3960"), (440, "704"))]
    assert "第0类 3960 704" in texts(read_pdf(make_pdf(at(*rows)), Limits()).blocks)[0]


def test_ruled_tables_stay_tables_with_merged_cells(make_pdf):
    def draw(canvas):
        at((60, 80, "收费标准如下："), (60, 300, "以上自2026年起执行。"))(canvas)
        rows = [("项目", "金额", ""), ("", "纸质", "电子"), ("专利", "3960", "704"), ("商标", "300", "270")]
        ruled(canvas, rows, merged=[(0, 0, 2, 1), (0, 1, 1, 2)])

    assert read_pdf(make_pdf(draw), Limits()).blocks == (
        Paragraph("收费标准如下："),
        Table(("项目", "金额/纸质", "金额/电子"), (("专利", "3960", "704"), ("商标", "300", "270"))),
        Paragraph("以上自2026年起执行。"),
    )


@pytest.mark.skipif(
    doc_wps.converter() is None, reason="LibreOffice (soffice) is not installed; Debian: libreoffice-writer-nogui"
)
def test_what_libreoffice_prints_says_what_the_word_file_says(tmp_path):
    word = docx.Document()
    word.add_paragraph("商标标志管理办法")
    for number in ("一", "二", "三", "四"):
        word.add_paragraph(f"第{number}条 下列标志（包括“国旗”、“国徽”）不得作为商标使用：")
        word.add_paragraph(
            "（一）同国家名称、国旗、国徽、国歌、军旗、军徽、军歌、勋章等相同的，以及同名称、标志、地点相同的；"
        )
        word.add_paragraph(
            "（二）同政府间组织的名称、旗帜、徽记等相同或者近似的，但经该组织同意，或者不易误导公众的除外。"
        )
    table = word.add_table(2, 3, style="Table Grid")
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ["项目", "金额", "上限", "专利", "3960", "704"], strict=True
    ):
        cell.text = text
    word.save(str(tmp_path / "a.docx"))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    options = ["--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "a.docx")]
    subprocess.run([str(doc_wps.converter()), home, *options], check=True, capture_output=True, timeout=120)

    def said(name):
        passages = read_document((tmp_path / name).read_bytes(), name).passages
        return [(passage.locator, passage.text.replace(" ", "")) for passage in passages]

    assert said("a.pdf") == said("a.docx")


def test_a_table_that_a_page_break_parts_is_one_table(make_pdf):
    pages = ([("项目", "金额"), ("专利", "900")], [("商标", "300"), ("续展", "500")])
    blocks = read_pdf(make_pdf(*[lambda canvas, rows=rows: ruled(canvas, rows) for rows in pages]), Limits()).blocks
    assert blocks == (Table(("项目", "金额"), (("专利", "900"), ("商标", "300"), ("续展", "500"))),)


def test_running_heads_are_left_out_and_paragraphs_go_on_over_the_page(make_pdf):
    pages = [at((200, 30, "文件汇编"), (60, 120, NEARLY.format(n)), (290, 820, f"— {n} —")) for n in range(1, 5)]
    assert texts(read_pdf(make_pdf(*pages), Limits()).blocks) == ["".join(NEARLY.format(n) for n in range(1, 5))]


def test_three_hundred_pages_are_read(make_pdf):
    pages = [
        at((60, 100, f"第{n}条 县级以上人民政府应当加强保护工作。"), (60, 130, f"本页说明事项{n}。"))
        for n in range(1, 301)
    ]
    passages = read_document(make_pdf(*pages), "三百页.pdf").passages
    assert len(passages) == 300
    assert passages[-1].locator == "第三百条"
    assert passages[-1].text.endswith("本页说明事项300。")


def test_too_many_pages_are_refused(make_pdf):
    with pytest.raises(FileTooLargeError, match="found 3 pages"):
        read_pdf(make_pdf(*[at((60, 60, "甲"))] * 3), Limits(max_pages=2))


def test_a_password_is_named_as_the_reason(make_pdf):
    with pytest.raises(EncryptedFileError, match="password"):
        read_document(make_pdf(at((60, 60, "甲")), password="secret"), "密.pdf")


def picture_page(canvas):
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "white")), 0, 0, 595, 842)


def test_a_scan_is_refused_with_a_way_out_when_no_ocr_is_installed(make_pdf, monkeypatch):
    monkeypatch.setattr(ocr, "_MODULE", "no_such_module")
    with pytest.raises(ScannedFileError, match=r"found 1 of 1 pages that are pictures.*ocr"):
        read_pdf(make_pdf(picture_page), Limits())


def test_a_picture_on_the_cover_does_not_hinder_the_rest(make_pdf, monkeypatch):
    monkeypatch.setattr(ocr, "_MODULE", "no_such_module")
    pages = [at((60, 100, f"第{n}页说明办理的条件、材料和期限。")) for n in range(9)]
    assert len(texts(read_pdf(make_pdf(picture_page, *pages), Limits()).blocks)) == 9


def test_a_scan_is_read_by_ocr_where_it_is_installed(make_pdf, monkeypatch):
    monkeypatch.setattr(pdf, "ocr_lines", lambda page: [Run(50, 100, 400, 112, "扫描出来的第一条规定。")])
    document = read_document(make_pdf(picture_page), "扫描件.pdf")
    assert [passage.text for passage in document.passages] == ["扫描出来的第一条规定。"]
    assert document.confidence is Confidence.SINGLE_TRANSCRIPTION


def test_an_ocr_that_cannot_be_loaded_is_named_as_the_reason(make_pdf, monkeypatch, tmp_path):
    (tmp_path / "broken_ocr.py").write_text("import a_library_of_the_system_that_is_missing", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(ocr, "_MODULE", "broken_ocr")
    with pytest.raises(ScannedFileError, match="a_library_of_the_system_that_is_missing"):
        read_pdf(make_pdf(picture_page), Limits())


SCANNED = (
    "通辽市商标质押融资办法",
    "第一条 贴息比例不超过百分之五十。",
    "第二条 申请人提交营业执照。",
    "第三条 每件收费300元。",
)


def test_a_real_scan_is_read_by_the_real_ocr(make_pdf):
    pytest.importorskip("rapidocr_onnxruntime", reason="the extra ocr is not installed")

    def draw(canvas):
        canvas.setFont("STSong-Light", 16)
        at(*((70, 90 + 40 * number, text) for number, text in enumerate(SCANNED)))(canvas)

    picture = pypdfium2.PdfDocument(make_pdf(draw))[0].render(scale=2).to_pil()
    if picture.convert("L").getextrema()[0] > 128:
        pytest.skip("no Chinese font on this system to draw a page with")
    scan = make_pdf(lambda canvas: canvas.drawInlineImage(picture, 0, 0, 595, 842))
    document = read_document(scan, "扫描件.pdf")
    assert document.confidence is Confidence.SINGLE_TRANSCRIPTION
    assert document.title == SCANNED[0]
    assert [passage.locator for passage in document.passages] == ["第一条", "第二条", "第三条"]
    assert "300元" in document.passages[2].text


def test_a_file_that_only_looks_like_pdf_is_refused():
    with pytest.raises(BrokenFileError):
        read_document(b"%PDF-1.7\n" + b"garbage " * 500, "坏.pdf")


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_reported_as_damage_or_survived(make_pdf, seed):
    def draw(canvas):
        at(*wrapped(BODY))(canvas)
        ruled(canvas, [("项目", "金额"), ("专利", "900")], y=300)

    data = bytearray(make_pdf(draw))
    chance = random.Random(seed)
    for _ in range(20):
        data[chance.randrange(9, len(data))] = chance.randrange(256)
    with contextlib.suppress(ReadError):  # any other error fails
        assert read_document(bytes(data), "坏.pdf").passages
