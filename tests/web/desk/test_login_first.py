"""Who may not do something is told so before anything of the body is received."""

from __future__ import annotations

import socket

import pytest

from tests.web.desk.conftest import DeskServer
from tests.web.serving import running

UPLOADS = ("/api/v1/desk/documents/uploads", "/desk/upload")


def first_line(address: str, path: str, cookie: str) -> str:
    """Return the first line of the response to a request whose body is announced and never sent."""
    host, port = address.removeprefix("http://").split(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {address}\r\nCookie: {cookie}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
        return connection.makefile("rb").readline().decode().strip()


@pytest.mark.parametrize("path", UPLOADS)
def test_an_upload_is_refused_before_its_body_is_sent(desk: DeskServer, path: str) -> None:
    clerk = f"desk_session={desk.clerk.cookies['desk_session']}"
    with running(desk.app) as address:
        assert " 401 " in first_line(address, path, "")
        assert " 403 " in first_line(address, path, clerk)


def test_a_body_that_cannot_be_read_tells_a_stranger_nothing(desk: DeskServer) -> None:
    broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    assert desk.visitor.post("/api/v1/desk/curated", **broken).status_code == 401
    assert desk.clerk.post("/api/v1/desk/curated", **broken).status_code == 400
