"""The seam between evidence and text: extractive by default, a chat model where one is configured."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from assistant.answering.extractive import Draft, extract
from assistant.answering.sentences import pieces
from assistant.evidence import Evidence
from assistant.replies import Delta, Engine, Sources


@dataclass(frozen=True, slots=True)
class Written:
    """A draft and who wrote it; ``dropped`` are sentences that grounding took out, ``degraded`` a failed chat model."""

    draft: Draft
    engine: Engine = Engine.EXTRACTIVE
    degraded: bool = False
    dropped: tuple[str, ...] = ()


class Writer(Protocol):
    """Writes the answer to one question from its evidence alone."""

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        """Return a text of at most ``max_chars`` characters whose markers start at ``first_marker``."""

    def stream(
        self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int
    ) -> Generator[Sources | Delta, None, Written]:
        """Yield the sources, then the text piece by piece, and return the whole, whose text is all pieces together.

        Nothing that is yielded is ever taken back, so only what the evidence supports is.
        """


class ExtractiveWriter:
    """Cuts the answer from the passages; needs nothing else and never fails."""

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        """See :class:`Writer`."""
        return Written(extract(query, evidence, first_marker=first_marker, max_chars=max_chars))

    def stream(
        self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int
    ) -> Generator[Sources | Delta, None, Written]:
        """See :class:`Writer`."""
        written = self.write(query, evidence, first_marker=first_marker, max_chars=max_chars)
        yield Sources(written.draft.citations)
        yield from (Delta(piece) for piece in pieces(written.draft.text))
        return written
