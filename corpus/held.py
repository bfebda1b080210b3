"""A document that may be quoted, before anybody reads it: enough to tell whether an index knows it as it is now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from corpus.records import Document
from corpus.stored import dump


@dataclass(frozen=True, slots=True)
class Held:
    """A document by id and digest; ``read`` gives the document itself.

    What a document says about itself counts as its text does (a repealed date set by hand must reach the index), so the
    digest is over all of it, not only over its file.
    """

    document_id: str
    digest: str
    read: Callable[[], Document] = field(repr=False, compare=False)


def held(document: Document | Held) -> Held:
    """Return a document that has been read already as one that is held."""
    if isinstance(document, Held):
        return document
    return Held(document.document_id, digest(document.sha256, *dump(document)), lambda: document)


def digest(sha256: str, header: str, passages: str) -> str:
    """Return 32 hexadecimal digits over a document as :func:`corpus.stored.dump` writes it."""
    return hashlib.sha256("\0".join([sha256, header, passages]).encode()).hexdigest()[:32]
