"""Does every kind of write at the desk, round after round, and names each before it begins; ``test_killed.py`` kills it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from assistant.channels.tables import ChannelVisitorRow
from assistant.channels.wiring import build_channels
from assistant.desk.actors import Actor, Role
from assistant.desk.curated_records import CuratedSource, CuratedText
from assistant.desk.logins import MAX_FAILURES
from assistant.desk.rehearsal import Rehearsal
from assistant.desk.wiring import Desk, build_desk
from assistant.errors import AccessError
from assistant.replies import REASON_NOTHING, Answer, Channel, Handoff, Reply, Turn
from assistant.sessions import Conversations, Feedback
from assistant.settings import Settings
from corpus.database import Database
from corpus.library import Library

ADMIN = Actor("a-admin", "局长", Role.ADMIN)
PASSWORD = "correct-horse-窗口"
SHIPPED = "trademark-fees"
FROM_WECHAT = "v-wechat"
NOTHING = Rehearsal(0, ())

PARTS = ("tickets", "curated", "documents", "accounts")

Deed = tuple[str, Callable[[], object]]


class Round:
    """One round of writes over fresh records."""

    def __init__(self, desk: Desk, conversations: Conversations) -> None:
        self._desk = desk
        self._conversations = conversations
        self._mark = secrets.token_hex(4)

    def deeds(self, part: str) -> Iterator[Deed]:
        """Yield each write of a part with its name; the next one may build on it."""
        yield from {
            "tickets": self._tickets, "curated": self._curated, "documents": self._documents, "accounts": self._accounts
        }[part]()  # fmt: skip

    def _session(self, name: str) -> str:
        return f"s-{self._mark}-{name}"

    def _ask(self, name: str, reply: Reply | None = None, channel: Channel = Channel.WEB) -> Turn:
        words = f"补贴{self._mark}{name}，电话13812345678"
        reply = reply or Handoff("请找窗口。", REASON_NOTHING, "窗口", 0.1)
        turn = Turn(
            reply_id=secrets.token_hex(16), session_id=self._session(name), query=words, standalone_query=words,
            reply=reply, as_of=dt.date(2026, 11, 23), channel=channel, elapsed_ms=1.0,
        )  # fmt: skip
        return self._conversations.record(turn, visitor=FROM_WECHAT if channel is Channel.WECHAT else None)

    def _opened(self, name: str, channel: Channel = Channel.WEB) -> str:
        reply = self._ask(name, channel=channel).reply
        assert isinstance(reply, Handoff)
        return reply.ticket_id or ""

    def _tickets(self) -> Iterator[Deed]:
        tickets, ids = self._desk.tickets, dict[str, str]()
        yield "ask", lambda: ids.update(first=self._opened("first"), second=self._opened("second", Channel.WECHAT))
        first, second = ids["first"], ids["second"]
        yield "take", lambda: tickets.take(ADMIN, first, version=1)
        yield "contact", lambda: self._desk.contacts.show(ADMIN, first)
        yield "release", lambda: tickets.release(ADMIN, first, version=2)
        yield "reassign", lambda: tickets.reassign(ADMIN, first, version=3, assignee="a-clerk")
        yield "answer", lambda: tickets.answer(ADMIN, first, version=4, text="没有。")
        yield "answer by outbox", lambda: tickets.answer(ADMIN, second, version=1, text="没有。")
        yield "seen", lambda: tickets.mark_seen(self._session("first"))
        yield "close", lambda: tickets.close(ADMIN, first, version=5)
        yield "reopen", lambda: tickets.reopen(ADMIN, first, version=6)
        answered = self._ask("rated", Answer("三个月。", (), 0.9))
        yield "feedback", lambda: self._conversations.rate(answered.reply_id, Feedback("down", "wrong"))
        yield "person", lambda: self._desk.intake.open(self._ask("person", Answer("是。", (), 0.9)).reply_id)
        yield "forget", lambda: self._desk.retention.forget(ADMIN, self._session("first"))

    def _curated(self) -> Iterator[Deed]:
        curated, ids = self._desk.curated, dict[str, str]()

        def content(text: str) -> CuratedText:
            return CuratedText(f"问{self._mark}", text, (CuratedSource("答复"),), dt.date(2027, 5, 1))

        yield "create", lambda: ids.update(made=curated.create(ADMIN, content("没有。")).curated_id)
        made = ids["made"]
        yield "edit", lambda: curated.edit(ADMIN, made, version=1, content=content("有。"))
        yield "approve", lambda: curated.approve(ADMIN, made, version=2)
        yield "review", lambda: curated.send_to_review({made: "source is gone"})
        yield "withdraw curated", lambda: curated.withdraw(ADMIN, made, version=4)

    def _documents(self) -> Iterator[Deed]:
        desk, uploads, ids = self._desk, self._desk.uploads, dict[str, str]()
        data = f"第一条 {self._mark}。\n第二条 没有。\n".encode()
        yield "upload", lambda: ids.update(upload=uploads.take(ADMIN, data, f"{self._mark}.txt").upload_id)
        upload = uploads.get(ids["upload"])
        yield "rehearse", lambda: uploads.rehearsed(ADMIN, upload.upload_id, NOTHING)
        yield "confirm", lambda: uploads.confirm(ADMIN, upload.upload_id, version=2)
        other = uploads.take(ADMIN, data, "又一份.txt")
        yield "discard", lambda: uploads.discard(ADMIN, other.upload_id, version=1)
        for name, document_id in (("document", upload.document.document_id), ("shipped text", SHIPPED)):
            yield from self._held(name, document_id)
        assert desk.holdings.list()

    def _held(self, name: str, document_id: str) -> Iterator[Deed]:
        holdings = self._desk.holdings

        def version() -> int:
            return holdings.get(document_id).version

        superseded = {"repealed_date": dt.date(2027, 1, 1), "replaced_by": self._mark}
        yield f"withdraw {name}", lambda: holdings.withdraw(ADMIN, document_id, version=version())
        yield f"restore {name}", lambda: holdings.restore(ADMIN, document_id, version=version())
        yield f"supersede {name}", lambda: holdings.amend(ADMIN, document_id, version=version(), changes=superseded)

    def _accounts(self) -> Iterator[Deed]:
        accounts, logins, ids = self._desk.accounts, self._desk.logins, dict[str, str]()
        name = f"n{self._mark}"

        def create() -> None:
            account, token = accounts.create(ADMIN, name=name, display_name="新人", role=Role.ADMIN)
            ids.update(account=account.account_id, token=token)

        yield "create account", create
        yield "redeem", lambda: accounts.redeem(ids["token"], PASSWORD)
        yield "log in", lambda: ids.update(login=logins.open(name, PASSWORD)[0])
        yield "log out", lambda: logins.close(ids["login"])
        actor = Actor(ids["account"], "新人", Role.ADMIN)
        yield "change password", lambda: accounts.change_password(actor, PASSWORD, f"{PASSWORD}2")
        yield "lock", lambda: [_fail(self._desk, name) for _ in range(MAX_FAILURES)]
        yield "change account", lambda: accounts.change(ADMIN, ids["account"], version=3, role=Role.ADMIN)
        yield "reset", lambda: accounts.reset(ADMIN, ids["account"])


def _fail(desk: Desk, name: str) -> None:
    try:
        desk.logins.open(name, "wrong")
    except AccessError:
        return
    raise AssertionError("found a login with a wrong password")


def main(data_dir: Path, told: Connection, part: str, rounds: int) -> None:
    """Do ``rounds`` rounds of one part and name each deed on ``told`` before it begins; the last word is ``end``."""
    settings = Settings(data_dir=data_dir)
    database = Database(settings.resolved_database_url)
    library = Library(database=database, files_dir=data_dir / "documents")
    desk = build_desk(settings, database=database, library=library, outboxes=build_channels(database).outboxes)
    conversations = Conversations(database=database, expiry=dt.timedelta(hours=1), intake=desk.intake)
    with database.writing() as session:
        session.merge(ChannelVisitorRow(visitor=FROM_WECHAT, door="wechat/main", last_at=dt.datetime.now(dt.UTC)))
    for _ in range(rounds):
        for name, deed in Round(desk, conversations).deeds(part):
            told.send(name)
            deed()
    told.send("end")
