"""The threads behind the doors: keep leases, take over what dead workers left, send what waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import structlog

from assistant.channels.identity import Identity
from assistant.channels.outbox import Delivery
from web.channels.answerer import place_of
from web.channels.doors import Door, Memory
from web.channels.responder import Responder
from web.channels.senders import Sender, SendError

log = structlog.get_logger(__name__)

KEEP_EVERY_S = 2.0
SEND_EVERY_S = 2.0
FORGET_EVERY = 300
"""Rounds of keeping between two clean-ups."""


class Courier:
    """Two loops over the stored messages; each round is a method, so that it can be called by itself.

    :param doors: door id → door.
    :param senders: door id → how to send there.
    """

    def __init__(
        self,
        *,
        responder: Responder,
        memory: Memory,
        identity: Identity,
        doors: Mapping[str, Door],
        senders: Mapping[str, Sender],
    ) -> None:
        self._responder = responder
        self._memory = memory
        self._identity = identity
        self._doors = doors
        self._senders = senders
        self._stopped = threading.Event()
        self._rounds = 0

    def start(self) -> None:
        """Start both loops."""
        for name, work, wait in (("keep", self.keep, self._pause), ("send", self.send, self._until_delivered)):
            threading.Thread(target=self._loop, args=(work, wait), name=f"channel-{name}", daemon=True).start()

    def stop(self) -> None:
        """Let both loops end after their round."""
        self._stopped.set()
        self._responder.delivered.set()

    def keep(self) -> None:
        """Renew the leases of what is being answered here, and take over what nobody answers any more."""
        self._memory.inbox.renew(self._responder.working())
        for pending in self._memory.inbox.take_abandoned() if self._responder.ready() else []:
            door = self._doors.get(pending.door)
            if door is not None:
                self._responder.resume(door, pending)
        if self._rounds % FORGET_EVERY == 0:
            self._memory.inbox.forget_old()
            self._memory.outbox.forget_old()
        self._rounds += 1

    def send(self) -> None:
        """Send everything that is due."""
        while not self._stopped.is_set():
            deliveries = self._memory.outbox.due(self._senders)
            if not deliveries:
                return
            for delivery in deliveries:
                self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        outbox = self._memory.outbox
        address = self._identity.unseal(delivery.address) if delivery.address else None
        if address is None:
            outbox.failed(delivery, "no address", final=True)
            return
        try:
            self._senders[delivery.door].send(address, delivery.text)
        except SendError as error:
            log.warning("delivery failed", door=delivery.door, delivery_id=delivery.delivery_id, error=str(error))
            outbox.failed(delivery, str(error), final=error.final)
        else:
            outbox.sent(delivery)

    def _loop(self, work: Callable[[], None], wait: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the last stop of a thread that must go on
                log.error("channel round failed", error=type(error).__name__, at=place_of(error))
            wait()

    def _pause(self) -> None:
        self._stopped.wait(KEEP_EVERY_S)

    def _until_delivered(self) -> None:
        self._responder.delivered.wait(SEND_EVERY_S)
        self._responder.delivered.clear()
