"""账号与记录: one's own password; for administrators the accounts and the audit."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from assistant.desk import messages
from assistant.desk import page_messages as words
from assistant.desk.accounts import Account
from assistant.desk.actors import SYSTEM, VISITOR, Actor, Role
from assistant.desk.commands import setup_url
from assistant.desk.hours import SHANGHAI
from assistant.desk.reproduction import reproduce, told
from web.pages.desk.common import QUIET, actor_of, chosen, done, drawing, guarded, textbox
from web.pages.desk.drawing import table
from web.state import State

ROLES = [(name, role) for role, name in messages.ROLES.items()]


class PeopleEvents:
    """The tab's events."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._desk = state.components.desk

    def _admin(self, request: gr.Request) -> Actor:
        actor = actor_of(self._state, request)
        actor.require(Role.ADMIN)
        return actor

    def show(self, request: gr.Request) -> tuple[Any, Any, str]:
        """Return whether the administrator's part is shown, the accounts and the newest lines of the audit."""
        actor = actor_of(self._state, request)
        if actor.role is not Role.ADMIN:
            return gr.update(visible=False), gr.skip(), ""
        accounts = self._desk.accounts.list()
        names = {account.account_id: account.display_name for account in accounts}
        names |= {each.account_id: each.display_name for each in (SYSTEM, VISITOR)}
        entries, _total = self._desk.audit.entries()
        rows = [
            (
                f"{entry.at.astimezone(SHANGHAI):%m-%d %H:%M:%S}", names.get(entry.actor, entry.actor), words.ACTIONS.get(entry.action, entry.action),
                f"{words.RECORD_KINDS.get(entry.record_kind, entry.record_kind)} {entry.record_id}",
            )
            for entry in entries
        ]  # fmt: skip
        choices = [(_line(account), account.account_id) for account in accounts]
        return gr.update(visible=True), gr.update(choices=choices, value=None), table(words.AUDIT_HEADER, rows)

    def create(self, name: str, display_name: str, role: str, request: gr.Request) -> str:
        """Make an account and show the link that its owner sets a password with."""
        actor = self._admin(request)
        _account, token = self._desk.accounts.create(actor, name=name, display_name=display_name, role=Role(role))
        return messages.setup_link(setup_url(self._state.settings.public_url, token))

    def reset(self, account_id: str | None, request: gr.Request) -> str:
        """Take a password away and show the link that sets a new one."""
        token = self._desk.accounts.reset(self._admin(request), chosen(account_id))
        return messages.setup_link(setup_url(self._state.settings.public_url, token))

    def disable(self, account_id: str | None, request: gr.Request) -> str:
        """Let somebody in no longer, or again."""
        actor, account = self._admin(request), self._desk.accounts.get(chosen(account_id))
        changed = self._desk.accounts.change(
            actor, account.account_id, version=account.version, disabled=account.disabled_at is None
        )
        return _line(changed)

    def verify(self, request: gr.Request) -> str:
        """Say whether the audit is whole."""
        self._admin(request)
        found = self._desk.audit.verify()
        if found.broken_at is None:
            return messages.audit_fine(found.count, found.head)
        return messages.audit_broken(found.broken_at)

    def reproduce(self, reply_id: str, request: gr.Request) -> str:
        """Tell a stored reply again, and what would be said today."""
        self._admin(request)
        lines = "\n".join(told(reproduce(self._state.components, reply_id.strip())))
        return f'<pre class="desk-told">{escape(lines)}</pre>'.replace("\n", "&#10;")

    def change_password(self, old: str, new: str, request: gr.Request) -> tuple[str, str]:
        """Change one's own password; the page asks to log in again then."""
        self._desk.accounts.change_password(actor_of(self._state, request), old, new)
        done()
        return "", ""


def _line(account: Account) -> str:
    state = words.IS_DISABLED if account.disabled_at else "" if account.has_password else words.NO_PASSWORD_YET
    return " · ".join(filter(None, (account.display_name, account.name, messages.ROLES[account.role], state)))


def build(state: State, page: gr.Blocks) -> None:
    """Add the tab."""
    events = PeopleEvents(state)
    with gr.Row():
        old, new = (textbox(each, type="password") for each in (words.OLD_PASSWORD, words.NEW_PASSWORD))
        change = gr.Button(words.CHANGE_PASSWORD, scale=0, min_width=120)
    with gr.Column(visible=False) as admin:
        accounts = gr.Radio([], label=words.ACCOUNTS)
        with gr.Row():
            reset = gr.Button(words.RESET_PASSWORD)
            disable = gr.Button(f"{words.DISABLE} / {words.ENABLE}")
        with gr.Row():
            name = textbox(words.LOGIN_NAME, max_length=32)
            display_name = textbox(words.DISPLAY_NAME, max_length=64)
            role = gr.Dropdown(ROLES, value=Role.CLERK.value, label=words.ROLE)
            create = gr.Button(words.CREATE_ACCOUNT)
        said = textbox(words.OUTCOME, interactive=False, buttons=["copy"], elem_id="people-said")
        verify = gr.Button(words.VERIFY)
        with gr.Row():
            reply_id = textbox(words.REPLY_ID, max_length=64)
            again = gr.Button(words.REPRODUCE, scale=0, min_width=140)
        reproduced = drawing()
        gr.Markdown(f"### {words.AUDIT}")
        audit = drawing()
    shown = [admin, accounts, audit]
    page.load(guarded(events.show), None, shown, **QUIET)
    change.click(guarded(events.change_password), [old, new], [old, new], **QUIET)
    verify.click(guarded(events.verify), None, [said], **QUIET)
    for trigger in (reply_id.submit, again.click):
        trigger(guarded(events.reproduce), [reply_id], [reproduced], **QUIET)
    for button, event, inputs in (
        (create, events.create, [name, display_name, role]),
        (reset, events.reset, [accounts]),
        (disable, events.disable, [accounts]),
    ):
        button.click(guarded(event), inputs, [said], **QUIET).then(guarded(events.show), None, shown, **QUIET)
