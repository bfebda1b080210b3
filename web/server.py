"""Runs the application on one port."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import socket
import sys

import structlog
import uvicorn

from assistant import messages, wiring
from assistant.desk import messages as desk_messages
from assistant.desk.commands import setup_url
from assistant.errors import SettingsError
from assistant.indexes import Progress
from assistant.settings import Settings

_M_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc's ``malloc.h``."""
KEEP_ALIVE_S = 75
"""An idle connection is closed after so long: longer than clients and proxies keep one (httpx 5 s, nginx 60 s). Where the
server is the first to close, a request that is on its way is lost."""


def serve(settings: Settings, *, host: str, port: int, progress: Progress | None = None) -> None:
    """Serve until interrupted.

    :raises SettingsError: when the port is taken.
    """
    _check_free(host, port)
    _configure_logging()
    _share_heaps()
    # Both read the environment when they are first imported; nothing here may look anything up outside.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    gc.disable()  # until _keep: nothing that starting makes is garbage
    from web.app import create_app
    from web.state import State

    state = State(components=wiring.build(settings), progress=progress, when_prepared=_keep)
    address = settings.public_url or f"http://{host}:{port}"
    sys.stderr.write(messages.serving(f"{address.rstrip('/')}/") + "\n")
    token = state.components.desk.accounts.first_link()
    if token is not None:
        sys.stderr.write(desk_messages.first_start(setup_url(address, token)) + "\n")
    uvicorn.run(
        create_app(state), host=host, port=port, log_level="warning", access_log=False, timeout_keep_alive=KEEP_ALIVE_S
    )


def _share_heaps() -> None:
    """Let threads share two heaps instead of having one each: a tenth less memory, where the C library is glibc."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _keep() -> None:
    """Take what is there out of garbage collection for good, and give back what building the index took.

    Half a million objects stay as long as the server; going through them takes a third of a second, in which nobody is
    answered.
    """
    gc.freeze()
    gc.enable()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _configure_logging() -> None:
    """Log one JSON object a line. A traceback has no values of variables: they may be a visitor's words."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(messages.port_in_use(host, port)) from error
