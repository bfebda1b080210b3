import pytest

from corpus.errors import BrokenFileError, ScannedFileError
from corpus.readers.base import Limits, Paragraph, Table
from corpus.readers.ofd import read_ofd
from corpus.reading import read_document

OBJECT = (
    "<ofd:TextObject Boundary='{} {} 80 4.5' Size='4'><ofd:TextCode X='0' Y='4' {}>{}</ofd:TextCode></ofd:TextObject>"
)


def texts(data: bytes):
    return [block.text for block in read_ofd(data, Limits()).blocks]


def test_reads_a_red_head_document(make_ofd):
    page = [
        (60, 30, "通辽市市场监督管理局文件"),
        (75, 45, "通市监发〔2026〕8号"),
        (50, 60, "关于开展地理标志保护工作的通知"),
        (28, 75, "各旗县市区市场监督管理局要加强地理标志专用标志使用管理。"),
        (120, 100, "通辽市市场监督管理局"),
        (130, 108, "2026年5月8日"),
    ]
    document = read_document(make_ofd(page), "通知.ofd")
    assert document.title == "关于开展地理标志保护工作的通知"
    assert document.issuer == "通辽市市场监督管理局"
    assert document.document_number == "通市监发〔2026〕8号"
    assert document.published_date.isoformat() == "2026-05-08"
    assert document.region == "通辽"
    assert [passage.text for passage in document.passages] == [
        "各旗县市区市场监督管理局要加强地理标志专用标志使用管理。"
    ]


def test_text_objects_are_put_into_reading_order(make_ofd):
    page = [(20, 60, "第三条 丙。"), (20, 40, "第一条 甲。"), (20, 50, "第二条 乙。")]
    assert texts(make_ofd(page)) == ["第一条 甲。", "第二条 乙。", "第三条 丙。"]


def test_far_characters_are_kept_apart(make_ofd):
    spread = OBJECT.format(20, 40, "DeltaX='2 2 2 30 2 2'", "3960704")
    assert texts(make_ofd(spread)) == ["3960 704"]


def test_repeated_distances_are_expanded(make_ofd):
    spread = OBJECT.format(20, 40, "DeltaX='g 3 2 30 g 2 2'", "3960704")
    assert texts(make_ofd(spread)) == ["3960 704"]


def test_invisible_text_is_left_out(make_ofd):
    layer = OBJECT.format(20, 40, "", "看得见。") + OBJECT.format(20, 60, "", "看不见。").replace(
        "<ofd:TextObject", "<ofd:TextObject Visible='false'"
    )
    assert texts(make_ofd(layer)) == ["看得见。"]


def test_pages_of_pictures_are_refused(make_ofd):
    with pytest.raises(ScannedFileError):
        texts(make_ofd("<ofd:ImageObject/>", extra={"Doc_0/Res/scan.png": b"picture"}))


def text_at(x, y, text, more=""):
    return f"<ofd:TextObject Boundary='{x} {y} {len(text) * 2} 4.5' Size='4'><ofd:TextCode X='0' Y='4' {more}>{text}</ofd:TextCode></ofd:TextObject>"


def path(data, boundary="0 0 210 297", more=""):
    return f"<ofd:PathObject Boundary='{boundary}' {more}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"


def grid(xs, ys):
    """Rule a line along each of these places, in one path a line, as word processors write it."""
    level = [path(f"M {xs[0]} {y} L {xs[-1]} {y}") for y in ys]
    return "".join(level + [path(f"M {x} {ys[0]} L {x} {ys[-1]}") for x in xs])


FEES = (("项目", "金额", "页数"), ("发明", "3960", "704"), ("商标", "300", "12"))
FEES_READ = Table(FEES[0], FEES[1:])


def ruled_fees(x=20, y=50, width=9):
    # Narrow cells: printed, 3960 and 704 stand a millimetre apart.
    cells = [text_at(x + 0.5 + width * c, y + 1 + 8 * r, t) for r, row in enumerate(FEES) for c, t in enumerate(row)]
    return "".join(cells) + grid([x + width * n for n in range(4)], [y + 8 * n for n in range(4)])


def test_a_ruled_table_is_kept_as_a_table_between_what_stands_above_and_below(make_ofd):
    layer = text_at(20, 30, "收费标准如下：") + ruled_fees() + text_at(20, 90, "以上标准自公布之日起执行。")
    blocks = read_ofd(make_ofd(layer), Limits()).blocks
    assert blocks == (Paragraph("收费标准如下："), FEES_READ, Paragraph("以上标准自公布之日起执行。"))
    text = "".join(passage.text for passage in read_document(make_ofd(layer), "收费.ofd").passages)
    assert "| 发明 | 3960 | 704 |" in text
    assert "3960704" not in text


