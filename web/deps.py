"""What routes ask for."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from assistant.errors import RateLimitedError
from assistant.service import Assistant
from web.state import State


def get_state(request: Request) -> State:
    """Return the server's state."""
    state: State = request.app.state.services
    return state


def get_assistant(state: Annotated[State, Depends(get_state)]) -> Assistant:
    """Return the assistant; 503 while the index loads."""
    return state.assistant


class AnonymousLimit:
    """Counts requests per address; this machine itself is not limited."""

    def __init__(self, *, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, address: str) -> None:
        """Count one request from ``address``.

        :raises RateLimitedError: when it has used up its minute.
        """
        if _is_loopback(address) or self._limiter.hit(self._item, address):
            return
        raise RateLimitedError(retry_after_s=60)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def limit_anonymous(request: Request) -> None:
    """Refuse an address that asks too fast; 429 with Retry-After."""
    limit: AnonymousLimit = request.app.state.anonymous_limit
    limit.check(request.client.host if request.client else "")


StateDep = Annotated[State, Depends(get_state)]
AssistantDep = Annotated[Assistant, Depends(get_assistant)]
Limited = Depends(limit_anonymous)
