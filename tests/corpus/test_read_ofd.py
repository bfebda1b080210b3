import pytest

from corpus.errors import BrokenFileError, ScannedFileError
from corpus.readers.base import Limits
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
