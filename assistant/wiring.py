"""Builds everything from the settings. Nothing else constructs collaborators; importing this does nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import messages
from assistant.answering.circuit import CircuitBreaker
from assistant.answering.writer import ExtractiveWriter, Writer
from assistant.channels.wiring import Channels, build_channels
from assistant.desk.wiring import Desk, build_desk
from assistant.indexes import Indexes, Progress
from assistant.keys import ApiKeys
from assistant.question_chain import Rules
from assistant.service import Assistant
from assistant.sessions import Conversations
from assistant.settings import Settings
from assistant.vocabulary import CorpusUnderstander
from corpus.database import Database, upgrade
from corpus.held import Held
from corpus.library import Library
from corpus.records import Document
from index.embedder import load_embedder
from index.store import IndexStore
from index.terms import default_analyzer


@dataclass(frozen=True, slots=True)
class Components:
    """The parts that doors and commands use."""

    settings: Settings
    database: Database
    library: Library
    indexes: Indexes
    conversations: Conversations
    keys: ApiKeys
    desk: Desk
    channels: Channels

    def assistant(self) -> Assistant:
        """Return the assistant over the open index.

        :raises IndexNotReadyError: while there is no open index.
        """
        self.indexes.current()
        return Assistant(
            indexes=self.indexes,
            understander=CorpusUnderstander(indexes=self.indexes, normalise=default_analyzer().normalise),
            writer=_writer(self.settings),
            conversations=self.conversations,
            rules=Rules(
                threshold=self.settings.answer_threshold,
                desk=self.settings.desk_name or messages.DEFAULT_DESK,
                regions=frozenset({"全国", "内蒙古", self.settings.region}),
                region=self.settings.region,
            ),
            shelf=self.desk.shelf,
        )


def open_library(settings: Settings) -> tuple[Database, Library]:
    """Return the database, its schema brought up to date, and the texts in it."""
    data_dir: Path = settings.data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    return database, Library(database=database, files_dir=data_dir / "documents")


def build(settings: Settings) -> Components:
    """Return every part; the database schema is brought up to date, the index is not opened yet."""
    database, library = open_library(settings)
    embedder = load_embedder(
        embedding_model=settings.embedding_model, query_instruction=settings.embedding_query_instruction
    )

    def documents() -> Iterator[Document | Held]:
        yield from library.held()
        yield from desk.shipped.documents()

    channels = build_channels(database)
    indexes = Indexes(store=IndexStore(settings.data_dir), embedder=embedder, documents=documents)
    desk = build_desk(settings, database=database, library=library, outboxes=channels.outboxes)
    return Components(
        settings=settings,
        database=database,
        library=library,
        indexes=indexes,
        conversations=Conversations(
            database=database, expiry=dt.timedelta(minutes=settings.session_expiry_minutes), intake=desk.intake
        ),
        keys=ApiKeys(database=database),
        desk=desk,
        channels=channels,
    )


def ready(settings: Settings, progress: Progress | None = None) -> tuple[Components, Assistant]:
    """Return the parts and an assistant that can answer, building the index where it is needed."""
    components = build(settings)
    components.indexes.ensure(progress)
    return components, components.assistant()


def _writer(settings: Settings) -> Writer:
    if settings.chat_model is None or settings.chat_model_base_url is None:
        return ExtractiveWriter()
    # Imported here: without a chat model none of LangChain's clients is needed.
    from assistant.answering.generative import Endpoint, GenerativeWriter, Limits, open_chat_model

    endpoint = Endpoint(
        model_name=settings.chat_model,
        base_url=settings.chat_model_base_url,
        api_key=settings.chat_model_api_key,
        max_tokens=settings.chat_model_max_tokens,
        silence_s=settings.chat_model_silence_s,
        retries=settings.chat_model_retries,
    )
    return GenerativeWriter(
        chat_model=open_chat_model(endpoint),
        limits=Limits(
            silence_s=settings.chat_model_silence_s,
            total_s=settings.chat_model_timeout_s,
            max_evidence_chars=settings.chat_model_max_evidence_chars,
        ),
        breaker=CircuitBreaker(failures=settings.chat_model_rest_after, open_for_s=settings.chat_model_rest_s),
    )
