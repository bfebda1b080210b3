"""Keys, limits, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.indexes import Indexes
from assistant.wiring import Components
from tests.web.serving import application

ASK = {"query": "鹭标多少钱"}
AWAY = ("203.0.113.9", 5000)


@pytest.fixture
def served(small_indexes: Indexes, tmp_path: Path) -> Iterator[tuple[TestClient, Components]]:
    app, components = application(small_indexes, tmp_path, anonymous_requests_per_minute=2)
    with TestClient(app, client=AWAY) as client:
        yield client, components


@pytest.fixture(scope="module")
def client(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app, _components = application(small_indexes, tmp_path_factory.mktemp("access"))
    with TestClient(app, client=AWAY) as opened:
        yield opened


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_an_address_that_asks_too_fast_is_told_when_to_come_back(served: tuple[TestClient, Components]) -> None:
    client, _ = served
    assert [client.post("/api/v1/ask", json=ASK).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/api/v1/search", params=ASK)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_key_has_its_own_limit(served: tuple[TestClient, Components]) -> None:
    client, components = served
    _, wide = components.keys.create("宽", per_minute=100)
    _, narrow = components.keys.create("窄", per_minute=1)
    assert {client.post("/api/v1/ask", json=ASK, headers=bearer(wide)).status_code for _ in range(4)} == {200}
    assert [client.post("/api/v1/ask", json=ASK, headers=bearer(narrow)).status_code for _ in range(2)] == [200, 429]
    assert client.post("/api/v1/ask", json=ASK).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/ask/stream", "/v1/chat/completions"])
@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic abc", "wrong", ""])
def test_a_wrong_key_is_refused_although_none_is_needed(client: TestClient, path: str, header: str) -> None:
    body = {**ASK, "messages": [{"role": "user", "content": ASK["query"]}]}
    refused = client.post(path, json=body, headers={"Authorization": header})
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert "wrong" not in refused.text


def test_a_revoked_key_is_refused(served: tuple[TestClient, Components]) -> None:
    client, components = served
    key, written = components.keys.create("旧")
    assert client.get("/api/v1/search", params=ASK, headers=bearer(written)).status_code == 200
    components.keys.revoke(key.key_id)
    assert client.get("/api/v1/search", params=ASK, headers=bearer(written)).status_code == 401
