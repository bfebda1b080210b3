"""What people ask, as figures and as spreadsheets; and the deletion of what a visitor wrote."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.desk.exports import as_csv, as_xlsx, tables
from assistant.desk.retention import Forgotten
from assistant.desk.statistics import Report
from assistant.service import today_in_shanghai
from web.deps import StateDep
from web.desk.security import Admin, Clerk, LoginFirst
from web.state import State

router = APIRouter(route_class=LoginFirst)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Period(BaseModel):
    """From which day to which, both included; the last 30 days unless given."""

    model_config = ConfigDict(extra="forbid")

    since: dt.date | None = None
    until: dt.date | None = None


class ExportQuery(Period):
    """Which spreadsheet; ``table`` (from 0) picks the one table that a CSV file holds."""

    form: Literal["csv", "xlsx"] = "xlsx"
    table: Annotated[int, Field(ge=0, le=6)] = 0


@router.get("/statistics")
def statistics(wanted: Annotated[Period, Query()], _actor: Clerk, state: StateDep) -> Report:
    """Count what was asked, how it went, what was missing and what was slow."""
    return report_of(state, wanted.since, wanted.until)


@router.get("/statistics/export", response_class=Response, responses={200: {"content": {_XLSX: {}, "text/csv": {}}}})
def export(wanted: Annotated[ExportQuery, Query()], _actor: Clerk, state: StateDep) -> Response:
    """Return the figures as a spreadsheet; no cell of it is ever executed."""
    found = tables(report_of(state, wanted.since, wanted.until))
    if wanted.form == "csv":
        body, media_type = as_csv(found[wanted.table]), "text/csv; charset=utf-8"
    else:
        body, media_type = as_xlsx(found), _XLSX
    headers = {"Content-Disposition": f'attachment; filename="statistics.{wanted.form}"'}
    return Response(body, media_type=media_type, headers=headers)


@router.delete("/sessions/{session_id}")
def forget(session_id: str, actor: Admin, state: StateDep) -> Forgotten:
    """Delete everything that a visitor wrote in a session, because the visitor asked for it."""
    return state.components.desk.retention.forget(actor, session_id)


def report_of(state: State, since: dt.date | None, until: dt.date | None) -> Report:
    """Return the figures of a period, by default the last 30 days."""
    last = until or today_in_shanghai()
    documents = state.components.indexes.current().documents if state.components.indexes.ready else {}
    return state.components.desk.statistics.report(
        since or last - dt.timedelta(days=29),
        last,
        topic_of=lambda document_id: documents[document_id].topic if document_id in documents else "",
    )
