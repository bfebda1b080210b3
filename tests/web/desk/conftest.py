"""The whole application over the fixture corpus, with a clerk, an editor and an administrator who are logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.desk.actors import SYSTEM, Role
from assistant.indexes import Indexes
from assistant.wiring import Components
from tests.web.serving import application

PASSWORD = "correct-horse-窗口"
ORIGIN = {"Origin": "http://testserver"}
UNKNOWN = "今年科尔沁区给合作社商标补贴多少钱"


@dataclass(frozen=True)
class DeskServer:
    """The application, its parts and one browser for each role."""

    app: FastAPI
    components: Components
    clerk: TestClient
    editor: TestClient
    admin: TestClient
    visitor: TestClient

    def browser(self) -> TestClient:
        """Return a browser that belongs to nobody."""
        return TestClient(self.app, headers=ORIGIN, raise_server_exceptions=False)

    def of(self, role: str) -> TestClient:
        """Return the browser of a role, or a visitor's."""
        browser: TestClient = getattr(self, role)
        return browser

    def open_ticket(self, query: str = UNKNOWN) -> str:
        """Return the id of a new ticket, opened by a visitor's question."""
        reply = self.browser().post("/api/v1/ask", json={"query": query}).json()
        ticket_id: str = reply["handoff"]["ticket_id"]
        return ticket_id


@contextmanager
def desk_server(indexes: Indexes, folder: Path, **settings: object) -> Iterator[DeskServer]:
    """Yield the application over ``indexes``; ``settings`` replace the defaults."""
    app, components = application(indexes, folder, **settings)
    browsers: dict[str, TestClient] = {}
    for role in Role:
        _, token = components.desk.accounts.create(SYSTEM, name=f"the-{role}", display_name=role.value, role=role)
        components.desk.accounts.redeem(token, PASSWORD)
        browsers[role.value] = _logged_in(app, f"the-{role}")
    visitor = TestClient(app, headers=ORIGIN, raise_server_exceptions=False)
    yield DeskServer(app=app, components=components, visitor=visitor, **browsers)
    components.database.close()


@pytest.fixture(scope="module")
def desk(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    with desk_server(small_indexes, tmp_path_factory.mktemp("desk")) as server:
        yield server


def _logged_in(app: FastAPI, name: str) -> TestClient:
    browser = TestClient(app, headers=ORIGIN, raise_server_exceptions=False)
    assert browser.post("/api/v1/desk/login", json={"name": name, "password": PASSWORD}).status_code == 200
    return browser


@pytest.fixture
def etag() -> Callable[[int], dict[str, str]]:
    return lambda version: {"If-Match": f'"{version}"'}
