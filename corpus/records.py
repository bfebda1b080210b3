"""The values that every other package passes around: a document, its passages, and where in it something stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of text a document is."""

    GUIDE = "guide"
    PLAN = "plan"
    LAW = "law"
    POLICY = "policy"
    GAP = "gap"
    CURATED = "curated"


class Facet(StrEnum):
    """The part of a guide a question is about; the value is the English word, :data:`FACET_HEADINGS` the Chinese one."""

    WHAT = "what"
    WHO = "who"
    MATERIALS = "materials"
    STEPS = "steps"
    TIME = "time"
    FEE = "fee"
    WHERE = "where"
    BASIS = "basis"
    FAQ = "faq"


FACET_HEADINGS: dict[Facet, str] = {
    Facet.WHAT: "是什么",
    Facet.WHO: "谁能办",
    Facet.MATERIALS: "需要什么材料",
    Facet.STEPS: "怎么办",
    Facet.TIME: "多长时间",
    Facet.FEE: "收多少钱",
    Facet.WHERE: "在哪里办",
    Facet.BASIS: "依据",
    Facet.FAQ: "常见问题",
}


class Status(StrEnum):
    """The state of a text on a given day. ``EXPIRED`` is a plan whose period is over: it may be quoted, with a notice."""

    CURRENT = "current"
    FUTURE = "future"
    REPEALED = "repealed"
    EXPIRED = "expired"


class Confidence(StrEnum):
    """How well a text's facts are established."""

    VERIFIED = "verified"
    SINGLE_TRANSCRIPTION = "single transcription"
    SINGLE_SOURCE = "single source"


@dataclass(frozen=True, slots=True)
class Source:
    """A text that a document's facts come from."""

    title: str
    document_number: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is retrieved and cited.

    ``text`` is what is shown and quoted: plain text with Markdown lists and tables, without the 问法/来源/有效 lines.
    ``effective_date`` and ``repealed_date`` are set only where the passage's life differs from its document's;
    ``repealed_date`` is the first day on which it is no longer in force.
    """

    passage_id: str
    document_id: str
    locator: str
    heading: str
    text: str
    order: int
    facet: Facet | None = None
    questions: tuple[str, ...] = ()
    basis: str = ""
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One published text (or guide, or gap) with the dates of its life and its passages in reading order.

    ``repealed_date`` is the first day out of force; ``period_start`` and ``period_end`` bound a plan's period;
    ``desk`` (gaps) the place to ask, in general terms.
    """

    document_id: str
    title: str
    kind: Kind
    topic: str = ""
    audience: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    region: str = "全国"
    issuer: str | None = None
    document_number: str | None = None
    published_date: dt.date | None = None
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    confidence: Confidence = Confidence.VERIFIED
    sources: tuple[Source, ...] = ()
    related: tuple[str, ...] = ()
    desk: str | None = None
    reviewed_on: dt.date | None = None
    review_due: dt.date | None = None
    sha256: str = ""
    passages: tuple[Passage, ...] = field(default=(), repr=False)

    @property
    def starts(self) -> dt.date | None:
        """The first day in force; of a law or policy that does not say, the day of publication, which is never later."""
        official = self.kind in (Kind.LAW, Kind.POLICY)
        return self.effective_date or (self.published_date if official else None)

    def status(self, as_of: dt.date, passage: Passage | None = None) -> Status:
        """Return the state of the document, or of one of its passages, on ``as_of``."""
        effective, repealed = self.starts, self.repealed_date
        if passage is not None:
            effective = passage.effective_date or effective
            repealed = passage.repealed_date or repealed
        if effective is not None and as_of < effective:
            return Status.FUTURE
        if repealed is not None and as_of >= repealed:
            return Status.REPEALED
        if self.period_end is not None and as_of > self.period_end:
            return Status.EXPIRED
        return Status.CURRENT
