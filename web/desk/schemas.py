"""The shapes of the desk's endpoints. Records leave as they are: FastAPI reads our frozen dataclasses."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.desk.actors import Role
from assistant.desk.curated_records import CuratedState
from assistant.desk.ticket_records import Origin, Ticket, TicketState
from assistant.question_chain import MAX_QUERY_CHARS
from web.schemas import PassageModel, ReplyModel

Item = TypeVar("Item")
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Page(BaseModel, Generic[Item]):
    """A page of a list; ``total`` counts all pages' items."""

    items: list[Item]
    total: int
    page: int
    page_size: int


class Paged(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 50

    def of(self, found: tuple[list[Item], int]) -> Page[Item]:
        """Return what was found as this page."""
        return Page(items=found[0], total=found[1], page=self.page, page_size=self.page_size)


class TicketQuery(Paged):
    """Which tickets; ``mine`` are those of whoever asks."""

    state: TicketState | None = None
    origin: Origin | None = None
    mine: bool = False
    overdue: bool = False
    words: Annotated[str, Field(max_length=100)] = ""


class CuratedQuery(Paged):
    """Which curated answers."""

    state: CuratedState | None = None
    words: Annotated[str, Field(max_length=100)] = ""


class AuditQuery(Paged):
    """Which lines of the audit."""

    record_id: Annotated[str, Field(max_length=200)] | None = None
    actor: Annotated[str, Field(max_length=32)] | None = None


class LoginRequest(BaseModel):
    """Opens a login; with ``bearer`` the token comes in the body, for programs, and no cookie is set."""

    name: Line
    password: Secret
    bearer: bool = False


class LoginReply(BaseModel):
    """Who is logged in."""

    account_id: str
    display_name: str
    role: Role
    token: str | None = None


class SetupRequest(BaseModel):
    """Sets a password with a one-time link; the first administrator also chooses a name."""

    token: Secret
    password: Secret
    name: Line = ""
    display_name: Line = ""


class PasswordRequest(BaseModel):
    """Changes one's own password."""

    old: Secret
    new: Secret


class AccountRequest(BaseModel):
    """Makes an account."""

    name: Line
    display_name: Line = ""
    role: Role = Role.CLERK


class AccountChange(BaseModel):
    """Gives a role, disables or enables."""

    role: Role | None = None
    disabled: bool | None = None


class SetupLink(BaseModel):
    """A one-time link; it is shown once."""

    account_id: str
    url: str


class Assignment(BaseModel):
    """Whom a ticket goes to."""

    account_id: Line


class Contact(BaseModel):
    """How the visitor of a ticket is reached."""

    phone: str


class AnswerRequest(BaseModel):
    """What the visitor is told."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class TurnModel(BaseModel):
    """One exchange of a conversation, with the evidence of that moment and what grounding dropped."""

    query: str
    reply: ReplyModel
    dropped: list[str]


class TicketDetail(BaseModel):
    """A ticket with the conversation it comes from."""

    ticket: Ticket
    overdue: bool
    conversation: list[TurnModel]


class OutsideSource(BaseModel):
    """A source that is not in the corpus: a document number, an address, a ticket."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    reference: Line = ""


class CuratedRequest(BaseModel):
    """What a curated answer says. ``review_due`` is half a year from now unless given."""

    question: Line
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
    similar: list[Line] = Field(default=[], max_length=60)
    negative: list[Line] = Field(default=[], max_length=60)
    passage_ids: list[Line] = Field(default=[], max_length=10)
    outside_sources: list[OutsideSource] = Field(default=[], max_length=10)
    topic: Line = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    review_due: dt.date | None = None


class FromTicket(BaseModel):
    """Which passages an answered ticket rests on, where it rests on any."""

    passage_ids: list[Line] = Field(default=[], max_length=5)


class DeskAskRequest(BaseModel):
    """A question asked for the person in front of the desk."""

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY_CHARS)]
    session_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    as_of: dt.date | None = None


class DeskReply(BaseModel):
    """A reply beside everything it was made from."""

    reply: ReplyModel
    passages: list[PassageModel]
    out_of_force: list[PassageModel]
    probability: float
    dropped: list[str]
