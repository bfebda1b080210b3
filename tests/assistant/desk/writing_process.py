"""Writes at the desk without end, one line of output a deed, until it is killed; run by ``test_killed.py``."""

from __future__ import annotations

import datetime as dt
import itertools
import sys
from pathlib import Path

from assistant.desk.actors import Actor, Role
from assistant.desk.curated_records import CuratedSource, CuratedText
from assistant.desk.rehearsal import Rehearsal
from assistant.desk.ticket_records import TicketFilter, TicketState
from assistant.desk.wiring import build_desk
from assistant.replies import REASON_NOTHING, Channel, Handoff, Turn
from assistant.sessions import Conversations
from assistant.settings import Settings
from corpus.database import Database
from corpus.library import Library

EDITOR = Actor("a-editor", "老李", Role.EDITOR)


def main(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    database = Database(settings.resolved_database_url)
    desk = build_desk(settings, database=database, library=Library(database=database, files_dir=data_dir / "documents"))
    conversations = Conversations(database=database, expiry=dt.timedelta(hours=1), intake=desk.intake)
    started = dt.datetime.now(dt.UTC).timestamp()
    for number in itertools.count():
        query = f"补贴{started}-{number}"
        turn = Turn(
            reply_id=f"r{query}", session_id=f"s{query}", query=query, standalone_query=query, as_of=dt.date(2026, 11, 23),
            reply=Handoff("请找窗口。", REASON_NOTHING, "窗口", 0.1), channel=Channel.WEB, elapsed_ms=1.0,
        )  # fmt: skip
        reply = conversations.record(turn).reply
        assert isinstance(reply, Handoff)
        said("asked")
        ticket_id = reply.ticket_id or ""
        desk.tickets.take(EDITOR, ticket_id, version=1)
        said("taken")
        desk.tickets.answer(EDITOR, ticket_id, version=2, text="没有。")
        said("answered")
        source = CuratedSource("答复", reference=ticket_id)
        content = CuratedText(query, "没有。", (source,), dt.date(2027, 5, 1))
        draft = desk.curated.create(EDITOR, content, ticket_id=ticket_id)
        desk.curated.approve(EDITOR, draft.curated_id, version=1)
        said("approved")
        upload = desk.uploads.take(EDITOR, f"第一条 {query}。\n第二条 没有。\n".encode(), "办法.txt")
        desk.uploads.rehearsed(EDITOR, upload.upload_id, Rehearsal(0, ()))
        said("rehearsed")
        desk.uploads.confirm(EDITOR, upload.upload_id, version=2)
        said("confirmed")
        assert desk.tickets.find(TicketFilter(state=TicketState.NEW))[1] >= 0


def said(deed: str) -> None:
    sys.stdout.write(deed + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
