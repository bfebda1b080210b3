"""One answer of a chat model as it grows: the kept sentences, what was dropped, the citations in use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant import messages
from assistant.answering.extractive import Draft, basis_of, cite
from assistant.answering.writer import Written
from assistant.evidence import Evidence
from assistant.grounding import Tally, Verdict
from assistant.replies import Citation, Engine
from index.retriever import Hit

BASIS_ROOM = 160
MOST_REPEATS = 5
"""A model that says the same again so often has nothing more to say."""
_MARKER = re.compile(r"\[(\d{1,2})\]")


class Attempt:
    """Collects sentences up to ``max_chars``.

    :ivar numbered: the evidence by marker; numbers stay as they are, used or not, because they were already shown.
    :ivar text: what may be shown so far.
    """

    def __init__(self, evidence: Evidence, *, first_marker: int, max_chars: int) -> None:
        hits = evidence.hits if evidence.where is None else (*evidence.hits, evidence.where)
        self.numbered: dict[int, Hit] = dict(enumerate(hits, first_marker))
        self.text = ""
        self._tally = Tally()
        self._max_chars = max_chars
        self._gap = ""
        self._full = False
        self._said: set[str] = set()
        self._repeats = 0
        self._used: set[int] = set()

    @property
    def core_lost(self) -> bool:
        """Whether what is left no longer answers."""
        return self._tally.core_lost

    @property
    def over(self) -> bool:
        """Whether reading on is of no use: no room, nothing new any more, or the direct answer was dropped."""
        return self._full or self._tally.direct_figure_lost

    @property
    def dropped(self) -> tuple[str, ...]:
        """The sentences that were taken out."""
        return tuple(dropped.sentence.strip() for dropped in self._tally.dropped)

    def sources(self) -> tuple[Citation, ...]:
        """Return every passage that may be cited."""
        return tuple(cite(hit, marker) for marker, hit in self.numbered.items())

    def add(self, verdict: Verdict) -> Iterator[str]:
        """Count ``verdict``; yield what the text grows by, if it does."""
        kept = self._tally.add(verdict)
        if not kept.strip() or self.over:
            return
        if kept.strip() in self._said:
            self._repeats += 1
            self._full = self._repeats >= MOST_REPEATS
            return
        self._said.add(kept.strip())
        body = kept.strip() if not self.text else kept.rstrip()
        grown = self._gap + body
        if len(self.text) + len(grown) > self._max_chars - BASIS_ROOM:
            self._full = True
            return
        self._gap = kept[len(kept.rstrip()) :]
        self._used |= verdict.markers
        yield self._grow(grown)

    def add_basis(self) -> str:
        """Say, from the passages' own data, what the answer rests on; returns what the text grew by."""
        basis = basis_of([self.numbered[marker] for marker in sorted(self._used)])
        line = f"\n\n{messages.basis(basis)}" if basis else ""
        return self._grow(line) if len(self.text) + len(line) <= self._max_chars else ""

    def add_extract(self, draft: Draft) -> str:
        """Go on with an extractive answer, its markers as in :attr:`numbered`; returns what the text grew by."""
        places = {hit.passage.passage_id: marker for marker, hit in self.numbered.items()}
        markers = {citation.marker: places[citation.passage_id] for citation in draft.citations}
        text = _MARKER.sub(lambda match: f"[{markers.get(int(match[1]), match[1])}]", draft.text)
        self._used |= set(markers.values())
        return self._grow(f"\n\n{text}" if self.text else text)

    def written(self, *, degraded: bool = False) -> Written:
        """Return the text with the citations that it uses."""
        citations = tuple(cite(self.numbered[marker], marker) for marker in sorted(self._used))
        wrote = bool(self._tally.markers & self._used) and self._tally.kept_chars > 0
        engine = Engine.CHAT_MODEL if wrote else Engine.EXTRACTIVE
        return Written(Draft(self.text, citations), engine, degraded, self.dropped)

    def _grow(self, text: str) -> str:
        self.text += text
        return text
