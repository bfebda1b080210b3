"""The platforms' message APIs, played by a real HTTP server: it hands out tokens and keeps what it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class ScriptedPlatform:
    """The running server; ``codes`` are the errcodes of the next messages, 0 when there are none left."""

    base_url: str = ""
    codes: list[int] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    tokens_given: int = 0
    taken: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, timeout_s: float = 20) -> bool:
        """Return whether ``count`` messages were taken in time."""
        with self.taken:
            return self.taken.wait_for(lambda: len(self.sent) >= count, timeout_s)


@contextmanager
def scripted_platform() -> Iterator[ScriptedPlatform]:
    """Run a scripted platform on a free port."""
    platform = ScriptedPlatform()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(platform))
    server.daemon_threads = True
    platform.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()


def _handler(platform: ScriptedPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._give_token()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            url = urlsplit(self.path)
            if url.path == "/cgi-bin/stable_token":
                self._give_token()
                return
            token = parse_qs(url.query).get("access_token", [""])[0]
            with platform.taken:
                code = platform.codes.pop(0) if platform.codes else 0
                if token != f"token-{platform.tokens_given}":
                    code = 40001
                if code == 0:
                    platform.sent.append(json.loads(body))
                    platform.bodies.append(body)
                platform.taken.notify_all()
            self._send({"errcode": code, "errmsg": "scripted"})

        def _give_token(self) -> None:
            platform.tokens_given += 1
            self._send({"errcode": 0, "access_token": f"token-{platform.tokens_given}", "expires_in": 7200})

        def _send(self, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
