"""The values that leave the service: the four kinds of reply, and the citations in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.records import Status

REASON_PERSON = "asked for a person"
REASON_NOTHING = "no passage passes the threshold"


class Channel(StrEnum):
    """The door a question came in by."""

    WEB = "web"
    DESK = "desk"
    WECHAT = "wechat"
    WECOM = "wecom"
    API = "api"


class Engine(StrEnum):
    """What wrote an answer's text."""

    EXTRACTIVE = "extractive"
    CHAT_MODEL = "chat_model"


@dataclass(frozen=True, slots=True)
class Citation:
    """The link from a marker in a text to the passage it rests on; ``quote`` is verbatim from the passage."""

    marker: int
    passage_id: str
    document_id: str
    title: str
    locator: str
    quote: str
    status: Status
    issuer: str | None = None
    document_number: str | None = None
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The corpus answers the question; every statement in ``text`` stands in a cited passage.

    ``curated_id`` names the answer approved at the desk whose words these are.
    """

    text: str
    citations: tuple[Citation, ...]
    confidence: float
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    engine: Engine = Engine.EXTRACTIVE
    dropped: tuple[str, ...] = ()
    curated_id: str | None = None


@dataclass(frozen=True, slots=True)
class Clarification:
    """The topic is truly open: one question back, its choices in ``suggestions``."""

    text: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Abstention:
    """The corpus has nothing on it."""

    text: str
    confidence: float = 0.0
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handoff:
    """A question of ours that a person must answer: what is known, and whom to ask."""

    text: str
    reason: str
    desk: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    ticket_id: str | None = None


Reply = Answer | Clarification | Abstention | Handoff


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What a reply was made with: the index, and each text it rests on.

    ``fingerprint`` is the same for every index over the same texts; ``texts`` are document id → SHA-256 of the text.
    """

    generation: str
    fingerprint: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange. ``query`` is as the visitor typed it, ``standalone_query`` after resolving the history."""

    reply_id: str
    session_id: str
    query: str
    standalone_query: str
    reply: Reply
    as_of: dt.date
    channel: Channel
    elapsed_ms: float
    document_ids: tuple[str, ...] = ()
    made_with: MadeWith | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """In a streamed reply, before its first word: every passage that the text may cite."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """In a streamed reply: what its text grows by. Never taken back."""

    text: str
