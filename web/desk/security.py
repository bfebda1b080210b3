"""Who is at the desk: a login's cookie or its token as bearer, and what their role allows.

A cookie alone never changes anything: a browser sends it along with requests that another site made, so such a request
must also say that it comes from our own pages (``Origin`` or ``Sec-Fetch-Site``, which scripts cannot forge).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.errors import AccessError, ForbiddenError
from web.deps import StateDep, bearer_key
from web.state import State

COOKIE = "desk_session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(request: Request) -> str:
    """Return the token of a request's login.

    :raises AccessError: when it brings none.
    :raises ForbiddenError: when the request would change something and another site may have made it.
    """
    bearer = bearer_key(request)
    if bearer is not None:
        return bearer
    token = request.cookies.get(COOKIE)
    if not token:
        raise AccessError(messages.LOGIN_FIRST)
    if request.method not in _SAFE_METHODS:
        check_same_site(request)
    return token


def check_same_site(request: Request) -> None:
    """Refuse what another site may have made a browser send.

    :raises ForbiddenError: naming what was found.
    """
    origin = request.headers.get("origin")
    own_hosts = {request.headers.get("host", ""), urlsplit(_state(request).settings.public_url).netloc}
    if origin is not None and urlsplit(origin).netloc in own_hosts - {""}:
        return
    if origin is None and request.headers.get("sec-fetch-site") == "same-origin":
        return
    raise ForbiddenError(f"found origin {origin or 'none'}, wanted a page of this server")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Gives the person who asks, if the role allows; looked up once a request."""

    role: Role

    def __call__(self, request: Request, state: StateDep) -> Actor:
        """Return the person.

        :raises AccessError: without a login, or when the role is less than wanted.
        """
        person: Actor | None = getattr(request.state, "desk_actor", None)
        if person is None:
            person = request.state.desk_actor = state.components.desk.logins.check(token_of(request))
        person.require(self.role)
        return person


class LoginFirst(APIRoute):
    """A route that looks at the login before it receives the body: FastAPI alone would take 50 MB from anybody first."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the usual handler behind the checks of the route's own dependencies."""
        handler = super().get_route_handler()
        checks = tuple(_checks(self.dependant))

        async def behind_the_login(request: Request) -> Response:
            for check in checks:
                await run_in_threadpool(check, request, _state(request))
            return await handler(request)

        return behind_the_login


def _checks(dependant: Dependant) -> Iterator[AtLeast]:
    for each in dependant.dependencies:
        if isinstance(each.call, AtLeast):
            yield each.call
        yield from _checks(each)


def set_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser a login that scripts cannot read and other sites cannot use."""
    secure = request.url.scheme == "https" or _state(request).settings.public_url.startswith("https:")
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")


def seen_version(request: Request) -> int:
    """Return the version that ``If-Match`` names; who changes a record says which one was seen.

    :raises HTTPException: 428 without the header, 412 with one that is no version of ours.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise HTTPException(428, 'found no If-Match, wanted the ETag of the record, e.g. "3"')
    written = header.strip().removeprefix("W/").strip('"')
    if not written.isdecimal():
        raise HTTPException(412, f"found If-Match {header[:40]}, wanted the ETag of the record")
    return int(written)


def etag(response: Response, version: int) -> None:
    """Say which version a response shows."""
    response.headers["ETag"] = f'"{version}"'


def _state(request: Request) -> State:
    state: State = request.app.state.services
    return state


Clerk = Annotated[Actor, Depends(AtLeast(Role.CLERK))]
Editor = Annotated[Actor, Depends(AtLeast(Role.EDITOR))]
Admin = Annotated[Actor, Depends(AtLeast(Role.ADMIN))]
SeenVersion = Annotated[int, Depends(seen_version)]
