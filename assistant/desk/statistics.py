"""What people ask: counted by day, channel, topic and district, with what was missing and what was slow."""

from __future__ import annotations

import datetime as dt
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from assistant.desk import messages
from assistant.desk.hours import SHANGHAI
from assistant.desk.tables import TicketRow
from assistant.errors import QueryError
from assistant.replies import REASON_PERSON
from assistant.tables import FeedbackRow, ReplyRow
from corpus.database import Database

UNANSWERED = ("handoff", "abstention")
_ASKED_FOR_A_PERSON = f'"reason":"{REASON_PERSON}"'  # in a stored reply: a wish, which no text could answer
TOP = 20
LONGEST = dt.timedelta(days=366)
_ALIKE = 0.5
_COMPARED = 1000
# 通辽's counties and banners, each by the names that people use for it.
_DISTRICTS = {
    "科尔沁区": "科尔沁区|科区", "开鲁县": "开鲁", "库伦旗": "库伦", "奈曼旗": "奈曼", "扎鲁特旗": "扎鲁特|扎旗",
    "科左中旗": "科左中|科尔沁左翼中|左中", "科左后旗": "科左后|科尔沁左翼后|左后", "霍林郭勒市": "霍林郭勒|霍市",
    "开发区": "开发区",
}  # fmt: skip
_DISTRICT_PATTERNS = {name: re.compile(words) for name, words in _DISTRICTS.items()}


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was asked about, and how it went."""

    name: str
    asked: int
    answered: int
    handed_over: int
    abstained: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Unanswered questions that are alike; ``question`` is the one asked most."""

    question: str
    asked: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Slow:
    """A reply that took long."""

    reply_id: str
    query: str
    elapsed_ms: float
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What visitors thought; ``reasons`` of 👎 by their word."""

    up: int
    down: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """How the desk did; ``median_hours`` from opening to answer, by the clock, None without any."""

    opened: int
    answered: int
    late: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A period's figures; ``since`` is its first day and ``until`` its last."""

    since: dt.date
    until: dt.date
    total: Count
    by_day: tuple[Count, ...]
    by_channel: tuple[Count, ...]
    by_topic: tuple[Count, ...]
    by_district: tuple[Count, ...]
    satisfaction: Satisfaction
    tickets: TicketFigures
    unanswered: tuple[Cluster, ...]
    slow: tuple[Slow, ...]
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class _Asked:
    reply_id: str
    query: str
    kind: str
    channel: str
    document_ids: tuple[str, ...]
    elapsed_ms: float
    at: dt.datetime
    wish: bool


