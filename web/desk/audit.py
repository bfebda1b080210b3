"""Who did what to which record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from assistant.desk.audit import Entry, Verification
from assistant.desk.reproduction import Reproduction, reproduce
from web.deps import StateDep
from web.desk.schemas import AuditQuery, Page
from web.desk.security import Admin, LoginFirst

router = APIRouter(prefix="/audit", route_class=LoginFirst)


@router.get("")
def entries(wanted: Annotated[AuditQuery, Query()], _actor: Admin, state: StateDep) -> Page[Entry]:
    """List what was done, newest first."""
    audit = state.components.desk.audit
    return wanted.of(
        audit.entries(record_id=wanted.record_id, actor=wanted.actor, page=wanted.page, page_size=wanted.page_size)
    )


@router.get("/verification")
def verification(_actor: Admin, state: StateDep) -> Verification:
    """Walk the whole chain and say whether anything was changed."""
    return state.components.desk.audit.verify()


@router.get("/replies/{reply_id}")
def reply(reply_id: str, _actor: Admin, state: StateDep) -> Reproduction:
    """Return a reply with its evidence and versions, and what the assistant would say today."""
    return reproduce(state.components, reply_id)
