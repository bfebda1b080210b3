"""The desk's commands: ``python -m assistant accounts …`` and ``python -m assistant audit …``."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from assistant.desk import messages
from assistant.desk.actors import SYSTEM, Role
from assistant.desk.reproduction import reproduce, told
from assistant.wiring import Components

EXIT_BROKEN_CHAIN = 5


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def setup_url(public_url: str, token: str) -> str:
    """Return the address at which a one-time link is redeemed."""
    return f"{public_url.rstrip('/') or 'http://127.0.0.1:8000'}/desk/setup?token={token}"


def accounts_app(components: Callable[[], Components]) -> typer.Typer:
    """Return the commands for accounts.

    :param components: builds the parts when a command runs.
    """
    app = typer.Typer(help=messages.CLI_ACCOUNTS, no_args_is_help=True)

    @app.command("create", help=messages.CLI_ACCOUNTS_CREATE)
    def create(name: str, role: Role = Role.CLERK, display_name: str = "") -> None:
        parts = components()
        _account, token = parts.desk.accounts.create(SYSTEM, name=name, display_name=display_name, role=role)
        _say(messages.setup_link(setup_url(parts.settings.public_url, token)))

    @app.command("reset", help=messages.CLI_ACCOUNTS_RESET)
    def reset(name: str) -> None:
        parts = components()
        token = parts.desk.accounts.reset(SYSTEM, parts.desk.accounts.named(name).account_id)
        _say(messages.setup_link(setup_url(parts.settings.public_url, token)))

    @app.command("disable", help=messages.CLI_ACCOUNTS_DISABLE)
    def disable(name: str) -> None:
        accounts = components().desk.accounts
        account = accounts.named(name)
        accounts.change(SYSTEM, account.account_id, version=account.version, disabled=True)
        _say(messages.account_disabled(account.name))

    @app.command("list", help=messages.CLI_ACCOUNTS_LIST)
    def show() -> None:
        for account in components().desk.accounts.list():
            state = "disabled" if account.disabled_at else "active" if account.has_password else "no password yet"
            _say(f"{account.name:16} {account.role.value:8} {state:16} {account.display_name}")

    return app


def audit_app(components: Callable[[], Components]) -> typer.Typer:
    """Return the commands for the audit."""
    app = typer.Typer(help=messages.CLI_AUDIT, no_args_is_help=True)

    @app.command("verify", help=messages.CLI_AUDIT_VERIFY)
    def verify() -> None:
        found = components().desk.audit.verify()
        if found.broken_at is not None:
            sys.stderr.write(messages.audit_broken(found.broken_at) + "\n")
            raise typer.Exit(EXIT_BROKEN_CHAIN)
        _say(messages.audit_fine(found.count, found.head))

    @app.command("reply", help=messages.CLI_AUDIT_REPLY)
    def reply(reply_id: str) -> None:
        parts = components()
        parts.indexes.ensure()
        _say("\n".join(told(reproduce(parts, reply_id))))

    return app
