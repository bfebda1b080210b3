"""What a door says to a question: the assistant's reply in the door's form, and how to reach a person."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from threading import BoundedSemaphore

import structlog

from assistant import messages as general
from assistant.channels import messages
from assistant.errors import AssistantError, IndexNotReadyError
from assistant.replies import REASON_PERSON, Answer, Handoff, Reply, Turn
from assistant.service import Assistant
from web.channels.doors import DeskView, Door, Memory
from web.channels.plain_text import render
from web.errors import problem_body

log = structlog.get_logger(__name__)


class Answerer:
    """Asks the assistant for visitors of all doors.

    :param assistant: gives the assistant; raises IndexNotReadyError while there is none.
    :param at_once: gives one that answers without a chat model.
    :param at_a_time: how many questions ``assistant`` is asked at a time; ``at_once`` answers the others.
    :param count: is told of each turn, for the metrics.
    """

    def __init__(
        self,
        *,
        assistant: Callable[[], Assistant],
        at_once: Callable[[], Assistant],
        at_a_time: int,
        memory: Memory,
        desk: DeskView,
        count: Callable[[Turn], None],
    ) -> None:
        self._assistant = assistant
        self._at_once = at_once
        self._room = BoundedSemaphore(at_a_time)
        self._memory = memory
        self._desk = desk
        self._count = count

    def answer(self, door: Door, visitor: str, query: str) -> str:
        """Return the message that answers ``query``, and remember the exchange.

        :raises IndexNotReadyError: while there is no index.
        """
        known = self._memory.visitors.session_of(visitor)
        try:
            turn = self._ask(door, visitor, query, known)
        except IndexNotReadyError:
            raise
        except AssistantError as error:
            return problem_body(error).title
        except Exception as error:  # noqa: BLE001 - the last stop of a worker
            # An error's text may quote the visitor, so the log gets its type and place.
            log.error("channel answer failed", door=door.door_id, error=type(error).__name__, at=place_of(error))
            return messages.FAILED
        self._count(turn)
        if turn.session_id != known:
            self._memory.visitors.remember(visitor, turn.session_id)
        reply = turn.reply
        if isinstance(reply, Handoff) and reply.reason == REASON_PERSON:
            self._memory.visitors.choose_bot(visitor, False)
            if reply.ticket_id is not None and reply.text == general.person_reply(reply.desk):
                # Those words send people to a counter; here the desk has the question already.
                reply = replace(reply, text=messages.PERSON_CALLED)
        return render(reply, turn.reply_id, door.style, closing=self._closing(door, visitor, reply))

    def _ask(self, door: Door, visitor: str, query: str, session_id: str | None) -> Turn:
        has_room = self._room.acquire(blocking=False)
        try:
            assistant = self._assistant() if has_room else self._at_once()
            turn = assistant.ask(query, session_id=session_id, channel=door.channel, visitor=visitor)
        finally:
            if has_room:
                self._room.release()
        if has_room or not isinstance(turn.reply, Answer):
            return turn
        return replace(turn, reply=replace(turn.reply, notices=(messages.CROWDED, *turn.reply.notices)))

    def _closing(self, door: Door, visitor: str, reply: Reply) -> tuple[str, ...]:
        lines = []
        if isinstance(reply, Handoff):
            if reply.ticket_id is not None:
                lines.append(messages.desk_has_it(reply.ticket_id, sends=door.sends))
            if reply.reason != REASON_PERSON:
                lines.append(messages.offer_person())
            elif not self._desk.is_open():
                lines.append(self._desk.closed_text)
        if self._memory.outbox.waits_for(visitor, sends=door.sends):
            lines.append(messages.ANSWER_WAITS)
        return tuple(lines)


def place_of(error: BaseException) -> str:
    """Return file and line where an error was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{last[0].filename}:{last[0].lineno}" if last else ""
