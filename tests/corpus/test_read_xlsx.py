import datetime as dt
import io

import pytest
from openpyxl import Workbook

from corpus.errors import BrokenFileError, FileTooLargeError
from corpus.readers.base import Heading, Limits
from corpus.readers.xlsx import read_xlsx
from corpus.reading import read_document


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sheet_of(rows, title="费用"):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return workbook, sheet


def test_each_row_is_a_passage_with_its_headers():
    workbook, _ = sheet_of([["项目", "金额（元）"], ["商标注册", 300], ["发明专利", 900.0]])
    passages = read_document(saved(workbook), "费用.xlsx").passages
    assert [passage.text for passage in passages] == [
        "项目：商标注册；金额（元）：300",
        "项目：发明专利；金额（元）：900",
    ]
    assert [passage.locator for passage in passages] == ["费用 第2行", "费用 第3行"]


def test_merged_cells_are_resolved_in_headers_and_rows():
    workbook, sheet = sheet_of(
        [
            ["2026年收费标准", None, None],
            ["项目", "金额", None],
            [None, "纸质", "电子"],
            ["商标", 300, 270],
            [None, 500, 450],
        ]
    )
    for area in ("A1:C1", "A2:A3", "B2:C2", "A4:A5"):
        sheet.merge_cells(area)
    table = read_xlsx(saved(workbook), Limits()).blocks[1]
    assert table.caption == "2026年收费标准"
    assert table.names == ("项目", "金额/纸质", "金额/电子")
    assert table.rows == (("商标", "300", "270"), ("商标", "500", "450"))
    assert table.row_numbers == (4, 5)


def test_values_read_as_the_sheet_shows_them():
    workbook, sheet = sheet_of([["比例", "日期", "小数", "整数"], [0.05, dt.date(2027, 1, 1), 0.1 + 0.2, 3960.0]])
    sheet["A2"].number_format = "0%"
    assert read_xlsx(saved(workbook), Limits()).blocks[1].rows == (("5%", "2027-01-01", "0.3", "3960"),)


def test_blank_rows_do_not_shift_the_row_numbers():
    workbook, sheet = sheet_of([["项目", "金额"], ["商标", 300]])
    sheet["A900000"], sheet["B900000"] = "专利", 900
    table = read_xlsx(saved(workbook), Limits()).blocks[1]
    assert table.row_numbers == (2, 900000)


def test_hidden_sheets_are_left_out():
    workbook, _ = sheet_of([["项目", "金额"], ["商标", 300]])
    workbook.create_sheet("底稿").sheet_state = "hidden"
    workbook["底稿"].append(["内部", 1])
    assert [block.text for block in read_xlsx(saved(workbook), Limits()).blocks if isinstance(block, Heading)] == [
        "费用"
    ]


def test_too_many_cells_are_refused():
    workbook, _ = sheet_of([["甲", "乙"]] * 20)
    with pytest.raises(FileTooLargeError, match="30 filled cells"):
        read_xlsx(saved(workbook), Limits(max_cells=30))


def test_a_damaged_spreadsheet_is_refused():
    workbook, _ = sheet_of([["甲", "乙"]])
    with pytest.raises(BrokenFileError):
        read_document(saved(workbook)[:-200], "x.xlsx")
