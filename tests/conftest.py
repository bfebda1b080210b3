"""Fixtures: a small corpus of real form, indexed with a small real embedding, and an assistant over it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.answering.writer import ExtractiveWriter
from assistant.indexes import Indexes
from assistant.question_chain import Rules
from assistant.service import Assistant
from assistant.sessions import Conversations
from assistant.vocabulary import CorpusUnderstander
from corpus.database import Database, sqlite_url, upgrade
from corpus.readers.markdown import read_markdown
from corpus.records import Document
from index.embedder import StaticEmbedder
from index.store import IndexStore
from index.terms import default_analyzer
from tests.bootstrap import train_bootstrap

TODAY = dt.date(2026, 11, 23)
FIXTURES = Path(__file__).parent / "fixtures"
os.environ.setdefault("ASSISTANT_HELPERS", "0")  # tests start many servers; those about helpers say that they want one


@pytest.fixture(scope="session")
def small_documents() -> list[Document]:
    """Return the fixture corpus: three guides, a plan, a gap."""
    return [read_markdown(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / "corpus").glob("*.md"))]


@pytest.fixture(scope="session")
def small_embedder(small_documents: list[Document]) -> StaticEmbedder:
    """Return an embedding trained on the fixture corpus."""
    texts = [f"{p.heading} {p.text} {' '.join(p.questions)}" for d in small_documents for p in d.passages]
    return train_bootstrap(texts, analyzer=default_analyzer(), dim=32, min_count=1)


@pytest.fixture(scope="session")
def small_indexes(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Indexes:
    """Return the fixture corpus, indexed and open."""
    store = IndexStore(tmp_path_factory.mktemp("small-index"))
    indexes = Indexes(store=store, embedder=small_embedder, documents=lambda: small_documents)
    indexes.build()
    return indexes


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return an empty database with the schema of today."""
    url = sqlite_url(tmp_path / "assistant.db")
    upgrade(url)
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def conversations(database: Database) -> Conversations:
    """Return the conversations in that database."""
    return Conversations(database=database, expiry=dt.timedelta(hours=1))


@pytest.fixture
def make_assistant(small_indexes: Indexes, conversations: Conversations) -> Callable[..., Assistant]:
    """Return a builder of assistants over the fixture corpus; keyword arguments replace collaborators."""

    def make(**changes: object) -> Assistant:
        parts: dict[str, object] = {
            "indexes": small_indexes,
            "understander": CorpusUnderstander(indexes=small_indexes, normalise=default_analyzer().normalise),
            "writer": ExtractiveWriter(),
            "conversations": conversations,
            "rules": Rules(region="通辽"),
            "today": lambda: TODAY,
        }
        return Assistant(**{**parts, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def assistant(make_assistant: Callable[..., Assistant]) -> Assistant:
    """Return an assistant over the fixture corpus."""
    return make_assistant()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last: their driver keeps an event loop running, which tests with loops of their own cannot bear."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
