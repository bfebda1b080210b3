"""Curated answers: written by anybody at the desk, approved and withdrawn by editors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Response

from assistant.desk import messages
from assistant.desk.actors import Actor
from assistant.desk.curated_records import CuratedAnswer, CuratedSource, CuratedText
from assistant.desk.preview import Preview, preview
from assistant.errors import ConflictError
from assistant.service import today_in_shanghai
from web.deps import StateDep
from web.desk.schemas import CuratedQuery, CuratedRequest, OutsideSource, Page
from web.desk.security import Clerk, Editor, LoginFirst, SeenVersion, etag
from web.state import State

router = APIRouter(prefix="/curated", route_class=LoginFirst)
REVIEW_AFTER = dt.timedelta(days=180)


@router.get("")
def curated_answers(wanted: Annotated[CuratedQuery, Query()], _actor: Clerk, state: StateDep) -> Page[CuratedAnswer]:
    """List curated answers, the last changed first; what lost its ground meanwhile waits for review."""
    desk = state.components.desk
    if state.components.indexes.ready:
        desk.shelf.sweep(state.components.indexes.current())
    return wanted.of(
        desk.curated.find(state=wanted.state, words=wanted.words, page=wanted.page, page_size=wanted.page_size)
    )


@router.post("", status_code=201)
def create(body: CuratedRequest, actor: Clerk, response: Response, state: StateDep) -> CuratedAnswer:
    """Write a draft."""
    return _shown(state.components.desk.curated.create(actor, text_of(state, body)), response)


@router.get("/{curated_id}")
def curated_answer(curated_id: str, _actor: Clerk, response: Response, state: StateDep) -> CuratedAnswer:
    """Return a curated answer with its newest text."""
    return _shown(state.components.desk.curated.get(curated_id), response)


@router.put("/{curated_id}")
def edit(
    curated_id: str, body: CuratedRequest, *, actor: Clerk, version: SeenVersion, response: Response, state: StateDep
) -> CuratedAnswer:
    """Write another text; it is a draft until an editor approves it."""
    content = text_of(state, body)
    return _shown(state.components.desk.curated.edit(actor, curated_id, version=version, content=content), response)


@router.get("/{curated_id}/preview")
def previewed(curated_id: str, _actor: Clerk, state: StateDep) -> Preview:
    """Show which questions of the last 30 days it would catch, approved or not, and which it leaves alone and why."""
    return preview(state.components, curated_id)


@router.post("/{curated_id}/approve")
def approve(curated_id: str, actor: Editor, version: SeenVersion, response: Response, state: StateDep) -> CuratedAnswer:
    """Let it be found from now on."""
    index = state.components.indexes.current()
    return _shown(state.components.desk.shelf.approve(actor, curated_id, version=version, index=index), response)


@router.post("/{curated_id}/withdraw")
def withdraw(
    curated_id: str, actor: Editor, version: SeenVersion, response: Response, state: StateDep
) -> CuratedAnswer:
    """Let it be found no longer."""
    return _shown(state.components.desk.curated.withdraw(actor, curated_id, version=version), response)


def text_of(state: State, body: CuratedRequest) -> CuratedText:
    """Return what a request says, each passage it names with the text as it reads now.

    :raises NotFoundError: for a passage that is not in the corpus.
    """
    return CuratedText(
        question=body.question,
        text=body.text,
        sources=sources_of(state, body.passage_ids, body.outside_sources),
        review_due=body.review_due or today_in_shanghai() + REVIEW_AFTER,
        similar=tuple(body.similar),
        negative=tuple(body.negative),
        topic=body.topic,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )


def sources_of(
    state: State, passage_ids: Iterable[str], outside: Iterable[OutsideSource] = ()
) -> tuple[CuratedSource, ...]:
    """Return passages of the corpus and sources outside of it as one list."""
    index = state.components.indexes.current()
    inside = [state.components.desk.shelf.source(passage_id, index) for passage_id in passage_ids]
    return (*inside, *(CuratedSource(each.title, reference=each.reference) for each in outside))


def from_ticket(state: State, actor: Actor, ticket_id: str, passage_ids: Iterable[str]) -> CuratedAnswer:
    """Make a draft from an answered ticket; without a passage it rests on the ticket's answer itself.

    :raises ConflictError: when the ticket has no answer yet.
    """
    ticket = state.components.desk.tickets.get(ticket_id)
    if ticket.answer is None:
        raise ConflictError(messages.TICKET_NOT_ANSWERED)
    content = CuratedText(
        question=ticket.question,
        text=ticket.answer,
        sources=sources_of(state, passage_ids) or (CuratedSource(messages.STAFF_SOURCE, reference=ticket_id),),
        review_due=today_in_shanghai() + REVIEW_AFTER,
    )
    return state.components.desk.curated.create(actor, content, ticket_id=ticket_id)


def _shown(answer: CuratedAnswer, response: Response) -> CuratedAnswer:
    etag(response, answer.version)
    return answer
