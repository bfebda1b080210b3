"""What an index was made of, as a short string: when it changes, the index is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from corpus.held import Held, held
from corpus.records import Document
from index.asked import shipped_asked_questions
from index.embedder import Embedder
from index.encoder import shipped_encoder
from index.lay_questions import shipped_questions
from index.terms import Analyzer, default_analyzer

FORMAT_VERSION = 7


def fingerprint(documents: Iterable[Document | Held], *, embedder: Embedder, analyzer: Analyzer | None = None) -> str:
    """Return 16 hexadecimal digits over the documents, the embedding models, the words and rules, what is
    shipped of questions, and the index format. The documents' order does not matter.
    """
    digests = (held(document).digest for document in documents)
    return combined(digests, embedder=embedder, analyzer=analyzer or default_analyzer())


def combined(digests: Iterable[str], *, embedder: Embedder, analyzer: Analyzer) -> str:
    """Return the fingerprint of an index over documents with these digests."""
    models = (embedder.name, embedder.dim, shipped_encoder().name)
    questions = (shipped_questions().fingerprint, shipped_asked_questions().fingerprint)
    made_with = (FORMAT_VERSION, *models, analyzer.fingerprint, *questions)
    total = hashlib.sha256("\0".join([*map(str, made_with), *sorted(digests)]).encode())
    return total.hexdigest()[:16]
