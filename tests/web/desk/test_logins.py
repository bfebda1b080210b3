from __future__ import annotations

import pytest

from assistant.desk.actors import SYSTEM, Role
from tests.web.desk.conftest import ORIGIN, PASSWORD, DeskServer

DESK = "/api/v1/desk"


def login(desk: DeskServer, name: str = "the-clerk", password: str = PASSWORD, **more: object) -> tuple:
    browser = desk.browser()
    return browser, browser.post(f"{DESK}/login", json={"name": name, "password": password, **more})


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(desk: DeskServer) -> None:
    _, response = login(desk)
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert response.json()["token"] is None


def test_the_cookie_is_for_https_only_where_the_page_is(desk: DeskServer) -> None:
    browser = desk.browser()
    browser.base_url = "https://testserver"
    response = browser.post(
        f"{DESK}/login", json={"name": "the-clerk", "password": PASSWORD}, headers={"Origin": "https://testserver"}
    )
    assert "secure" in response.headers["set-cookie"].lower()


def test_a_program_gets_its_token_in_the_body_and_no_cookie(desk: DeskServer) -> None:
    browser, response = login(desk, bearer=True)
    assert "set-cookie" not in response.headers
    bearer = {"Authorization": f"Bearer {response.json()['token']}"}
    browser.headers.pop("origin")
    assert browser.get(f"{DESK}/me", headers=bearer).json()["role"] == "clerk"
    assert browser.post(f"{DESK}/logout", headers=bearer).status_code == 204
    assert browser.get(f"{DESK}/me", headers=bearer).status_code == 401


def test_logging_out_ends_the_login_and_the_cookie(desk: DeskServer) -> None:
    browser, _ = login(desk)
    token = browser.cookies["desk_session"]
    assert browser.post(f"{DESK}/logout").status_code == 204
    assert "desk_session" not in browser.cookies
    browser.cookies.set("desk_session", token)
    assert browser.get(f"{DESK}/me").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("the-clerk", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_login_gets_one_sentence(desk: DeskServer, name: str, password: str) -> None:
    _, response = login(desk, name, password)
    assert (response.status_code, response.json()["title"]) == (401, "登录名或密码不对。")


def test_five_wrong_passwords_lock_the_account(desk: DeskServer) -> None:
    _, token = desk.components.desk.accounts.create(SYSTEM, name="wang", display_name="", role=Role.CLERK)
    desk.components.desk.accounts.redeem(token, PASSWORD)
    for _ in range(5):
        login(desk, "wang", "wrong")
    _, response = login(desk, "wang")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 60


def test_a_one_time_link_sets_a_password_once(desk: DeskServer) -> None:
    made = desk.admin.post(f"{DESK}/accounts", json={"name": "zhao", "display_name": "小赵", "role": "clerk"})
    assert made.status_code == 201
    token = made.json()["url"].partition("token=")[2]
    body = {"token": token, "password": PASSWORD}
    assert desk.browser().post(f"{DESK}/setup", json=body).status_code == 204
    assert desk.browser().post(f"{DESK}/setup", json=body).status_code == 401
    _, response = login(desk, "zhao")
    assert response.json()["display_name"] == "小赵"


def test_an_administrator_disables_an_account_with_its_etag_only(desk: DeskServer) -> None:
    account, token = desk.components.desk.accounts.create(SYSTEM, name="qian", display_name="", role=Role.CLERK)
    desk.components.desk.accounts.redeem(token, PASSWORD)
    browser, _ = login(desk, "qian")
    address = f"{DESK}/accounts/{account.account_id}"
    etag = desk.admin.get(address).headers["etag"]
    assert desk.admin.patch(address, json={"disabled": True}).status_code == 428
    assert desk.admin.patch(address, json={"disabled": True}, headers={"If-Match": '"0"'}).status_code == 412
    assert desk.admin.patch(address, json={"disabled": True}, headers={"If-Match": "*"}).status_code == 412
    changed = desk.admin.patch(address, json={"disabled": True}, headers={"If-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag
    assert browser.get(f"{DESK}/me").status_code == 401
    reset = desk.admin.post(f"{address}/reset")
    assert "token=" in reset.json()["url"]


def test_ones_own_password_is_changed_with_the_old_one(desk: DeskServer) -> None:
    _, token = desk.components.desk.accounts.create(SYSTEM, name="sun", display_name="", role=Role.CLERK)
    desk.components.desk.accounts.redeem(token, PASSWORD)
    browser, _ = login(desk, "sun")
    assert browser.post(f"{DESK}/me/password", json={"old": "x", "new": "another-good-one"}).status_code == 401
    weak = browser.post(f"{DESK}/me/password", json={"old": PASSWORD, "new": "short"})
    assert (weak.status_code, weak.json()["title"][:4]) == (422, "密码要有")
    assert browser.post(f"{DESK}/me/password", json={"old": PASSWORD, "new": "another-good-one"}).status_code == 204
    _, response = login(desk, "sun", "another-good-one")
    assert response.status_code == 200


def test_a_browser_that_says_same_origin_needs_no_origin(desk: DeskServer) -> None:
    browser, _ = login(desk)
    browser.headers.pop("origin")
    assert browser.post(f"{DESK}/logout").status_code == 403
    assert browser.post(f"{DESK}/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(f"{DESK}/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 204
    assert ORIGIN
