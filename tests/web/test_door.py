"""What every response carries, and what nobody gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.indexes import Indexes
from tests.web.serving import application
from web.app import MAX_BODY_BYTES

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def client(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app, _components = application(small_indexes, tmp_path_factory.mktemp("door"))
    with TestClient(app, client=("127.0.0.1", 5000), raise_server_exceptions=False) as opened:
        yield opened


def test_a_body_that_is_not_json_is_a_400(client: TestClient) -> None:
    answer = client.post("/api/v1/ask", content=b'{"query": "x"', headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["title"] == "请求的格式不对，应为 JSON。"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_type_is_a_415(client: TestClient, media_type: str) -> None:
    answer = client.post("/api/v1/ask", content=b'{"query": "x"}', headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert answer.json()["title"] == "不支持这种内容格式。"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/ask"), ("DELETE", "/api/v1/documents/heron-mark"), ("POST", "/healthz")]
)
def test_a_wrong_method_on_a_path_of_ours_is_a_405(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "这个地址不支持这种请求方式。"


def test_a_body_that_is_too_large_is_a_413_whether_it_says_so_or_not(client: TestClient) -> None:
    large = b'{"query": "' + b"a" * MAX_BODY_BYTES + b'"}'

    def in_pieces() -> Iterator[bytes]:
        yield large[:1000]
        yield large[1000:]

    for path in ("/api/v1/ask", "/gradio_api/queue/join"):
        for body in (large, in_pieces()):
            answer = client.post(path, content=body, headers=JSON)
            assert answer.status_code == 413, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["title"] == "内容太大了，请减小后再试。"
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/no-such", "/api/v1/no-such", "/documents/no-such", "/page-assets/no-such.css"])
def test_an_unknown_path_is_a_404_as_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["title"] == "没有找到这个内容，请检查链接。"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("GET", "/gradio_api/proxy=http://example.com/"),
        ("GET", "/monitoring"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/login"),
    ],
)
def test_what_the_page_does_not_need_of_gradio_is_shut(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code in (404, 405)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/documents", 200),
        ("GET", "/docs", 200),
        ("GET", "/page-assets/chat.js", 200),
        ("GET", "/api/v1/documents/no-such", 404),
        ("GET", "/no-such", 404),
        ("POST", "/api/v1/ask", 422),
    ],
)
def test_every_response_has_the_security_headers(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_an_unexpected_error_says_nothing_of_itself(small_indexes: Indexes, tmp_path: Path) -> None:
    app, _components = application(small_indexes, tmp_path)

    class Broken:
        def ask(self, query: str, **_: object) -> None:
            raise RuntimeError(f"secret {query}")

    app.state.services._assistant = Broken()
    with TestClient(app, client=("127.0.0.1", 5000), raise_server_exceptions=False) as client:
        answer = client.post("/api/v1/ask", json={"query": "鹭标"})
    assert answer.status_code == 500
    assert answer.json() == {
        "type": "about:blank",
        "title": "系统出了点问题，已经记录下来，请稍后再试。",
        "status": 500,
        "detail": "an unexpected error was logged",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_is_chinese_before_any_script_runs(client: TestClient) -> None:
    html = client.get("/").text
    assert 'lang="zh-CN"' in html
    assert 'lang="en"' not in html
    assert "<title>知识产权咨询助手</title>" in html
    assert 'property="og:' not in html
    assert html.index("/page-assets/chat.js") < html.index("window.gradio_config")


def test_the_description_of_the_interface_needs_nothing_from_outside(client: TestClient) -> None:
    html = client.get("/docs").text
    assert "http://" not in html
    assert "https://" not in html
    for asset in ("/docs-assets/swagger-ui-bundle.js", "/docs-assets/swagger-ui.css", "/openapi.json"):
        assert asset in html
        assert client.get(asset).status_code == 200
    assert "/api/v1/ask" in client.get("/openapi.json").json()["paths"]
