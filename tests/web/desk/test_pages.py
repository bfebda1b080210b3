"""The desk's plain pages, and the door in front of the page itself."""

from __future__ import annotations

import pytest

from tests.web.desk.conftest import PASSWORD, UNKNOWN, DeskServer

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/desk/", "/desk/config", "/desk/gradio_api/info", "/desk/theme.css"])
def test_nothing_of_the_page_is_seen_without_a_login(desk: DeskServer, path: str) -> None:
    assert desk.visitor.get(path).status_code == 401
    page = desk.visitor.get(path, headers=HTML, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/desk/login")
    assert desk.clerk.get(path).status_code == 200


def test_events_of_the_page_from_another_site_are_refused(desk: DeskServer) -> None:
    for origin in ("https://evil.example", ""):
        response = desk.clerk.post("/desk/gradio_api/queue/join", json={}, headers={"Origin": origin})
        assert response.status_code == 403


def test_files_are_not_taken_by_the_page_itself(desk: DeskServer) -> None:
    response = desk.editor.post("/desk/gradio_api/upload", files={"files": ("x.txt", b"x" * 100)})
    assert response.status_code >= 400


def test_the_address_without_a_slash_leads_to_the_page(desk: DeskServer) -> None:
    assert desk.clerk.get("/desk", headers=HTML).status_code == 200


def test_a_wrong_password_comes_back_to_the_form(desk: DeskServer) -> None:
    response = desk.browser().post("/desk/login", data={"name": "the-clerk", "password": "wrong"})
    assert response.status_code == 401
    assert "登录名或密码不对。" in response.text


def test_logging_in_from_another_site_is_refused(desk: DeskServer) -> None:
    data = {"name": "the-clerk", "password": PASSWORD}
    response = desk.browser().post("/desk/login", data=data, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403


def test_an_upload_from_the_page_waits_or_says_why_not(desk: DeskServer) -> None:
    good = desk.editor.post(
        "/desk/upload", files={"file": ("办法.txt", "第一条 制定本办法。".encode())}, follow_redirects=False
    )
    assert (good.status_code, good.headers["location"]) == (303, "/desk/")
    bad = desk.editor.post("/desk/upload", files={"file": ("x.exe", b"MZ\x90\x00")})
    assert bad.status_code == 422
    assert "读不了" in bad.text
    assert desk.clerk.post("/desk/upload", files={"file": ("x.txt", b"x")}).status_code == 403


def test_a_slip_shows_words_as_words(desk: DeskServer) -> None:
    asked = desk.clerk.post("/api/v1/desk/ask", json={"query": f"<script>alert(1)</script>{UNKNOWN}"}).json()
    address = f"/desk/slip/{asked['reply']['reply_id']}"
    slip = desk.clerk.post(address, data={"text": "<img src=x onerror=alert(1)>请周三来"})
    assert slip.status_code == 200
    assert "请周三来" in slip.text
    assert "<img" not in slip.text
    assert "<script>alert" not in slip.text
    assert "'unsafe" not in slip.headers["content-security-policy"]
    assert desk.visitor.post(address, data={"text": "x"}).status_code == 401
