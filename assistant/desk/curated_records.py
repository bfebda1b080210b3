"""Curated answers as values: what one says, on what it rests, where it stands."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.desk import messages
from assistant.errors import QueryError
from assistant.masking import mask_in_staff_text, mask_personal
from corpus.records import Confidence, Document, Kind, Passage, Source

MAX_QUESTION_CHARS, MAX_QUESTIONS = 200, 40
MAX_TEXT_CHARS = 1200
MAX_SOURCES = 5
DOCUMENT_PREFIX = "curated-"
_MARKER = re.compile(r"\s?\[\d{1,2}\]")  # left over from an answer that was edited; ours are set when it is given


class CuratedState(StrEnum):
    """Where a curated answer stands; only an approved one is ever found. ``REVIEW`` waits because its ground moved."""

    DRAFT = "draft"
    APPROVED = "approved"
    REVIEW = "review"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CuratedSource:
    """What an answer rests on: a passage of the corpus, or something outside of it that a person has looked at.

    ``passage_sha256`` is of the passage's text as it was read: another text there is another rule. ``reference`` names
    what lies outside: a document number, an address, a ticket.
    """

    title: str
    locator: str = ""
    document_id: str | None = None
    passage_id: str | None = None
    passage_sha256: str | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CuratedText:
    """What an editor approves. ``negative`` are questions that look alike and must not be answered with this."""

    question: str
    text: str
    sources: tuple[CuratedSource, ...]
    review_due: dt.date
    similar: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    topic: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    def checked(self) -> CuratedText:
        """Return it trimmed, with personal numbers masked.

        :raises QueryError: saying which part is missing, too long or contradicts another.
        """
        text = replace(
            self,
            question=mask_personal(self.question.strip()),
            text=_MARKER.sub("", mask_in_staff_text(self.text)).strip(),
            similar=_questions(self.similar),
            negative=_questions(self.negative),
            topic=self.topic.strip()[:64],
        )
        wrong = next((sentence for fits, sentence in text._rules() if not fits), None)
        if wrong is not None:
            raise QueryError(wrong)
        return text

    def _rules(self) -> tuple[tuple[bool, str], ...]:
        asked = (self.question, *self.similar)
        everything = (*asked, *self.negative)
        return (
            (2 <= len(self.question) <= MAX_QUESTION_CHARS, messages.curated_question(MAX_QUESTION_CHARS)),
            (
                len(everything) <= MAX_QUESTIONS and max(map(len, everything)) <= MAX_QUESTION_CHARS,
                messages.curated_questions(MAX_QUESTIONS, MAX_QUESTION_CHARS),
            ),
            (not set(asked) & set(self.negative), messages.CURATED_CONTRADICTS),
            (0 < len(self.text) <= MAX_TEXT_CHARS, messages.curated_text(MAX_TEXT_CHARS)),
            (len(self.sources) <= MAX_SOURCES, messages.curated_sources(MAX_SOURCES)),
            (
                self.valid_from is None or self.valid_until is None or self.valid_from <= self.valid_until,
                messages.CURATED_DATES,
            ),
        )


@dataclass(frozen=True, slots=True)
class CuratedAnswer:
    """A curated answer as it stands; ``content`` is its newest text, which is the approved one while it is approved."""

    curated_id: str
    state: CuratedState
    content: CuratedText
    owner: str
    reason: str | None
    ticket_id: str | None
    approved_by: str | None
    approved_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int

    @property
    def document_id(self) -> str:
        """The id under which it is cited."""
        return f"{DOCUMENT_PREFIX}{self.curated_id}"

    def as_document(self) -> Document:
        """Return it as a document of one passage. What is no longer approved counts as out of force from that day on."""
        content, until = self.content, self.content.valid_until
        repealed = until + dt.timedelta(days=1) if until else None
        if self.state is not CuratedState.APPROVED:
            repealed = min(filter(None, (repealed, self.updated_at.date())))
        approved = (self.approved_at or self.updated_at).date()
        passage = Passage(
            passage_id=f"{self.document_id}#answer", document_id=self.document_id, locator=messages.BADGE_CURATED,
            heading=content.question, text=content.text, order=0, questions=(content.question, *content.similar),
            basis="；".join(messages.source_words(each.title, each.locator, each.reference) for each in content.sources),
        )  # fmt: skip
        return Document(
            document_id=self.document_id, title=content.question, kind=Kind.CURATED, topic=content.topic,
            issuer=messages.BADGE_CURATED, published_date=approved, effective_date=content.valid_from,
            repealed_date=repealed, confidence=Confidence.SINGLE_SOURCE, reviewed_on=approved,
            review_due=content.review_due, sources=tuple(Source(source.title) for source in content.sources),
            sha256=text_sha256(content.text), passages=(passage,),
        )  # fmt: skip


def text_sha256(text: str) -> str:
    """Return by which a text is recognised as the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def _questions(questions: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (mask_personal(question.strip()) for question in questions)
    return tuple(dict.fromkeys(question for question in cleaned if question))
