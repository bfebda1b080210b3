"""What every bot door does with a message: answer at once, or acknowledge and deliver; silent while a person serves."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from assistant.channels import messages
from assistant.channels.inbox import MAX_ATTEMPTS, Arrival, Arrived, Pending
from assistant.errors import IndexNotReadyError
from assistant.replies import Clarification, Turn
from assistant.service import Assistant, today_in_shanghai
from web.channels.answerer import Answerer
from web.channels.doors import DeskView, Door, Memory
from web.channels.inbound import Incoming, Wish
from web.channels.wechat_crypto import RefusedError

MAX_WAITING = 500
MESSAGES_PER_MINUTE = 30
# What the platform hears ends with a full stop.
_AROUND = " \t\r\n。，！？.,!?"
# What people write to fetch an answer; the first kind means nothing else.
_FETCH = re.compile(r"\d{1,2}|(获取|看|查看|要)?答案|任意内容")
_NUDGE = re.compile(rf"{_FETCH.pattern}|[\W\d]*|查看|好了[吗没]?|好的?|嗯+|行|ok|继续|收到|在吗|人呢", re.IGNORECASE)


class Responder:
    """Answers messages of all doors.

    :param assistant: gives the assistant; raises IndexNotReadyError while there is none.
    :param workers: how many questions are answered at a time.
    """

    def __init__(
        self,
        *,
        assistant: Callable[[], Assistant],
        answerer: Answerer,
        memory: Memory,
        desk: DeskView,
        workers: int,
    ) -> None:
        self._assistant = assistant
        self._answerer = answerer
        self._memory = memory
        self._desk = desk
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="channel")
        self._lock = threading.Lock()
        self._working: set[tuple[str, str]] = set()
        self._limit = RateLimitItemPerMinute(MESSAGES_PER_MINUTE)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self.delivered = threading.Event()

    def take(self, door: Door, arrival: Arrival, incoming: Incoming) -> str | Future[str | None] | None:
        """Take a message in: the passive reply, or the work that will give it, or None when another delivery has it.

        The work's own result is None when the answer will come later.

        :raises RefusedError: for a replayed request.
        """
        body = _fixed(incoming.wish)
        if body and self._silent(arrival.visitor):
            body = ""
        arrived = self._memory.inbox.accept(arrival, body=body, deferred=door.always_sends and body is None)
        match arrived:
            case Arrived.REPLAY:
                raise RefusedError("replay")
            case Arrived.AGAIN:
                return self._memory.inbox.body(arrival.door, arrival.key)
            case Arrived.NEW:
                pass
        if incoming.wish is Wish.LEFT:
            self._memory.visitors.forget(arrival.visitor)
        if not body and incoming.wish in (Wish.NOT_TEXT, Wish.UNCLEAR_VOICE):
            self._record_silently(door, arrival.visitor, messages.NOT_TEXT_FOR_STAFF)
        if body is not None:
            return body
        said = self._without_thought(door, arrival, incoming.text)
        if said is not None:
            return said
        future = self._submit(door, arrival.key, arrival.visitor, incoming.text)
        return self._memory.inbox.defer(arrival.door, arrival.key, "") if door.always_sends else future

    def later(self, door: Door, arrival: Arrival) -> str:
        """Acknowledge a message whose answer takes longer; an older answer that waits goes along."""
        inbox = self._memory.inbox
        if not door.sends:
            note = messages.NEW_QUESTION_WAITS
            older = inbox.fetch_instead(arrival.door, arrival.key, note=note)
            if older is not None:
                return older
        return inbox.defer(arrival.door, arrival.key, messages.ACK_SEND if door.sends else messages.ACK_FETCH)

    def said(self, arrival: Arrival) -> str | None:
        """Return the passive reply that a message has by now."""
        return self._memory.inbox.body(arrival.door, arrival.key)

    def resume(self, door: Door, pending: Pending) -> None:
        """Answer a message that a dead worker left behind."""
        if pending.attempts > MAX_ATTEMPTS:
            self._memory.inbox.finish(pending.door, pending.key, messages.FAILED)
            self.delivered.set()
        else:
            self._submit(door, pending.key, pending.visitor, pending.query)

    def ready(self) -> bool:
        """Return whether questions can be answered here now."""
        try:
            self._assistant()
        except IndexNotReadyError:
            return False
        return True

    def working(self) -> list[tuple[str, str]]:
        """Return door and key of the messages being answered in this process."""
        with self._lock:
            return list(self._working)

    def close(self) -> None:
        """Take no more work; what was not answered stays in the inbox."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _without_thought(self, door: Door, arrival: Arrival, text: str) -> str | None:
        """Return a reply that needs no search; None when the assistant must be asked."""
        inbox, visitor, said = self._memory.inbox, arrival.visitor, text.strip(_AROUND)
        if not self._limiter.hit(self._limit, visitor):
            return self._settle(arrival, messages.TOO_FAST)
        if said == messages.BACK_TO_BOT_WORD:
            self._memory.visitors.choose_bot(visitor, True)
            return self._settle(arrival, messages.BACK_TO_BOT)
        silent, nudge = self._silent(visitor), _NUDGE.fullmatch(said)
        if silent:
            self._record_silently(door, visitor, text)
        waiting = inbox.fetch_instead(arrival.door, arrival.key) if silent or nudge else None
        if waiting is not None or silent:
            return waiting or self._settle(arrival, "")
        if nudge and inbox.working_for(visitor, but=arrival.key):
            return self._settle(arrival, messages.STILL_WORKING)
        if _FETCH.fullmatch(said):
            return self._settle(arrival, messages.NOTHING_WAITS)
        if len(self.working()) >= MAX_WAITING:
            return self._settle(arrival, messages.BUSY)
        return None

    def _silent(self, visitor: str) -> bool:
        return self._desk.serves(visitor) and not self._memory.visitors.chose_bot(visitor)

    def _settle(self, arrival: Arrival, text: str) -> str:
        passive = self._memory.inbox.finish(arrival.door, arrival.key, text)
        if not passive:
            self.delivered.set()
        return text if passive else ""

    def _submit(self, door: Door, key: str, visitor: str, query: str) -> Future[str | None]:
        with self._lock:
            self._working.add((door.door_id, key))
        return self._pool.submit(self._work, door, key, visitor, query)

    def _work(self, door: Door, key: str, visitor: str, query: str) -> str | None:
        inbox = self._memory.inbox
        try:
            text = self._answerer.answer(door, visitor, query)
            if inbox.finish(door.door_id, key, text):
                return text
            self.delivered.set()
        except IndexNotReadyError:
            inbox.release(door.door_id, key)
        finally:
            with self._lock:
                self._working.discard((door.door_id, key))
        return None

    def _record_silently(self, door: Door, visitor: str, text: str) -> None:
        """Keep what a visitor writes to the member of staff, so that it stands in the ticket's conversation."""
        session_id = self._memory.visitors.session_of(visitor)
        if session_id is None:
            return
        turn = Turn(
            reply_id=uuid.uuid4().hex, session_id=session_id, query=text, standalone_query="",
            reply=Clarification(messages.WITH_STAFF), as_of=today_in_shanghai(), channel=door.channel, elapsed_ms=0.0,
        )  # fmt: skip
        self._memory.conversations.record(turn, visitor=visitor)


def _fixed(wish: Wish) -> str | None:
    match wish:
        case Wish.QUESTION:
            return None
        case Wish.WELCOME:
            return messages.welcome()
        case Wish.UNCLEAR_VOICE:
            return messages.VOICE_UNCLEAR
        case Wish.NOT_TEXT:
            return messages.NOT_TEXT
        case Wish.LEFT | Wish.NOTHING:
            return ""
