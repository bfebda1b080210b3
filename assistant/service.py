"""The product, as one readable story: a question comes in, a reply that a window can stand behind goes out.

understand → (retrieve → decide → write, see ``question_chain``) → remember
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from assistant import messages
from assistant.answering.sentences import clip
from assistant.answering.writer import Writer
from assistant.days import asked_day
from assistant.desk.shelf import Shelf
from assistant.errors import QueryError
from assistant.indexes import Indexes
from assistant.masking import mask_personal
from assistant.outcomes import Replied
from assistant.question_chain import MAX_QUERY_CHARS, MAX_TEXT_CHARS, Question, QuestionChain, Rules, shown_at_once
from assistant.replies import (
    Abstention,
    Answer,
    Channel,
    Clarification,
    Delta,
    Engine,
    Handoff,
    MadeWith,
    Reply,
    Sources,
    Turn,
)
from assistant.sessions import Conversations
from assistant.small_talk import small_talk
from assistant.talk import Talk
from assistant.understanding import Previous, Understander, Understanding
from index.retriever import Filters, Hit, SearchResult
from index.store import Index

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MARKER = re.compile(r" ?\[\d+\]")
WARMED_WITH = 60
"""Known questions looked for at the start, half a second beside who asks already: the first fifty to ask at once then wait no longer
than others."""


def today_in_shanghai() -> dt.date:
    """Return the day it is where the windows are."""
    return dt.datetime.now(_SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may be answered, read in the light of what was said before; ``first`` of its session or not.

    Whatever is made of it is made from one generation of the index.
    """

    query: str
    session_id: str
    first: bool
    meant: Understanding
    as_of: dt.date
    index: Index
    started: float

    def part(self, text: str, meant: Understanding, **limits: int) -> Question:
        """Return ``text``, the question itself or one of several in it, as a question to the index."""
        return Question(text, meant, self.as_of, self.index, **limits)


@dataclass(frozen=True, slots=True)
class Answered:
    """An exchange that is not stored yet; ``first`` of its session or not."""

    turn: Turn
    first: bool


