"""Builds the desk's parts from the settings."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.desk.accounts import Accounts
from assistant.desk.audit import Audit
from assistant.desk.curated import CuratedAnswers
from assistant.desk.documents import Holdings
from assistant.desk.hours import WorkingHours
from assistant.desk.intake import DeskRules, Intake
from assistant.desk.logins import Logins
from assistant.desk.passwords import Passwords
from assistant.desk.retention import Retention
from assistant.desk.shelf import Shelf
from assistant.desk.shipped import ShippedTexts
from assistant.desk.statistics import Statistics
from assistant.desk.tickets import Outbox, Tickets
from assistant.desk.uploads import Uploads
from assistant.replies import Channel
from assistant.service import today_in_shanghai
from assistant.settings import Settings
from corpus.database import Database
from corpus.library import Library
from corpus.shipped import shipped_documents


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that the desk's page, endpoints and commands use."""

    audit: Audit
    accounts: Accounts
    logins: Logins
    intake: Intake
    tickets: Tickets
    curated: CuratedAnswers
    shelf: Shelf
    uploads: Uploads
    shipped: ShippedTexts
    holdings: Holdings
    statistics: Statistics
    retention: Retention


def build_desk(
    settings: Settings,
    *,
    database: Database,
    library: Library,
    outboxes: Mapping[Channel, Outbox] | None = None,
) -> Desk:
    """Return the desk over an upgraded database.

    :param outboxes: where replies to visitors on other channels than the web are put for delivery.
    """
    audit = Audit(database=database)
    rules = DeskRules(
        hours=WorkingHours.parse(settings.desk_hours, settings.desk_holidays, settings.desk_extra_days),
        due_in=dt.timedelta(hours=settings.ticket_due_hours),
    )
    passwords = Passwords()
    curated = CuratedAnswers(database=database, audit=audit)
    shipped = ShippedTexts(database=database, audit=audit)
    return Desk(
        audit=audit,
        accounts=Accounts(database=database, audit=audit, passwords=passwords),
        logins=Logins(database=database, audit=audit, passwords=passwords),
        intake=Intake(database=database, audit=audit, rules=rules),
        tickets=Tickets(database=database, audit=audit, outboxes=outboxes),
        curated=curated,
        shelf=Shelf(answers=curated, today=today_in_shanghai),
        uploads=Uploads(
            database=database,
            audit=audit,
            library=library,
            folder=settings.data_dir / "uploads",
            shipped_ids=_shipped_ids,
        ),
        statistics=Statistics(database=database),
        retention=Retention(database=database, audit=audit, keep=dt.timedelta(days=settings.keep_conversations_days)),
        shipped=shipped,
        holdings=Holdings(database=database, library=library, shipped=shipped, audit=audit),
    )


@functools.cache
def _shipped_ids() -> frozenset[str]:
    return frozenset(document.document_id for document in shipped_documents())
