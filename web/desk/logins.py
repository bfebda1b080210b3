"""Coming in and going out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from web.deps import Limited, StateDep
from web.desk.schemas import LoginReply, LoginRequest, PasswordRequest, SetupRequest
from web.desk.security import COOKIE, Clerk, LoginFirst, check_same_site, set_cookie, token_of

router = APIRouter(route_class=LoginFirst)


@router.post("/login", dependencies=[Limited])
def login(body: LoginRequest, request: Request, response: Response, state: StateDep) -> LoginReply:
    """Open a login with a name and a password; five wrong passwords lock the account for a quarter of an hour."""
    if not body.bearer:
        check_same_site(request)
    token, actor = state.components.desk.logins.open(body.name, body.password)
    if not body.bearer:
        set_cookie(response, request, token)
    assert actor.role is not None  # every account has one
    return LoginReply(
        account_id=actor.account_id,
        display_name=actor.display_name,
        role=actor.role,
        token=token if body.bearer else None,
    )


@router.post("/logout", status_code=204)
def logout(_actor: Clerk, request: Request, state: StateDep) -> Response:
    """End this login."""
    state.components.desk.logins.close(token_of(request))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/me")
def me(actor: Clerk) -> LoginReply:
    """Say who is logged in."""
    assert actor.role is not None  # every account has one
    return LoginReply(account_id=actor.account_id, display_name=actor.display_name, role=actor.role)


@router.post("/me/password", status_code=204)
def change_password(body: PasswordRequest, actor: Clerk, state: StateDep) -> Response:
    """Change one's own password; every login of this account ends."""
    state.components.desk.accounts.change_password(actor, body.old, body.new)
    return Response(status_code=204)


@router.post("/setup", status_code=204, dependencies=[Limited])
def setup(body: SetupRequest, state: StateDep) -> Response:
    """Set a password with a one-time link."""
    accounts = state.components.desk.accounts
    accounts.redeem(body.token, body.password, name=body.name, display_name=body.display_name)
    return Response(status_code=204)