class Assistant:
    """Answers questions. Collaborators arrive by keyword; nothing here knows about HTTP or about files."""

    def __init__(  # noqa: PLR0913 - the collaborators, by keyword
        self,
        *,
        indexes: Indexes,
        understander: Understander,
        writer: Writer,
        conversations: Conversations,
        rules: Rules,
        shelf: Shelf | None = None,
        today: Callable[[], dt.date] = today_in_shanghai,
    ) -> None:
        self._indexes = indexes
        self._understander = understander
        self._chain = QuestionChain(understander=understander, writer=writer, rules=rules, shelf=shelf)
        self.conversations = conversations
        self._rules = rules
        self._today = today

    def warm(self) -> None:
        """Look for what nobody asked, and write nothing: the first visitors need not wait for what is made only once."""
        index, today = self._indexes.in_use(), self._today()
        first = (
            passage.questions[0] for each in index.documents for passage in index.passages_of(each) if passage.questions
        )
        for query in ("商标注册", *itertools.islice(first, WARMED_WITH)):
            meant = self._understander.understand(query)
            self._chain.warm(Question(meant.parts[0], meant, today, index))

    def ask(
        self,
        query: str,
        *,
        session_id: str | None = None,
        as_of: dt.date | None = None,
        channel: Channel = Channel.API,
        visitor: str | None = None,
        previous: Previous | None = None,
    ) -> Turn:
        """Answer ``query`` and remember the exchange.

        :param as_of: the day the question is about; ``None`` is the day that the question names, else today.
        :param previous: what was said before, where the caller keeps the history and there is no session to look it up.
        :raises QueryError: when the query is empty or too long.
        :raises IndexNotReadyError: while there is no index.
        """
        answered = self.answer(query, session_id=session_id, as_of=as_of, channel=channel, previous=previous)
        return self.remember(answered, visitor=visitor)

    def answer(
        self,
        query: str,
        *,
        session_id: str | None = None,
        as_of: dt.date | None = None,
        channel: Channel = Channel.API,
        previous: Previous | None = None,
    ) -> Answered:
        """Answer as :meth:`ask` does and leave it to :meth:`remember`, perhaps in another process, to store it."""
        asked = self._asked(query, session_id, as_of, previous)
        reply, used = self._reply(asked)
        return self._answered(asked, reply, used, channel)

    def remember(self, answered: Answered, *, visitor: str | None = None) -> Turn:
        """Store the exchange, and return it with the ticket that it opened, if any."""
        return self.conversations.record(answered.turn, visitor=visitor, first=answered.first)

    def ask_stream(
        self,
        query: str,
        *,
        session_id: str | None = None,
        as_of: dt.date | None = None,
        channel: Channel = Channel.API,
        visitor: str | None = None,
        previous: Previous | None = None,
    ) -> Iterator[Sources | Delta | Turn]:
        """Answer as :meth:`ask` does, piece by piece: the sources, the text as it grows, last the turn.

        Raises as :meth:`ask` does, before anything is yielded; the exchange is remembered when the turn is yielded.
        """
        asked = self._asked(query, session_id, as_of, previous)

        def events() -> Iterator[Sources | Delta | Turn]:
            reply, used = yield from self._reply_stream(asked)
            yield self.remember(self._answered(asked, reply, used, channel), visitor=visitor)

        return events()

    def previous(self, queries: Sequence[str]) -> Previous | None:
        """Return what understanding needs of a history that is not stored here: the visitor's words, oldest first."""
        last: Previous | None = None
        for query in queries:
            meant = self._understander.understand(query[:MAX_QUERY_CHARS], last)
            if meant.talk is Talk.QUESTION:
                last = Previous(meant.standalone_query)
        return last

    def search(self, query: str, *, top_k: int = 10, as_of: dt.date | None = None) -> SearchResult:
        """Return what retrieval alone finds; raises as :meth:`ask` does."""
        query = self._checked(query)
        retriever = self._indexes.current().retriever()
        filters, asking = Filters(regions=self._rules.regions), self._understander.asking(query)
        day = as_of or self._today()
        return retriever.search(query, as_of=day, top_k=top_k, filters=filters, asking=asking)

    def _checked(self, query: str) -> str:
        query = query.strip()
        if not query:
            raise QueryError(messages.QUERY_EMPTY)
        if len(query) > MAX_QUERY_CHARS:
            raise QueryError(messages.query_too_long(len(query), MAX_QUERY_CHARS))
        return query

    def _asked(self, query: str, session_id: str | None, as_of: dt.date | None, previous: Previous | None) -> Asked:
        started = time.perf_counter()
        query = self._checked(query)
        index = self._indexes.current()
        resumed, stored = self.conversations.resume(session_id)
        meant = self._understander.understand(query, stored or previous)
        day = as_of or asked_day(query, self._today())
        return Asked(query, resumed, resumed != session_id, meant, day, index, started)

    def _reply(self, asked: Asked) -> Replied:
        meant = asked.meant
        talk = small_talk(meant.talk, self._rules.desk)
        if talk is not None:
            return talk, ()
        if len(meant.parts) == 1:
            return self._chain.answer(asked.part(meant.parts[0], meant))
        return self._several(asked)

    def _reply_stream(self, asked: Asked) -> Generator[Sources | Delta, None, Replied]:
        meant = asked.meant
        if meant.talk is Talk.QUESTION and len(meant.parts) == 1:
            return (yield from self._chain.stream(asked.part(meant.parts[0], meant)))
        reply, used = self._reply(asked)
        yield from shown_at_once(reply)
        return reply, used

    def _several(self, asked: Asked) -> Replied:
        """Answer each of several questions; those without an answer say so in their place.

        Where it would have to be asked what a part means, it tells a story that belongs to the rest: they are one question.
        """
        texts: list[str] = []
        answers: list[Answer | Handoff] = []
        used: list[Hit] = []
        said: dict[str, int] = {}
        meant = asked.meant
        room, previous = MAX_TEXT_CHARS // len(meant.parts), None
        for number, part in enumerate(meant.parts, 1):
            marker = max((each.marker for answer in answers for each in answer.citations), default=0) + 1
            head = messages.answer_part(number, mask_personal(part))
            # A second question may go on with the first: 发明专利侵权归哪个法院？外观设计呢？
            one = replace(self._understander.understand(part, previous), perhaps="")
            previous = Previous(one.standalone_query)
            limits = {"first_marker": marker, "max_chars": room - len(head) - 24}
            reply, hits = self._chain.answer(asked.part(one.parts[0], one, **limits))
            if isinstance(reply, Clarification):
                text = meant.standalone_query
                return self._chain.answer(asked.part(text, replace(meant, parts=(text,))))
            words = _MARKER.sub("", reply.text)
            if words in said:
                texts.append(f"{head}\n\n{messages.as_above(said[words])}")
                continue
            said[words] = number
            texts.append(f"{head}\n\n{reply.text}")
            used.extend(hits)
            if isinstance(reply, Answer | Handoff):
                answers.append(reply)
        return _joined(texts, answers), tuple(used)

    def _answered(self, asked: Asked, reply: Reply, used: Sequence[Hit], channel: Channel) -> Answered:
        # What leads nowhere is no topic for the next question to go on with.
        leads_on = asked.meant.talk is Talk.QUESTION and not isinstance(reply, Abstention | Clarification)
        turn = Turn(
            reply_id=uuid.uuid4().hex,
            session_id=asked.session_id,
            query=asked.query,
            standalone_query=asked.meant.standalone_query if leads_on else "",
            reply=reply,
            as_of=asked.as_of,
            channel=channel,
            elapsed_ms=(time.perf_counter() - asked.started) * 1e3,
            document_ids=tuple(dict.fromkeys(hit.document.document_id for hit in used)),
            made_with=_made_with(reply, used, asked.index),
        )
        return Answered(turn, asked.first)


def _made_with(reply: Reply, used: Sequence[Hit], index: Index) -> MadeWith:
    cited = reply.citations if isinstance(reply, Answer | Handoff) else ()
    documents = {each.document_id: index.documents.get(each.document_id) for each in cited}
    texts = {document_id: document.sha256 for document_id, document in documents.items() if document is not None}
    texts |= {hit.document.document_id: hit.document.sha256 for hit in used}
    return MadeWith(index.generation, index.manifest.fingerprint, texts)


def _joined(texts: Sequence[str], answers: Sequence[Answer | Handoff]) -> Reply:
    """Return one reply to several questions: an answer when any of them has one."""
    text = clip("\n\n".join(texts), MAX_TEXT_CHARS)
    if not any(isinstance(answer, Answer) for answer in answers):
        return answers[0] if answers else Abstention(text)
    wrote = any(isinstance(answer, Answer) and answer.engine is Engine.CHAT_MODEL for answer in answers)
    return Answer(
        text=text,
        citations=tuple(citation for answer in answers for citation in answer.citations),
        confidence=min(answer.confidence for answer in answers),
        notices=tuple(dict.fromkeys(notice for answer in answers for notice in answer.notices)),
        suggestions=answers[0].suggestions,
        engine=Engine.CHAT_MODEL if wrote else Engine.EXTRACTIVE,
        dropped=tuple(each for answer in answers if isinstance(answer, Answer) for each in answer.dropped),
    )
