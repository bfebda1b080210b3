from __future__ import annotations

import io

from openpyxl import load_workbook

from tests.web.desk.conftest import UNKNOWN, DeskServer

DESK = "/api/v1/desk"


def test_figures_count_what_was_just_asked(desk: DeskServer) -> None:
    before = desk.clerk.get(f"{DESK}/statistics").json()["total"]["asked"]
    desk.open_ticket()
    after = desk.clerk.get(f"{DESK}/statistics").json()
    assert after["total"]["asked"] == before + 1
    assert UNKNOWN in [each["question"] for each in after["unanswered"]]


def test_a_formula_that_a_visitor_typed_is_text_in_every_export(desk: DeskServer) -> None:
    desk.open_ticket("=cmd|' /C calc'!A0 合作社商标补贴")
    book = load_workbook(io.BytesIO(desk.clerk.get(f"{DESK}/statistics/export").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("cmd" in str(cell.value) for cell in cells)
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    for table in range(7):
        response = desk.clerk.get(f"{DESK}/statistics/export", params={"form": "csv", "table": table})
        assert response.headers["content-disposition"] == 'attachment; filename="statistics.csv"'
        assert not [line for line in response.text.lstrip("\ufeff").splitlines() if line.lstrip('"').startswith("=")]


def test_refuses_periods_and_forms_that_make_no_sense(desk: DeskServer) -> None:
    for wrong in ({"since": "2026-12-01", "until": "2026-11-01"}, {"since": "gestern"}, {"form": "exe"}):
        assert desk.clerk.get(f"{DESK}/statistics/export", params=wrong).status_code == 422


def test_what_a_visitor_wrote_is_deleted_on_request(desk: DeskServer) -> None:
    asked = desk.browser().post("/api/v1/ask", json={"query": UNKNOWN}).json()
    forgotten = desk.admin.delete(f"{DESK}/sessions/{asked['session_id']}").json()
    assert forgotten == {"sessions": 1, "tickets": 1}
    ticket = desk.clerk.get(f"{DESK}/tickets/{asked['handoff']['ticket_id']}").json()
    assert ticket["conversation"] == []
    assert UNKNOWN not in str(ticket)
    assert desk.admin.get(f"{DESK}/audit/verification").json()["broken_at"] is None
