"""A chat model that plays a part: a real HTTP server with the OpenAI wire format, streaming one character at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Script:
    """What the model does: speaks ``text``, then ends as ``ending`` says; first it fails ``failures`` times."""

    text: str = ""
    ending: str = "stop"  # stop | length | stall | die | error | busy | garbage | silence | deaf | babble
    failures: int = 0


@dataclass
class ScriptedModel:
    """The running server; ``script`` may be changed between questions, ``requests`` holds what was asked."""

    script: Script
    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def prompt(self) -> str:
        """Return the words of the last request's last message."""
        return str(self.requests[-1]["messages"][-1]["content"])


@contextmanager
def scripted_model(script: Script | None = None) -> Iterator[ScriptedModel]:
    """Run a scripted model on a free port."""
    model = ScriptedModel(script or Script())
    server = _Server(model)
    model.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.closing.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """A server that knows which model it plays."""

    daemon_threads = True

    def __init__(self, model: ScriptedModel) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.model.requests.append(json.loads(body))
        # Whoever asked may have gone in the middle: that is part of what is tested.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._play(self.server.model.script)
        self.close_connection = True

    def _play(self, script: Script) -> None:
        model = self.server.model
        if script.ending in ("error", "busy") or len(model.requests) <= script.failures:
            status = 429 if script.ending == "busy" else 500
            self._send(status, "application/json", b'{"error": {"message": "scripted", "type": "server_error"}}')
            return
        if script.ending == "deaf":
            model.closing.wait(60)
            return
        if script.ending == "garbage":
            self._send(200, "text/html", "<html>登录页面，每类收费9999元[1]。</html>".encode())
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for character in script.text:
            self._chunk({"content": character})
        if script.ending in ("stall", "silence"):
            self.server.model.closing.wait(60)
        while script.ending == "babble" and not self.server.model.closing.is_set():
            self._chunk({"content": script.text})
        if script.ending in ("stop", "length"):
            self._chunk({}, finish=script.ending)
            self.wfile.write(b"data: [DONE]\n\n")
        elif script.ending == "die":
            self.wfile.write(b'data: {"id": "x", "choi')

    def _chunk(self, delta: dict[str, str], finish: str | None = None) -> None:
        value = {
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }  # fmt: skip
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
