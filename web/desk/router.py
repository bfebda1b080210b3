"""Every endpoint of the desk, under ``/api/v1/desk``."""

from __future__ import annotations

from fastapi import APIRouter

from web.desk import accounts, asking, audit, curated, documents, logins, statistics, tickets
from web.schemas import Problem

router = APIRouter(
    prefix="/api/v1/desk",
    tags=["desk"],
    responses={
        401: {"model": Problem, "description": "not logged in"},
        403: {"model": Problem, "description": "the role does not allow it"},
        412: {"model": Problem, "description": "somebody else changed the record since"},
    },
)
for module in (logins, asking, tickets, curated, documents, statistics, accounts, audit):
    router.include_router(module.router)
