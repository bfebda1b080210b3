"""The shelf: approved answers, found the moment they are approved and gone the moment they no longer hold.

Nothing is indexed: a few thousand questions are compared in memory, and every look notices when something changed.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.desk import messages
from assistant.desk.actors import Actor, Role
from assistant.desk.curated import CuratedAnswers, Revision
from assistant.desk.curated_records import DOCUMENT_PREFIX, CuratedAnswer, CuratedSource, CuratedText, text_sha256
from assistant.desk.matching import Match, match
from assistant.errors import ConflictError, NotFoundError
from assistant.replies import Answer, Citation
from corpus.records import Document, Passage, Status
from index.known_questions import Near
from index.retriever import Hit, SearchResult
from index.store import Index

LOOKED_AT = 3
"""So many of the corpus's best passages are asked how near their questions come."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that fits, and how well; ``index`` is where its sources are."""

    answer: CuratedAnswer
    match: Match
    index: Index


class CuratedQuestions:
    """The questions of some answers, each with its answer and whether it is one to be answered."""

    def __init__(self, answers: Iterable[CuratedAnswer], index: Index) -> None:
        questions = [
            (answer, question, wanted)
            for answer in answers
            for wanted, group in (
                (True, (answer.content.question, *answer.content.similar)), (False, answer.content.negative)
            )
            for question in group
        ]  # fmt: skip
        self._entries = tuple((answer, wanted) for answer, _, wanted in questions)
        told = [_whole(answer.content) for answer, _, _ in questions]
        self._known = index.known_questions([question for _, question, _ in questions], told)

    def matches(self, query: str, rival: float, *, heed_negative: bool = True) -> dict[CuratedAnswer, Match]:
        """Return how well each answer near the query fits it.

        :param rival: overlap of the query with the nearest question of the corpus.
        :param heed_negative: whether questions that must not be answered count.
        """
        near: dict[CuratedAnswer, dict[bool, list[Near]]] = {}
        for each in self._known.nearest(query):
            answer, wanted = self._entries[each.position]
            near.setdefault(answer, {True: [], False: []})[wanted].append(each)
        return {
            answer: match(groups[True], groups[False] if heed_negative else (), rival=rival)
            for answer, groups in near.items()
        }


