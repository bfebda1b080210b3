"""What both callbacks share: the door by name, the body within limits, refusals without content."""

from __future__ import annotations

from typing import NoReturn

import structlog
from fastapi import HTTPException, Request

from assistant.errors import NotFoundError
from assistant.replies import Channel
from web.channels.doors import Door
from web.channels.hub import Hub
from web.channels.wechat_crypto import RefusedError

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 64_000
"""The platforms' messages are below 10 kB."""


def hub_of(request: Request) -> Hub:
    """Return the server's doors."""
    hub: Hub = request.app.state.channels
    return hub


def door_of(hub: Hub, channel: Channel, name: str) -> Door:
    """Return a door.

    :raises NotFoundError: when the settings do not open it.
    """
    door = hub.doors.get(f"{channel.value}/{name}")
    if door is None:
        raise NotFoundError(f"found no {channel.value} account of that name")
    return door


async def limited_body(door: Door, request: Request) -> bytes:
    """Return the body.

    :raises HTTPException: 413 when it is larger than any message.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            log.warning("callback refused", door=door.door_id, check="size")
            raise HTTPException(413, f"found a body of more than {MAX_BODY_BYTES} bytes")
    return bytes(body)


def refuse(door: Door, error: RefusedError) -> NoReturn:
    """Log which check failed, without content, and answer 403.

    :raises HTTPException: always.
    """
    log.warning("callback refused", door=door.door_id, check=str(error))
    raise HTTPException(403, f"refused: {error}") from error
