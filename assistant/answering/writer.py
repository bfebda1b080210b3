"""The seam between evidence and text: extractive by default, a chat model where one is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.answering.extractive import Draft, extract
from assistant.evidence import Evidence
from assistant.replies import Engine


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


class ExtractiveWriter:
    """Cuts the answer from the passages; needs nothing else and never fails."""

    def write(self, query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int) -> Written:
        """See :class:`Writer`."""
        return Written(extract(query, evidence, first_marker=first_marker, max_chars=max_chars))
