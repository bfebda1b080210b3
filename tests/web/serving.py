"""The whole application over the fixture corpus: in process for :class:`TestClient`, or on a free port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from assistant import wiring
from assistant.indexes import Indexes
from assistant.settings import Settings
from assistant.wiring import Components
from web.app import create_app
from web.state import State


class ReadyState(State):
    """A state whose index is open from the beginning."""

    def __init__(self, components: Components) -> None:
        super().__init__(components=components)
        self._assistant = components.assistant()

    def start(self) -> None:
        """There is nothing to prepare."""


def application(indexes: Indexes, data_dir: Path, **settings: object) -> tuple[FastAPI, Components]:
    """Return the application and its parts; ``settings`` replace the defaults."""
    components = wiring.build(Settings(data_dir=data_dir, **settings))  # type: ignore[arg-type]
    components = replace(components, indexes=indexes)
    return create_app(ReadyState(components)), components


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` on a free port; yields the address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        # A connection made before the server accepts waits in the socket's queue.
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
