"""A server of its own process over the fixture corpus, to be killed: ``python -m tests.web.channels.slow_server``.

Its answers take until the file ``finish`` lies in the data folder; the file ``port`` says where it listens.
"""

from __future__ import annotations

import datetime as dt
import sys
import threading
from dataclasses import replace
from pathlib import Path

import uvicorn

from assistant import wiring
from assistant.answering.writer import ExtractiveWriter, Written
from assistant.channels.inbox import Inbox
from assistant.evidence import Evidence
from assistant.indexes import Indexes
from assistant.question_chain import Rules
from assistant.service import Assistant
from assistant.understanding import Understander
from corpus.readers.markdown import read_markdown
from index.store import IndexStore
from index.terms import default_analyzer
from tests.bootstrap import train_bootstrap
from tests.conftest import FIXTURES
from tests.web.channels.conftest import Served, application, settings_for


class WaitingWriter:
    def __init__(self, finish: Path) -> None:
        self._finish = finish

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        pause = threading.Event()
        while not self._finish.exists():
            pause.wait(0.05)
        return ExtractiveWriter().write(query, evidence, first_marker=first_marker, max_chars=max_chars)


def main(data_dir: Path, platform: str) -> None:
    documents = [read_markdown(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / "corpus").glob("*.md"))]
    texts = [f"{p.heading} {p.text} {' '.join(p.questions)}" for d in documents for p in d.passages]
    embedder = train_bootstrap(texts, analyzer=default_analyzer(), dim=32, min_count=1)
    indexes = Indexes(store=IndexStore(data_dir / "small-index"), embedder=embedder, documents=lambda: documents)
    indexes.build()
    components = wiring.build(settings_for(data_dir, platform))
    inbox = Inbox(database=components.database, outbox=components.channels.outbox, lease=dt.timedelta(seconds=3))
    components = replace(components, indexes=indexes, channels=replace(components.channels, inbox=inbox))
    assistant = Assistant(
        indexes=indexes,
        understander=Understander(topic_words=["鹭标"], normalise=default_analyzer().normalise),
        writer=WaitingWriter(data_dir / "finish"),
        conversations=components.conversations,
        rules=Rules(region="通辽"),
    )
    app, _hub = application(Served(components, assistant), passive_wait_s=0.3, courier=True)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")
    socket = config.bind_socket()
    socket.listen()  # who reads the port may connect at once, before uvicorn listens
    beside = data_dir / "port.new"
    beside.write_text(str(socket.getsockname()[1]), encoding="utf-8")
    beside.rename(data_dir / "port")
    uvicorn.Server(config).run(sockets=[socket])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
