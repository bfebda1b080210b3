"""Puts the bot doors together from the settings, and takes their messages in."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import httpx

from assistant.channels.identity import Identity, load_key
from assistant.channels.inbox import Arrival
from assistant.replies import Channel
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.wiring import Components
from web.channels.answerer import Answerer
from web.channels.courier import Courier
from web.channels.doors import DeskView, Door, Memory
from web.channels.inbound import Incoming
from web.channels.plain_text import Style
from web.channels.responder import Responder
from web.channels.senders import Sender, WechatSender, WecomSender, http_client
from web.state import State

PASSIVE_WAIT_S = 3.5
"""The platform waits five seconds; the rest is for the way, for writing things down and for a busy machine."""
_POLL_S = 0.1
# Without a chat model an answer is pure computing: more threads than cores would only slow each other down.
_WORKERS = 2
# So many wait for a chat model at a time; whoever asks meanwhile is answered without it.
_WITH_CHAT_MODEL = 32
# Of our own: the server's threads may all be waiting for a chat model on behalf of the web page.
_INTAKE_THREADS = 8


class Hub:
    """The doors of one server.

    :param passive_wait_s: how long a passive reply may take before it becomes an acknowledgement.
    """

    def __init__(self, *, state: State, passive_wait_s: float = PASSIVE_WAIT_S) -> None:
        settings, components = state.settings, state.components
        self.doors = doors_of(settings)
        self._wait_s = passive_wait_s
        self._threads = ThreadPoolExecutor(_INTAKE_THREADS, thread_name_prefix="intake")
        self._client: httpx.Client | None = None
        if not self.doors:
            return
        key = load_key(settings.secret_key.get_secret_value(), settings.data_dir / "secret.key")
        self._identity = Identity(key)
        memory = Memory(
            inbox=components.channels.inbox,
            outbox=components.channels.outbox,
            visitors=components.channels.visitors,
            conversations=components.conversations,
        )
        desk, rules = components.desk, components.desk.intake.rules
        view = DeskView(
            serves=lambda visitor: desk.tickets.human_service(visitor=visitor),
            is_open=lambda: rules.hours.open_at(dt.datetime.now(dt.UTC)),
            closed_text=settings.desk_closed_text,
        )
        answerer = Answerer(
            assistant=lambda: state.assistant,
            at_once=_without_chat_model(components),
            at_a_time=_WITH_CHAT_MODEL if settings.chat_model else _WORKERS,
            memory=memory,
            desk=view,
            count=state.metrics.count,
        )
        self._responder = Responder(
            assistant=lambda: state.assistant,
            answerer=answerer,
            memory=memory,
            desk=view,
            workers=_WORKERS + _WITH_CHAT_MODEL if settings.chat_model else _WORKERS,
        )
        self._client = http_client()
        self._courier = Courier(
            responder=self._responder,
            memory=memory,
            identity=self._identity,
            doors=self.doors,
            senders=senders_of(settings, self._client),
        )

    def start(self) -> None:
        """Start delivering."""
        if self.doors:
            self._courier.start()

    def stop(self) -> None:
        """Stop delivering; what is not done waits in the database."""
        if self._client is not None:
            self._courier.stop()
            self._responder.close()
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._client.close()

    async def reply_to(self, door: Door, incoming: Incoming, *, proof: str) -> str:
        """Return the passive reply to a checked message, in time for the platform; empty for silence.

        :param proof: the signature of the request.
        :raises RefusedError: for a replayed request.
        """
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + self._wait_s
        visitor = self._identity.visitor(door.door_id, incoming.sender)
        arrival = Arrival(
            door=door.door_id,
            key=incoming.key.replace(incoming.sender, visitor[:16]),
            proof=proof,
            visitor=visitor,
            query=incoming.text,
            address=self._identity.seal(incoming.sender) if door.sends else None,
        )
        taken = await loop.run_in_executor(self._threads, self._responder.take, door, arrival, incoming)
        if isinstance(taken, str):
            return taken
        said = await (
            self._finished(taken, ends_s) if isinstance(taken, Future) else self._said_elsewhere(arrival, ends_s)
        )
        if said is not None:
            return said
        return await loop.run_in_executor(self._threads, self._responder.later, door, arrival)

    @staticmethod
    async def _finished(work: Future[str | None], ends_s: float) -> str | None:
        left_s = max(ends_s - asyncio.get_running_loop().time(), 0)
        done, _ = await asyncio.wait([asyncio.wrap_future(work)], timeout=left_s)
        return done.pop().result() if done else None

    async def _said_elsewhere(self, arrival: Arrival, ends_s: float) -> str | None:
        """Wait for what another delivery of the same message, perhaps in another process, is going to say."""
        loop = asyncio.get_running_loop()
        while loop.time() < ends_s:
            said = await loop.run_in_executor(self._threads, self._responder.said, arrival)
            if said is not None:
                return said
            await asyncio.sleep(_POLL_S)
        return None


def _without_chat_model(components: Components) -> Callable[[], Assistant]:
    extractive = replace(components, settings=components.settings.model_copy(update={"chat_model": None}))

    @cache
    def assistant() -> Assistant:
        return extractive.assistant()

    return assistant


def doors_of(settings: Settings) -> dict[str, Door]:
    """Return the doors that the settings open, by door id."""
    base = settings.public_url.rstrip("/")
    accounts = [
        Door(Channel.WECHAT, name, Style(base), sends=account.customer_service)
        for name, account in settings.wechat_accounts.items()
    ]
    apps = [
        Door(
            Channel.WECOM,
            name,
            Style(base, markdown=app.message_type == "markdown"),
            sends=app.secret is not None,
            always_sends=app.message_type == "markdown",
        )
        for name, app in settings.wecom_apps.items()
    ]
    return {door.door_id: door for door in (*accounts, *apps)}


def senders_of(settings: Settings, client: httpx.Client) -> Mapping[str, Sender]:
    """Return how to send at each door that may."""
    senders: dict[str, Sender] = {}
    for name, account in settings.wechat_accounts.items():
        if account.customer_service:
            senders[f"{Channel.WECHAT.value}/{name}"] = WechatSender(account=account, client=client)
    for name, app in settings.wecom_apps.items():
        if app.secret is not None:
            senders[f"{Channel.WECOM.value}/{name}"] = WecomSender(app=app, client=client)
    return senders