def rival_of(result: SearchResult) -> float:
    """Return how near the corpus's own questions come to a query."""
    return max((hit.question_score for hit in result.hits[:LOOKED_AT]), default=0.0)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What the shelf knew when it last looked."""

    revision: Revision
    index: Index
    day: dt.date
    questions: CuratedQuestions


class Shelf:
    """Finds approved answers.

    :param today: the day it is where the windows are.
    """

    def __init__(self, *, answers: CuratedAnswers, today: Callable[[], dt.date]) -> None:
        self._answers = answers
        self._today = today
        self._refreshing = threading.Lock()
        self._snapshot: _Snapshot | None = None

    def find(self, query: str, *, index: Index, as_of: dt.date, result: SearchResult) -> Found | None:
        """Return the approved answer for ``query``, if there is one that holds on ``as_of``.

        :param index: the corpus in use.
        :param result: what it has for the query; a question of its own that is nearer wins.
        """
        snapshot = self._current(index)
        matches = snapshot.questions.matches(query, rival_of(result))
        for answer, fits in sorted(matches.items(), key=lambda each: each[1].score, reverse=True):
            if fits.caught and not _objection(answer, snapshot.index, as_of):
                return Found(answer, fits, snapshot.index)
        return None

    @staticmethod
    def write(found: Found, *, as_of: dt.date, first_marker: int = 1) -> tuple[Answer, tuple[Hit, ...]]:
        """Return the reply: the approved words, then what they rest on, each source with its marker and quote."""
        document = found.answer.as_document()
        hit = _hit(document, found, document.status(as_of))
        citations, basis = [_citation(document, hit.passage, as_of, first_marker)], []
        for source in found.answer.content.sources:
            words = messages.source_words(source.title, source.locator, source.reference)
            if source.passage_id is not None and source.document_id is not None:
                marker = first_marker + len(citations)
                passage = found.index.passage(source.passage_id)
                citations.append(_citation(found.index.documents[source.document_id], passage, as_of, marker))
                words = f"{words} [{marker}]"
            basis.append(words)
        text = f"{found.answer.content.text} [{first_marker}]\n\n{messages.curated_basis(basis)}"
        answer = Answer(text, tuple(citations), found.match.confidence, curated_id=found.answer.curated_id)
        return answer, (hit,)

    def document(self, document_id: str) -> Document:
        """Return a curated answer as a document, as it was approved last; out of force when it no longer is.

        :raises NotFoundError: when there is none of that id.
        """
        if not document_id.startswith(DOCUMENT_PREFIX):
            raise NotFoundError(f"found no document {document_id[:80]}")
        return self._answers.get(document_id.removeprefix(DOCUMENT_PREFIX), approved=True).as_document()

    @staticmethod
    def source(passage_id: str, index: Index) -> CuratedSource:
        """Return a passage of the corpus as a source, with the text as it reads now.

        :raises NotFoundError: when there is no such passage.
        """
        try:
            passage = index.passage(passage_id)
        except KeyError as error:
            raise NotFoundError(f"found no passage {passage_id[:100]}") from error
        title = index.documents[passage.document_id].title
        return CuratedSource(title, passage.locator, passage.document_id, passage_id, text_sha256(passage.text))

    def approve(self, actor: Actor, curated_id: str, *, version: int, index: Index) -> CuratedAnswer:
        """Approve an answer whose sources still read as they did when it was written.

        :raises ConflictError: when they do not; otherwise as :meth:`CuratedAnswers.approve`.
        """
        actor.require(Role.EDITOR)
        today = self._today()
        sources = self._answers.get(curated_id).content.sources
        if any(_moved(source, index, today) for source in sources):
            raise ConflictError(messages.CURATED_GROUND_MOVED)
        return self._answers.approve(actor, curated_id, version=version)

    def sweep(self, index: Index) -> int:
        """Send to review what expired or lost its ground; return how many."""
        return self._answers.send_to_review(dict(self._objections(index)))

    def _objections(self, index: Index) -> Iterator[tuple[str, str]]:
        today = self._today()
        for answer in self._answers.approved():
            starts = answer.content.valid_from
            reason = _objection(answer, index, max(today, starts) if starts else today)
            if reason:
                yield answer.curated_id, reason

    def _current(self, index: Index) -> _Snapshot:
        day = self._today()
        if (snapshot := self._kept(index, day)) is not None:
            return snapshot
        with self._refreshing:
            if (snapshot := self._kept(index, day)) is not None:  # another thread has made it meanwhile
                return snapshot
            self.sweep(index)
            revision = self._answers.revision()
            questions = CuratedQuestions(self._answers.approved(), index)
            self._snapshot = snapshot = _Snapshot(revision, index, day, questions)
        return snapshot

    def _kept(self, index: Index, day: dt.date) -> _Snapshot | None:
        """Return what was read before, None when an answer, the day or the index is another one since."""
        snapshot, revision = self._snapshot, self._answers.revision()
        kept = snapshot is not None and (snapshot.revision, snapshot.day) == (revision, day) and snapshot.index is index
        return snapshot if kept else None


def _whole(content: CuratedText) -> str:
    return "\n".join((content.text, content.question, *content.similar))


def _objection(answer: CuratedAnswer, index: Index, day: dt.date) -> str:
    """Say why an answer must not be given on ``day``; empty when nothing speaks against it."""
    content = answer.content
    if content.valid_from is not None and day < content.valid_from:
        return f"valid from {content.valid_from}"
    if content.valid_until is not None and day > content.valid_until:
        return f"expired on {content.valid_until}"
    return next((reason for source in content.sources if (reason := _moved(source, index, day))), "")


def _moved(source: CuratedSource, index: Index, day: dt.date) -> str:
    """Say how a source is no longer what it was; what lies outside the corpus cannot be checked."""
    if source.passage_id is None or source.document_id is None:
        return ""
    document = index.documents.get(source.document_id)
    try:
        passage = index.passage(source.passage_id)
    except KeyError:
        return f"source {source.passage_id} is gone"
    if document is None or text_sha256(passage.text) != source.passage_sha256:
        return f"source {source.passage_id} reads differently now"
    status = document.status(day, passage)
    return "" if status in (Status.CURRENT, Status.EXPIRED) else f"source {source.passage_id} is {status.value}"


def _citation(document: Document, passage: Passage, as_of: dt.date, marker: int) -> Citation:
    return Citation(
        marker=marker, passage_id=passage.passage_id, document_id=document.document_id, title=document.title,
        locator=passage.locator, quote=passage.text, status=document.status(as_of, passage), issuer=document.issuer,
        document_number=document.document_number, repealed_date=passage.repealed_date or document.repealed_date,
        effective_date=passage.effective_date or document.effective_date,
    )  # fmt: skip


def _hit(document: Document, found: Found, status: Status) -> Hit:
    return Hit(
        passage=document.passages[0], document=replace(document, passages=()), rank=1, score=found.match.confidence,
        dense_score=0.0, question_score=found.match.confidence,
        matched_question=found.answer.content.question, status=status,
    )  # fmt: skip