def test_merged_cells_of_a_ruled_table_are_resolved(make_ofd):
    cells = [(21, 51, "类别"), (41, 51, "金额"), (21, 63, "专利"), (41, 59, "900"), (41, 67, "500")]
    rules = [(20, 50, 60, 50), (20, 58, 60, 58), (40, 66, 60, 66), (20, 74, 60, 74)]
    rules += [(x, 50, x, 74) for x in (20, 40, 60)]
    layer = "".join(text_at(*cell) for cell in cells) + "".join(path(f"M {a} {b} L {c} {d}") for a, b, c, d in rules)
    assert read_ofd(make_ofd(layer), Limits()).blocks == (Table(("类别", "金额"), (("专利", "900"), ("专利", "500"))),)


def test_cells_drawn_as_rectangles_that_are_moved_and_scaled_make_a_table(make_ofd):
    boxes = [
        path("M 0 0 L 1 0 L 1 1 L 0 1 C", f"{20 + 20 * c} {50 + 8 * r} 20 8", "CTM='20 0 0 8 0 0'")
        for r in range(3)
        for c in range(3)
    ]
    cells = [text_at(21 + 20 * c, 51 + 8 * r, text) for r, row in enumerate(FEES) for c, text in enumerate(row)]
    assert read_ofd(make_ofd("".join(boxes + cells)), Limits()).blocks == (FEES_READ,)


def test_a_row_printed_in_one_go_is_cut_at_the_rules(make_ofd):
    rows = [text_at(21, 51, "项目金额", "DeltaX='4 16 4'"), text_at(21, 59, "发明900", "DeltaX='4 16 2 2'")]
    blocks = read_ofd(make_ofd("".join(rows) + grid([20, 40, 60], [50, 58, 66])), Limits()).blocks
    assert blocks == (Table(("项目", "金额"), (("发明", "900"),)),)


def test_rows_whose_cells_stand_below_one_another_are_a_table_without_rules(make_ofd):
    cells = [text_at(20 + 30 * c, 50 + 8 * r, text) for r, row in enumerate(FEES) for c, text in enumerate(row)]
    blocks = read_ofd(make_ofd(text_at(20, 30, "收费标准如下：") + "".join(cells)), Limits()).blocks
    assert blocks == (Paragraph("收费标准如下："), FEES_READ)


@pytest.mark.parametrize("shift", [0, 14], ids=["two rows only", "columns that do not agree"])
def test_what_is_no_table_stays_a_row_and_amounts_apart(make_ofd, shift):
    rows = [
        (20, 50, "发明"),
        (60, 50, "3960"),
        (80, 50, "704"),
        (20, 58, "商标"),
        (60 + shift, 58, "300"),
        (88 + shift, 58, "12"),
    ]
    assert texts(make_ofd("".join(text_at(*cell) for cell in rows))) == ["发明 3960 704", "商标 300 12"]


def test_a_frame_is_no_table(make_ofd):
    layer = text_at(30, 60, "框里的一句话。") + grid([20, 190], [50, 80])
    assert texts(make_ofd(layer)) == ["框里的一句话。"]


@pytest.mark.parametrize("data", ["M 20", "M a b L c d", "B 1 2 3 4 5 6", "", "L", "M 1 1 L 2"])
def test_a_drawing_that_makes_no_sense_is_passed_over(make_ofd, data):
    assert texts(make_ofd(text_at(20, 40, "正文。") + path(data) * 8)) == ["正文。"]


def layer_at(boundary: str) -> str:
    return f"<ofd:TextObject Boundary='{boundary}' Size='4'><ofd:TextCode>甲</ofd:TextCode></ofd:TextObject>"


def test_a_senseless_number_is_named(make_ofd):
    with pytest.raises(BrokenFileError, match="wants a number"):
        texts(make_ofd(layer_at("20 x 80 4.5")))


def test_text_without_a_place_is_left_out(make_ofd):
    assert texts(make_ofd(layer_at("20"))) == []


def test_entities_are_refused(make_ofd):
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016">&b;</ofd:OFD>'
    with pytest.raises(BrokenFileError, match="entities"):
        texts(make_ofd([(1, 1, "甲")], extra={"OFD.xml": bomb}))


def test_a_missing_page_is_named(make_ofd, make_zip):
    data = make_ofd([(1, 1, "甲")])
    import io
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(data))
    kept = {name: source.read(name) for name in source.namelist() if "Pages" not in name}
    with pytest.raises(BrokenFileError, match="Page_0"):
        texts(make_zip(kept))
