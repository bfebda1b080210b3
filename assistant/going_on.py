"""What is found for a message that goes on with another: its own words choose within what both together find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from assistant.answering.sentences import bigrams
from assistant.policy import hardly_lower
from assistant.topics import of_another_right, rights_named
from assistant.understanding import Understander
from corpus.records import Kind
from index.retriever import Filters, SearchResult

if TYPE_CHECKING:
    from assistant.question_chain import Question

SURE = 0.9
"""From this probability on, another guide may be meant than the one that what was asked before leads to."""
LONG_STORY = 14
"""What was asked before with more characters than this may drown a short message that goes on with it."""
NEW_WORDS_LOWER = 3.0
"""By so much lower at most is the section judged that a follow-up's own words find, of the guide that both together find. Of
770 follow-ups with their section known, 633 were led by it before and 674 are now."""


READ_AGAIN = 0.5
"""A section that has just been read gives way to one that is judged at most so much lower."""


class Search(Protocol):
    """Looks for other words of a question, as the question itself was looked for."""

    def __call__(self, question: Question, text: str, filters: Filters, *, told: tuple[str, ...] = ()) -> SearchResult:
        """Return what is found for ``text``, put together from ``told``, where it is."""


class GoingOn:
    """Puts right what was found for a follow-up."""

    def __init__(self, *, search: Search, understander: Understander) -> None:
        self._search, self._understander = search, understander

    def of(self, question: Question, result: SearchResult, filters: Filters) -> tuple[Question, SearchResult | None]:
        """Return the question as it is to be taken, and what is found for it; None: it is to be looked for anew, alone."""
        if not question.meant.clauses:
            return self._of_another(question, result, filters)
        result = self._of_its_name(question, result, filters)
        return question, not_read_again(self.led_by_new_words(question, result, filters), question.meant.read)

    def _of_its_name(self, question: Question, result: SearchResult, filters: Filters) -> SearchResult:
        """Return what is found for the name of the guide instead of a long story that was told before, where that is better."""
        before, _ = question.meant.told
        if len(before) <= LONG_STORY or not result.hits or not result.hits[0].document.aliases:
            return result
        first = result.hits[0]
        told = (first.document.aliases[0], question.meant.asked)
        named = self._search(question, " ".join(told), filters, told=told)
        if not named.hits or hardly_lower(first, named.hits[0], 0.0):
            return result
        same = named.hits[0].document.document_id == first.document.document_id
        return named if same or named.probability >= SURE else result

    def led_by_new_words(self, question: Question, result: SearchResult, filters: Filters) -> SearchResult:
        """Return ``result`` with the section first that a follow-up's own words find in the guide that comes first, or in
        that one or the gap that comes before it.

        What was asked before says which guide it is; read out again, its answer would hide the new one.
        """
        if not result.hits:
            return result
        first, *others = result.hits
        guide = next((hit for hit in result.hits if hit.document.kind is not Kind.GAP), first)
        only = replace(filters, document_ids=frozenset({first.document.document_id, guide.document.document_id}))
        alone = question.retriever.search(question.meant.asked, as_of=question.as_of, top_k=1, filters=only).hits
        found = next((hit for hit in others if alone and hit.passage == alone[0].passage), None)
        if found is None or not hardly_lower(found, first, NEW_WORDS_LOWER):
            return result
        rest = (hit for hit in (replace(first, score=found.score), *others) if hit is not found)
        return replace(result, hits=(replace(found, rank=1, score=first.score), *rest))

    def _of_another(
        self, question: Question, result: SearchResult, filters: Filters
    ) -> tuple[Question, SearchResult | None]:
        """Return what is found where the same is asked of another matter (贯标呢): by what was asked, without its own matter
        or as a question of its own, whichever speaks of the one that is named.
        """
        before, named = question.meant.told
        if self.speaks_of(result, named):
            return question, result
        instead = f"{named} {self._understander.unnamed(before)}"
        found = self._search(question, instead, filters)
        if self.speaks_of(found, named):
            return replace(question, text=instead), found
        if not self._understander.on_topic(named):
            return question, result
        alone = self._understander.understand(named)
        return replace(question, text=alone.parts[0], meant=alone), None

    def speaks_of(self, result: SearchResult, named: str) -> bool:
        """Return whether the best hit is about a matter that is named in two or three words."""
        if not result.hits:
            return False
        hit, names = result.hits[0], self._understander.names(named)
        document, passage = hit.document, hit.passage
        told = " ".join((document.title, *document.aliases, passage.heading, *passage.questions))
        of_right, rights = rights_named(document.topic), rights_named(names)
        if document.kind is not Kind.GUIDE or not of_right or not rights or of_right & rights:
            told += passage.text
        words = self._understander.topics(named) or bigrams(named)
        return any(word in told.lower() for word in words) and not of_another_right(names, document, passage)


def not_read_again(result: SearchResult, read: str) -> SearchResult:
    """Return ``result`` with the second section first where the first has just been ``read`` and both fit about as well."""
    if len(result.hits) < 2 or result.hits[0].passage.passage_id != read:
        return result
    first, second, *rest = result.hits
    if second.judgement is None or second.document.kind is Kind.GAP or not hardly_lower(second, first, READ_AGAIN):
        return result
    hits = (replace(second, rank=1, score=first.score), replace(first, rank=2, score=second.score), *rest)
    return replace(result, hits=hits)