class Statistics:
    """Counts what is stored."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    def report(self, since: dt.date, until: dt.date, *, topic_of: Callable[[str], str]) -> Report:
        """Return the figures of the days from ``since`` to ``until``, both included, as the desk's clock has them.

        :param topic_of: document id → its topic, empty when unknown.
        :raises QueryError: for a period that ends before it begins or is longer than a year.
        """
        if not since <= until <= since + LONGEST:
            raise QueryError(messages.WRONG_PERIOD)
        start = dt.datetime.combine(since, dt.time(), SHANGHAI)
        end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), SHANGHAI)
        asked = self._asked(start, end)
        times = sorted(each.elapsed_ms for each in asked)
        slowest = sorted(asked, key=lambda each: -each.elapsed_ms)[:TOP]
        return Report(
            since=since,
            until=until,
            total=_count("", asked),
            by_day=tuple(sorted(_counts(asked, lambda each: [_day(each.at)]), key=lambda each: each.name)),
            by_channel=_counts(asked, lambda each: [each.channel]),
            by_topic=_counts(asked, lambda each: _topics(each, topic_of)),
            by_district=_counts(asked, lambda each: districts_in(each.query)),
            satisfaction=self._satisfaction(start, end),
            tickets=self._tickets(start, end),
            unanswered=clusters([(each.query, each.at) for each in asked if each.kind in UNANSWERED and not each.wish]),
            slow=tuple(Slow(each.reply_id, each.query, each.elapsed_ms, each.at) for each in slowest),
            median_ms=_percentile(times, 0.5),
            p95_ms=_percentile(times, 0.95),
        )

    def _asked(self, start: dt.datetime, end: dt.datetime) -> list[_Asked]:
        columns = (
            ReplyRow.reply_id, ReplyRow.query, ReplyRow.kind, ReplyRow.channel, ReplyRow.document_ids,
            ReplyRow.elapsed_ms, ReplyRow.created_at, ReplyRow.payload.contains(_ASKED_FOR_A_PERSON).label("wish"),
        )  # fmt: skip
        query = select(*columns).where(ReplyRow.created_at >= start, ReplyRow.created_at < end)
        with self._database.reading() as session:
            rows = session.execute(query.order_by(ReplyRow.created_at)).all()
        return [
            _Asked(
                row.reply_id, row.query, row.kind, row.channel, tuple(json.loads(row.document_ids)), row.elapsed_ms,
                row.created_at, row.wish,
            )
            for row in rows
            if row.kind != "clarification"  # a greeting or a question back is no question about anything
        ]  # fmt: skip

    def _satisfaction(self, start: dt.datetime, end: dt.datetime) -> Satisfaction:
        period = (FeedbackRow.created_at >= start, FeedbackRow.created_at < end)
        with self._database.reading() as session:
            verdicts = session.execute(select(FeedbackRow.rating, FeedbackRow.reason).where(*period)).all()
        ratings = Counter(row.rating for row in verdicts)
        reasons = Counter(row.reason for row in verdicts if row.rating == "down" and row.reason)
        return Satisfaction(ratings["up"], ratings["down"], tuple(reasons.most_common()))

    def _tickets(self, start: dt.datetime, end: dt.datetime) -> TicketFigures:
        period = (TicketRow.created_at >= start, TicketRow.created_at < end)
        columns = select(TicketRow.created_at, TicketRow.answered_at, TicketRow.due_at)
        with self._database.reading() as session:
            rows = session.execute(columns.where(*period)).all()
        now = dt.datetime.now(dt.UTC)
        hours = [(row.answered_at - row.created_at).total_seconds() / 3600 for row in rows if row.answered_at]
        late = sum((row.answered_at or now) > row.due_at for row in rows)
        return TicketFigures(len(rows), len(hours), late, round(statistics.median(hours), 2) if hours else None)


def districts_in(text: str) -> list[str]:
    """Return which counties and banners a text names."""
    return [name for name, pattern in _DISTRICT_PATTERNS.items() if pattern.search(text)]


def clusters(questions: Sequence[tuple[str, dt.datetime]]) -> tuple[Cluster, ...]:
    """Group questions that share half of their character pairs, the largest group first, at most :data:`TOP`."""
    counted = Counter(query for query, _ in questions)
    last = dict(sorted(questions, key=lambda each: each[1]))
    groups: list[tuple[str, frozenset[str], list[str]]] = []
    for query, _ in counted.most_common(_COMPARED):
        pairs = _pairs(query)
        near = next((members for _, other, members in groups if _overlap(pairs, other) >= _ALIKE), None)
        if near is None:
            groups.append((query, pairs, [query]))
        else:
            near.append(query)
    found = [
        Cluster(query, sum(counted[each] for each in members), max(last[each] for each in members))
        for query, _, members in groups
    ]
    return tuple(sorted(found, key=lambda each: (-each.asked, each.question))[:TOP])


def _pairs(text: str) -> frozenset[str]:
    letters = re.sub(r"\W", "", text)
    return frozenset(letters[start : start + 2] for start in range(max(len(letters) - 1, 1)))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _counts(asked: Iterable[_Asked], names_of: Callable[[_Asked], Iterable[str]]) -> tuple[Count, ...]:
    groups: dict[str, list[_Asked]] = {}
    for each in asked:
        for name in names_of(each):
            groups.setdefault(name, []).append(each)
    return tuple(sorted((_count(name, group) for name, group in groups.items()), key=lambda each: -each.asked))


def _count(name: str, asked: Sequence[_Asked]) -> Count:
    kinds = Counter(each.kind for each in asked)
    return Count(name, len(asked), kinds["answer"], kinds["handoff"], kinds["abstention"])


def _topics(asked: _Asked, topic_of: Callable[[str], str]) -> list[str]:
    return [topic] if asked.document_ids and (topic := topic_of(asked.document_ids[0])) else []


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()


def _percentile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2) if ordered else 0.0
