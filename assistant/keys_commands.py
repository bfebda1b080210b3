"""The commands for API keys: ``python -m assistant keys …``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from assistant import cli_messages as messages
from assistant.keys import DEFAULT_PER_MINUTE, ApiKey
from assistant.wiring import Components

MAX_NAME_CHARS = 100


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def keys_app(components: Callable[[], Components]) -> typer.Typer:
    """Return the commands for API keys.

    :param components: builds the parts when a command runs.
    """
    app = typer.Typer(help=messages.CLI_KEYS, no_args_is_help=True)

    @app.command("create", help=messages.CLI_KEYS_CREATE)
    def create(name: str, per_minute: Annotated[int, typer.Option(min=1)] = DEFAULT_PER_MINUTE) -> None:
        key, written = components().keys.create(name[:MAX_NAME_CHARS], per_minute=per_minute)
        # The key alone on standard output, so that a script can take it.
        sys.stderr.write(messages.key_created(key.key_id, key.name) + "\n")
        _say(written)

    @app.command("list", help=messages.CLI_KEYS_LIST)
    def show() -> None:
        for key in components().keys.listing():
            _say(_line(key))

    @app.command("revoke", help=messages.CLI_KEYS_REVOKE)
    def revoke(key_id: str) -> None:
        key = components().keys.revoke(key_id)
        _say(messages.key_revoked(key.key_id, key.name))

    return app


def _line(key: ApiKey) -> str:
    state = "revoked" if key.revoked_at else "active"
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}Z" if key.last_used_at else "-"
    return f"{key.key_id}  {state:8} {key.per_minute:6}/min  {used:17}  {key.name}"
