"""A real server over the shipped corpus, and a real Chromium; without one these tests are skipped, saying so."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_TRIES = 600


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    data_dir: Path

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return what stands in its database."""
        with sqlite3.connect(self.data_dir / "assistant.db") as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make test installs it")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium here: sudo apt-get install chromium fonts-wqy-zenhei")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the product as a visitor meets it: ``python -m assistant serve`` with an empty data folder."""
    data_dir = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (data_dir / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "serve", "--port", str(port)],
        cwd=ROOT, env={**os.environ, "ASSISTANT_DATA_DIR": str(data_dir)}, stdout=log, stderr=log,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _until_ready(url, process, data_dir / "server.log")
        yield Server(url, data_dir)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    pause = threading.Event()
    for _ in range(START_TRIES):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        pause.wait(0.2)
    pytest.fail(f"the server did not become ready:\n{log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Return what opens the page as a new visitor; at the end, nothing may have gone wrong or gone outside."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def opened(path: str = "/", *, width: int = 1280, height: int = 800, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **{"locale": "zh-CN", **options})
        contexts.append(context)
        context.on("request", lambda request: _note_outside(request.url, server.url, wrong))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(server.url + path)
        if path == "/":
            page.wait_for_selector("#query textarea")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def _note_outside(url: str, base: str, wrong: list[str]) -> None:
    if not url.startswith((base, "data:", "blob:")):
        wrong.append(f"request to {url}")


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for screenshots: ``$SCREENSHOT_DIR``, or one that goes away."""
    folder = os.environ.get("SCREENSHOT_DIR")
    if folder is None:
        return tmp_path_factory.mktemp("screenshots")
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
