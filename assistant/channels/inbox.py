"""The inbox: each message is answered once, however often it is delivered, by whichever worker, across restarts.

    received ──finish──> answered            the passive reply carries the answer
       └──defer──> deferred ──finish──> answered      the answer goes to the outbox

Whoever works on a message renews its lease; when the lease has run out the worker is dead and another takes over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, delete, insert, select, tuple_, update

from assistant.channels import messages
from assistant.channels.outbox import Outbox
from assistant.channels.tables import ChannelVisitorRow, InboxRow, ProofRow
from assistant.masking import mask_personal
from corpus.database import Database

LEASE = dt.timedelta(seconds=20)
RETRY_SPAN = dt.timedelta(seconds=60)
PROOFS_KEPT = dt.timedelta(hours=1)
MESSAGES_KEPT = dt.timedelta(days=2)
MAX_ATTEMPTS = 3
_KEYS_AT_ONCE = 200


class State(StrEnum):
    """How far a message is."""

    RECEIVED = "received"
    DEFERRED = "deferred"
    ANSWERED = "answered"


# Every message passes these, so they are built once.
_PROOF = select(ProofRow.message_key, ProofRow.seen_at).where(
    ProofRow.door == bindparam("the_door"), ProofRow.proof == bindparam("the_proof")
)
_THE_MESSAGE = (InboxRow.door == bindparam("the_door"), InboxRow.message_key == bindparam("the_key"))
_MESSAGE = select(InboxRow.state).where(*_THE_MESSAGE)
_SEEN = (
    update(ChannelVisitorRow)
    .where(ChannelVisitorRow.visitor == bindparam("who"))
    .values(address=bindparam("sealed"), last_at=bindparam("at"))
)
_IN_TIME = (
    update(InboxRow)
    .where(*_THE_MESSAGE, InboxRow.state == State.RECEIVED.value)
    .values(state=State.ANSWERED.value, query="", body=bindparam("text"))
)


class Arrived(StrEnum):
    """What a delivery turned out to be."""

    NEW = "new"
    AGAIN = "again"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A checked message on its way in.

    :param door: channel and account, e.g. ``wechat/window``.
    :param key: what the platform numbers messages by; equal for every delivery of one message.
    :param proof: the request's signature; a signature belongs to one message.
    :param visitor: keyed hash of the platform id.
    :param address: the sealed platform id, None where nothing may be sent later.
    """

    door: str
    key: str
    proof: str
    visitor: str
    query: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that still needs its answer; ``query`` is masked."""

    door: str
    key: str
    visitor: str
    query: str
    attempts: int


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Inbox:
    """Takes messages in and remembers what each was answered.

    :param lease: how long a worker that says nothing is believed to be alive.
    :param now: the clock.
    """

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        lease: dt.timedelta = LEASE,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._lease = lease
        self._now = now

    def accept(self, arrival: Arrival, *, body: str | None = None, deferred: bool = False) -> Arrived:
        """Take a delivery in.

        :param body: the reply, where it needs no thought; the message is answered with that.
        :param deferred: the answer shall go to the outbox in any case.
        """
        now = self._now()
        state = State.DEFERRED if deferred else State.RECEIVED if body is None else State.ANSWERED
        with self._database.writing() as session:
            run = session.connection().execute
            proof = run(_PROOF, {"the_door": arrival.door, "the_proof": arrival.proof}).first()
            if proof is None:
                proved = {"proof": arrival.proof, "message_key": arrival.key, "seen_at": now}
                run(insert(ProofRow), {"door": arrival.door, **proved})
            elif proof.message_key != arrival.key or now - proof.seen_at > RETRY_SPAN:
                return Arrived.REPLAY
            if run(_MESSAGE, {"the_door": arrival.door, "the_key": arrival.key}).first() is not None:
                return Arrived.AGAIN
            message = {
                "door": arrival.door, "message_key": arrival.key, "visitor": arrival.visitor, "state": state.value,
                "body": body, "query": "" if state is State.ANSWERED else mask_personal(arrival.query), "attempts": 1,
                "lease_until": now + self._lease, "received_at": now,
            }  # fmt: skip
            run(insert(InboxRow), message)
            if not run(_SEEN, {"who": arrival.visitor, "sealed": arrival.address, "at": now}).rowcount:
                visitor = {"visitor": arrival.visitor, "door": arrival.door, "address": arrival.address}
                run(insert(ChannelVisitorRow), {**visitor, "last_at": now})
        return Arrived.NEW

    def body(self, door: str, key: str) -> str | None:
        """Return the passive reply that a message was given, None while there is none."""
        with self._database.reading() as session:
            row = session.get(InboxRow, (door, key))
        return None if row is None else row.body

    def finish(self, door: str, key: str, text: str) -> bool:
        """Store the answer; returns whether the passive reply carries it (else it is in the outbox, or was before)."""
        with self._database.writing() as session:
            if session.connection().execute(_IN_TIME, {"the_door": door, "the_key": key, "text": text}).rowcount:
                return True
            row = session.get(InboxRow, (door, key))
            if row is not None and row.state == State.DEFERRED.value:
                row.state, row.query = State.ANSWERED.value, ""
                if text:
                    self._outbox.add(session, door=door, visitor=row.visitor, text=text)
        return False

    def defer(self, door: str, key: str, body: str) -> str:
        """Answer later: return ``body``, or the answer when it came at the last moment, or what was said before."""
        with self._database.writing() as session:
            row = session.get_one(InboxRow, (door, key))
            if row.state == State.RECEIVED.value:
                row.state = State.DEFERRED.value
            if row.body is None:
                row.body = body
            return row.body

    def fetch_instead(self, door: str, key: str, *, note: str = "") -> str | None:
        """Make the oldest answer that waits for the visitor the reply to this message, in one step; None without one.

        With ``note`` the message itself is still to be answered; without, it is done.
        """
        with self._database.writing() as session:
            row = session.get_one(InboxRow, (door, key))
            if row.state == State.ANSWERED.value:
                return row.body
            text = self._outbox.fetch(session, row.visitor)
            if text is None:
                return None
            more = messages.MORE_WAITS if self._outbox.holds(session, row.visitor) else ""
            row.body = "\n\n".join(part for part in (text, note or more) if part)
            row.state = State.DEFERRED.value if note else State.ANSWERED.value
            return row.body

    def working_for(self, visitor: str, *, but: str) -> bool:
        """Return whether an answer to this visitor is on its way, other than that to the message ``but``."""
        mine = (InboxRow.visitor == visitor, InboxRow.state == State.DEFERRED.value, InboxRow.message_key != but)
        query = select(InboxRow.message_key).where(*mine)
        with self._database.reading() as session:
            return session.scalar(query.limit(1)) is not None

    def renew(self, keys: Iterable[tuple[str, str]]) -> None:
        """Keep the leases of messages that are being worked on; many at once, since new messages wait meanwhile."""
        keys = list(keys)
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            mine = tuple_(InboxRow.door, InboxRow.message_key).in_(keys[start : start + _KEYS_AT_ONCE])
            with self._database.writing() as session:
                session.execute(update(InboxRow).where(mine).values(lease_until=self._now() + self._lease))

    def release(self, door: str, key: str) -> None:
        """Give up a message for now, without counting the attempt; it is taken up again as an abandoned one."""
        with self._database.writing() as session:
            row = session.get_one(InboxRow, (door, key))
            row.attempts -= 1
            row.lease_until = self._now() + dt.timedelta(seconds=3)

    def take_abandoned(self, limit: int = 20) -> list[Pending]:
        """Take over messages whose worker is gone; their answers will go to the outbox."""
        now = self._now()
        waiting = (InboxRow.state != State.ANSWERED.value, InboxRow.lease_until < now)
        with self._database.reading() as session:
            if session.scalar(select(InboxRow.message_key).where(*waiting).limit(1)) is None:
                return []
        query = select(InboxRow).where(*waiting).order_by(InboxRow.received_at).limit(limit)
        with self._database.writing() as session:
            rows = session.scalars(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.state, row.attempts, row.lease_until = State.DEFERRED.value, row.attempts + 1, now + self._lease
        return [Pending(row.door, row.message_key, row.visitor, row.query, row.attempts) for row in rows]

    def forget_old(self) -> None:
        """Delete what is no longer needed to recognise a repeated delivery."""
        now = self._now()
        done = (InboxRow.received_at < now - MESSAGES_KEPT, InboxRow.state == State.ANSWERED.value)
        with self._database.writing() as session:
            session.execute(delete(ProofRow).where(ProofRow.seen_at < now - PROOFS_KEPT))
            session.execute(delete(InboxRow).where(*done))
