"""Accounts; for administrators. Clerks see names only, to pass a ticket on."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from assistant.desk.accounts import Account
from assistant.desk.commands import setup_url
from web.deps import StateDep
from web.desk.schemas import AccountChange, AccountRequest, SetupLink
from web.desk.security import Admin, Clerk, LoginFirst, SeenVersion, etag

router = APIRouter(route_class=LoginFirst)


class Colleague(BaseModel):
    """A person to whom work can be given."""

    account_id: str
    display_name: str


@router.get("/colleagues")
def colleagues(_actor: Clerk, state: StateDep) -> list[Colleague]:
    """List who can take a ticket."""
    accounts = (account for account in state.components.desk.accounts.list() if account.disabled_at is None)
    return [Colleague(account_id=account.account_id, display_name=account.display_name) for account in accounts]


@router.get("/accounts")
def accounts(_actor: Admin, state: StateDep) -> list[Account]:
    """List all accounts."""
    return state.components.desk.accounts.list()


@router.post("/accounts", status_code=201)
def create(body: AccountRequest, actor: Admin, state: StateDep) -> SetupLink:
    """Make an account; its owner sets the password with the link, which is shown once."""
    account, token = state.components.desk.accounts.create(
        actor, name=body.name, display_name=body.display_name, role=body.role
    )
    return SetupLink(account_id=account.account_id, url=setup_url(state.settings.public_url, token))


@router.get("/accounts/{account_id}")
def account(account_id: str, _actor: Admin, response: Response, state: StateDep) -> Account:
    """Return an account."""
    found = state.components.desk.accounts.get(account_id)
    etag(response, found.version)
    return found


@router.patch("/accounts/{account_id}")
def change(
    account_id: str, body: AccountChange, *, actor: Admin, version: SeenVersion, response: Response, state: StateDep
) -> Account:
    """Give a role, disable or enable; the last administrator stays."""
    changed = state.components.desk.accounts.change(
        actor, account_id, version=version, role=body.role, disabled=body.disabled
    )
    etag(response, changed.version)
    return changed


@router.post("/accounts/{account_id}/reset")
def reset(account_id: str, actor: Admin, state: StateDep) -> SetupLink:
    """Take the password away and give a link that sets a new one, shown once."""
    token = state.components.desk.accounts.reset(actor, account_id)
    return SetupLink(account_id=account_id, url=setup_url(state.settings.public_url, token))
