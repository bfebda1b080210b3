"""What routes ask for."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from assistant.errors import AccessError, RateLimitedError
from assistant.keys import ApiKey
from assistant.service import Assistant
from web.state import State


async def get_state(request: Request) -> State:
    """Return the server's state."""
    state: State = request.app.state.services
    return state


async def get_assistant(state: Annotated[State, Depends(get_state)]) -> Assistant:
    """Return the assistant; 503 while the index loads."""
    return state.assistant


class RequestLimit:
    """Counts requests per minute, each name for itself."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, name: str, per_minute: int) -> None:
        """Count one request of ``name``.

        :raises RateLimitedError: when it has used up its minute; says when there is room again.
        """
        item = RateLimitItemPerMinute(per_minute)
        if self._limiter.hit(item, name):
            return
        reset_at = self._limiter.get_window_stats(item, name).reset_time
        raise RateLimitedError(retry_after_s=max(1, math.ceil(reset_at - time.time())))


class AnonymousLimit:
    """Counts requests per address; this machine itself is not limited."""

    def __init__(self, *, per_minute: int) -> None:
        self._per_minute = per_minute
        self._limit = RequestLimit()

    def check(self, address: str) -> None:
        """Count one request from ``address``.

        :raises RateLimitedError: when it has used up its minute.
        """
        if not _is_loopback(address):
            self._limit.check(address, self._per_minute)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def bearer_key(request: Request) -> str | None:
    """Return the key that a request brings, or None when it brings none.

    :raises AccessError: when it brings something that is no bearer key.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, written = header.partition(" ")
    if scheme.lower() != "bearer" or not written.strip():
        raise AccessError("found an Authorization header of another form, wanted: Bearer KEY")
    return written.strip()


async def limit_requests(request: Request, state: Annotated[State, Depends(get_state)]) -> ApiKey | None:
    """Return the key of a program that brings one, None for anybody else; each has its limit, 429 with Retry-After.

    A wrong key is refused although nobody needs one: a program with a revoked key must not go on unnoticed.
    """
    written = bearer_key(request)
    if written is None:
        anonymous: AnonymousLimit = request.app.state.anonymous_limit
        anonymous.check(request.client.host if request.client else "")
        return None
    key = await run_in_threadpool(state.components.keys.verify, written)
    limit: RequestLimit = request.app.state.key_limit
    limit.check(key.key_id, key.per_minute)
    return key


StateDep = Annotated[State, Depends(get_state)]
AssistantDep = Annotated[Assistant, Depends(get_assistant)]
Limited = Depends(limit_requests)
