"""What every command needs: output, progress, settings, one-sentence failures."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from assistant import messages, wiring
from assistant.settings import Settings

EXIT_USAGE = 2


def say(text: str) -> None:
    """Write one line."""
    sys.stdout.write(text + "\n")


def dump(value: Any) -> None:
    """Write a value as JSON."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def progress(stage: str, done: int, total: int) -> None:
    """Show how far a long step is."""
    if sys.stderr.isatty() or done == total:
        end = "\n" if done == total else "\r"
        sys.stderr.write(f"{messages.index_stage(stage)} {done}/{total}   {end}")
        sys.stderr.flush()


def settings() -> Settings:
    """Return the settings, or fail with the one that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        fail(messages.bad_setting(".".join(map(str, first["loc"])), first["msg"]), EXIT_USAGE)


def fail(sentence: str, code: int) -> NoReturn:
    """End with one sentence and an exit code."""
    sys.stderr.write(f"{messages.ERROR_PREFIX}{sentence}\n")
    raise typer.Exit(code)


def day(value: str | None) -> dt.date | None:
    """Return a date, or fail with what a date looks like."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        fail(messages.bad_date(value), EXIT_USAGE)


def components() -> wiring.Components:
    """Return the parts of the product."""
    return wiring.build(settings())
