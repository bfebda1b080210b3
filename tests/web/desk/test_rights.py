"""Every endpoint of the desk, as the OpenAPI description lists them, with every role and with none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.desk.conftest import DeskServer

ROLES = ("visitor", "clerk", "editor", "admin")
PREFIX = "/api/v1/desk"
# The least role for each endpoint; the table is the decision, the code must follow it.
LEAST_ROLE = {
    ("POST", "/login"): "visitor",
    ("POST", "/setup"): "visitor",
    ("POST", "/logout"): "clerk",
    ("GET", "/me"): "clerk",
    ("POST", "/me/password"): "clerk",
    ("POST", "/ask"): "clerk",
    ("GET", "/tickets"): "clerk",
    ("GET", "/tickets/{ticket_id}"): "clerk",
    ("POST", "/tickets/{ticket_id}/take"): "clerk",
    ("POST", "/tickets/{ticket_id}/release"): "clerk",
    ("POST", "/tickets/{ticket_id}/reassign"): "clerk",
    ("POST", "/tickets/{ticket_id}/answer"): "clerk",
    ("POST", "/tickets/{ticket_id}/close"): "clerk",
    ("POST", "/tickets/{ticket_id}/reopen"): "clerk",
    ("POST", "/tickets/{ticket_id}/contact"): "clerk",
    ("POST", "/tickets/{ticket_id}/curated"): "clerk",
    ("GET", "/curated"): "clerk",
    ("POST", "/curated"): "clerk",
    ("GET", "/curated/{curated_id}"): "clerk",
    ("PUT", "/curated/{curated_id}"): "clerk",
    ("GET", "/curated/{curated_id}/preview"): "clerk",
    ("POST", "/curated/{curated_id}/approve"): "editor",
    ("POST", "/curated/{curated_id}/withdraw"): "editor",
    ("GET", "/documents"): "clerk",
    ("GET", "/documents/uploads"): "editor",
    ("POST", "/documents/uploads"): "editor",
    ("GET", "/documents/uploads/{upload_id}"): "editor",
    ("DELETE", "/documents/uploads/{upload_id}"): "editor",
    ("GET", "/documents/uploads/{upload_id}/diff"): "editor",
    ("POST", "/documents/uploads/{upload_id}/rehearsal"): "editor",
    ("POST", "/documents/uploads/{upload_id}/confirm"): "editor",
    ("GET", "/documents/{document_id}"): "clerk",
    ("PATCH", "/documents/{document_id}"): "editor",
    ("GET", "/documents/{document_id}/versions"): "clerk",
    ("GET", "/documents/{document_id}/diff"): "clerk",
    ("POST", "/documents/{document_id}/rehearsal"): "editor",
    ("POST", "/documents/{document_id}/withdraw"): "editor",
    ("POST", "/documents/{document_id}/restore"): "editor",
    ("GET", "/statistics"): "clerk",
    ("GET", "/statistics/export"): "clerk",
    ("DELETE", "/sessions/{session_id}"): "admin",
    ("GET", "/colleagues"): "clerk",
    ("GET", "/accounts"): "admin",
    ("POST", "/accounts"): "admin",
    ("GET", "/accounts/{account_id}"): "admin",
    ("PATCH", "/accounts/{account_id}"): "admin",
    ("POST", "/accounts/{account_id}/reset"): "admin",
    ("GET", "/audit"): "admin",
    ("GET", "/audit/verification"): "admin",
    ("GET", "/audit/replies/{reply_id}"): "admin",
}
ENDS_THE_LOGIN = {("POST", "/logout"), ("POST", "/login")}
CASES = [(method, path, role) for method, path in LEAST_ROLE for role in ROLES]


def described(desk: DeskServer) -> set[tuple[str, str]]:
    """Return every method and path below the desk's prefix."""
    paths: dict[str, Any] = desk.app.openapi()["paths"]
    return {
        (method.upper(), path.removeprefix(PREFIX))
        for path, methods in paths.items()
        if path.startswith(PREFIX)
        for method in methods
    }


def test_the_table_names_every_endpoint_and_no_other(desk: DeskServer) -> None:
    assert described(desk) == set(LEAST_ROLE)


@pytest.mark.parametrize(("method", "path", "role"), CASES)
def test_each_role_may_do_what_the_table_says_and_no_more(desk: DeskServer, method: str, path: str, role: str) -> None:
    if (method, path) in ENDS_THE_LOGIN and role != "visitor":
        pytest.skip("would end the login that the other cases use; logging in and out has tests of its own")
    address = PREFIX + path.replace("{", "no-").replace("}", "")
    response = desk.of(role).request(method, address, json={}, headers={"If-Match": '"1"'})
    allowed = ROLES.index(role) >= ROLES.index(LEAST_ROLE[method, path])
    if allowed:
        assert response.status_code not in (401, 403), response.text
    else:
        assert response.status_code == (401 if role == "visitor" else 403), response.text
    assert response.status_code < 500


@pytest.mark.parametrize(("method", "path"), [each for each in LEAST_ROLE if each[0] != "GET"])
def test_a_request_that_another_site_made_changes_nothing(desk: DeskServer, method: str, path: str) -> None:
    if path == "/setup":
        pytest.skip("needs the one-time token in its body, no cookie helps")
    address = PREFIX + path.replace("{", "no-").replace("}", "")
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        response = desk.admin.request(
            method, address, json={"name": "x", "password": "y"}, headers={"If-Match": '"1"', "Origin": origin}
        )
        assert response.status_code == 403, response.text
