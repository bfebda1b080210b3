"""Curated answers: written by staff, approved by an editor, taken back when the ground under them moves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from assistant.desk import messages
from assistant.desk.actors import SYSTEM, Actor, Role
from assistant.desk.audit import Audit
from assistant.desk.curated_records import CuratedAnswer, CuratedSource, CuratedState, CuratedText
from assistant.desk.hours import SHANGHAI
from assistant.desk.tables import CuratedRow, CuratedVersionRow
from assistant.errors import ConflictError, NotFoundError, QueryError, StaleVersionError
from corpus.database import Base, Database

Revision = tuple[int, int, dt.datetime | None]

ALLOWED_FROM = {
    "approve": (CuratedState.DRAFT, CuratedState.REVIEW, CuratedState.WITHDRAWN),
    "withdraw": (CuratedState.DRAFT, CuratedState.APPROVED, CuratedState.REVIEW),
}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_CURATED = Base.metadata.tables["curated_answers"]
_REVISION = select(func.count(), func.coalesce(func.sum(_CURATED.c.version), 0), func.max(_CURATED.c.updated_at))


class CuratedAnswers:
    """Keeps curated answers. Whoever changes one says which version was seen.

    :param now: the clock.
    """

    def __init__(self, *, database: Database, audit: Audit, now: Callable[[], dt.datetime] = _now) -> None:
        self._database = database
        self._audit = audit
        self._now = now

    def revision(self) -> Revision:
        """Return a value that changes with every change of any curated answer."""
        with self._database.one_query() as connection:  # asked at every question: past the ORM
            count, versions, last = connection.execute(_REVISION).one()
        return count, versions, last

    def approved(self) -> list[CuratedAnswer]:
        """Return all approved answers."""
        return self.find(state=CuratedState.APPROVED, page_size=100_000)[0]

    def find(
        self, *, state: CuratedState | None = None, words: str = "", page: int = 1, page_size: int = 50
    ) -> tuple[list[CuratedAnswer], int]:
        """Return a page of answers, the last changed first, and how many fit in all."""
        query = select(CuratedRow, CuratedVersionRow).join(CuratedVersionRow, _is_newest())
        if state is not None:
            query = query.where(CuratedRow.state == state.value)
        for word in words.split():
            text = CuratedVersionRow.question + " " + CuratedVersionRow.text
            query = query.where(text.icontains(word, autoescape=True))
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            ordered = query.order_by(CuratedRow.updated_at.desc(), CuratedRow.curated_id)
            rows = session.execute(ordered.offset((page - 1) * page_size).limit(page_size)).all()
        return [_answer(row, version) for row, version in rows], total

    def get(self, curated_id: str, *, approved: bool = False) -> CuratedAnswer:
        """Return an answer with its newest text, or with the text that was approved last.

        :raises NotFoundError: when there is none of that id, or none of its texts was ever approved.
        """
        with self._database.reading() as session:
            row = _existing(session, curated_id)
            version = _text(session, row) if not approved else _approved_text(session, row)
        return _answer(row, version)

    def create(self, actor: Actor, content: CuratedText, *, ticket_id: str | None = None) -> CuratedAnswer:
        """Write a draft.

        :raises QueryError: when a part is missing or too long.
        """
        content, now = content.checked(), self._now()
        row = CuratedRow(
            curated_id=secrets.token_hex(8), state=CuratedState.DRAFT.value, owner=actor.account_id,
            ticket_id=ticket_id, created_at=now, updated_at=now, version=1,
        )  # fmt: skip
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            version = self._write(session, actor, row, content)
            self._audit.append(session, actor, "curated.create", ("curated", row.curated_id), ticket=ticket_id)
        return _answer(row, version)

    def edit(self, actor: Actor, curated_id: str, *, version: int, content: CuratedText) -> CuratedAnswer:
        """Write another text; it is a draft until it is approved, and what was approved is no longer found.

        :raises StaleVersionError: when somebody else changed it since.
        :raises QueryError: when a part is missing or too long.
        """
        content = content.checked()
        with self._database.writing() as session:
            row = _seen(session, curated_id, version)
            row.state, row.reason = CuratedState.DRAFT.value, None
            self._changed(session, actor, row, "edit")
            text = self._write(session, actor, row, content)
        return _answer(row, text)

    def approve(self, actor: Actor, curated_id: str, *, version: int) -> CuratedAnswer:
        """Let the newest text be found.

        :raises ForbiddenError: for less than an editor.
        :raises ConflictError: when it is approved already, has expired, or says nothing of where it comes from.
        """
        actor.require(Role.EDITOR)
        with self._database.writing() as session:
            row = _seen(session, curated_id, version)
            text = _text(session, row)
            _allow(row, "approve")
            if not text.sources:
                raise QueryError(messages.CURATED_NO_SOURCE)
            if text.valid_until is not None and text.valid_until < self._now().astimezone(SHANGHAI).date():
                raise ConflictError(messages.CURATED_EXPIRED)
            row.state, row.reason = CuratedState.APPROVED.value, None
            row.approved_number, row.approved_by, row.approved_at = text.number, actor.account_id, self._now()
            self._changed(session, actor, row, "approve")
        return _answer(row, text)

    def withdraw(self, actor: Actor, curated_id: str, *, version: int) -> CuratedAnswer:
        """Let it be found no longer.

        :raises ForbiddenError: for less than an editor.
        """
        actor.require(Role.EDITOR)
        with self._database.writing() as session:
            row = _seen(session, curated_id, version)
            _allow(row, "withdraw")
            row.state, row.reason = CuratedState.WITHDRAWN.value, None
            self._changed(session, actor, row, "withdraw")
            return _answer(row, _text(session, row))

    def send_to_review(self, reasons: Mapping[str, str]) -> int:
        """Take approved answers back because their ground moved; return how many were.

        :param reasons: id → what happened, in English and without visitors' words.
        """
        moved = 0
        if not reasons:
            return moved
        with self._database.writing() as session:
            for curated_id, reason in reasons.items():
                row = _existing(session, curated_id)
                if row.state == CuratedState.APPROVED.value:
                    row.state, row.reason = CuratedState.REVIEW.value, reason[:200]
                    self._changed(session, SYSTEM, row, "review")
                    moved += 1
        return moved

    def _changed(self, session: Session, actor: Actor, row: CuratedRow, deed: str) -> None:
        row.version += 1
        row.updated_at = self._now()
        record = ("curated", row.curated_id)
        self._audit.append(session, actor, f"curated.{deed}", record, version=row.version, reason=row.reason)

    def _write(self, session: Session, actor: Actor, row: CuratedRow, content: CuratedText) -> CuratedVersionRow:
        version = CuratedVersionRow(
            curated_id=row.curated_id, number=row.version, question=content.question, similar=list(content.similar),
            negative=list(content.negative), text=content.text, topic=content.topic, valid_from=content.valid_from,
            sources=[dataclasses.asdict(source) for source in content.sources], valid_until=content.valid_until,
            review_due=content.review_due, written_by=actor.account_id, written_at=self._now(),
        )  # fmt: skip
        session.add(version)
        session.flush()
        return version


def _is_newest() -> ColumnElement[bool]:
    return (CuratedVersionRow.curated_id == CuratedRow.curated_id) & (
        CuratedVersionRow.number
        == select(func.max(CuratedVersionRow.number))
        .where(CuratedVersionRow.curated_id == CuratedRow.curated_id)
        .correlate(CuratedRow)
        .scalar_subquery()
    )


def _existing(session: Session, curated_id: str) -> CuratedRow:
    row = session.get(CuratedRow, curated_id)
    if row is None:
        raise NotFoundError(f"found no curated answer {curated_id[:40]}")
    return row


def _seen(session: Session, curated_id: str, version: int) -> CuratedRow:
    row = _existing(session, curated_id)
    if row.version != version:
        raise StaleVersionError(found=version, wanted=row.version)
    return row


def _allow(row: CuratedRow, step: str) -> None:
    if CuratedState(row.state) not in ALLOWED_FROM[step]:
        raise ConflictError(f"found a curated answer that is {row.state}, cannot {step} it")


def _text(session: Session, row: CuratedRow) -> CuratedVersionRow:
    mine = CuratedVersionRow.curated_id == row.curated_id
    query = select(CuratedVersionRow).where(mine).order_by(CuratedVersionRow.number.desc()).limit(1)
    return session.scalars(query).one()


def _approved_text(session: Session, row: CuratedRow) -> CuratedVersionRow:
    if row.approved_number is None:
        raise NotFoundError(f"found curated answer {row.curated_id}, which was never approved")
    return session.get_one(CuratedVersionRow, (row.curated_id, row.approved_number))


def _answer(row: CuratedRow, text: CuratedVersionRow) -> CuratedAnswer:
    content = CuratedText(
        question=text.question, text=text.text, sources=tuple(CuratedSource(**source) for source in text.sources),
        review_due=text.review_due, similar=tuple(text.similar), negative=tuple(text.negative), topic=text.topic,
        valid_from=text.valid_from, valid_until=text.valid_until,
    )  # fmt: skip
    return CuratedAnswer(
        curated_id=row.curated_id, state=CuratedState(row.state), content=content, owner=row.owner, reason=row.reason,
        ticket_id=row.ticket_id, approved_by=row.approved_by, approved_at=row.approved_at, created_at=row.created_at,
        updated_at=row.updated_at, version=row.version,
    )  # fmt: skip
