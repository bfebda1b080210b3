"""Which passages an answer may use: the best hit, the facets asked for, what the other clauses ask, whole projects.

The order of the evidence is the order of the markers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.sentences import bigrams
from assistant.facets import asked_first, facets_in
from assistant.policy import hardly_lower
from assistant.topics import more_special, of_another_right
from assistant.understanding import Understanding
from corpus.records import Facet, Kind, Passage, Status
from index.retriever import Filters, Hit, SearchResult

Search = Callable[[str, Filters], SearchResult]
Likeness = Callable[[str, str], float]
"""How near a query comes to the known questions of a document."""
PassagesOf = Callable[[str], Sequence[Passage]]

CLOSE = 0.82
"""A passage of another document joins the answer when its score is at least this share of the best one's."""
CLOSE_SAME = 0.72
"""The same for a passage of the best hit's own document."""
SURE_QUESTION = 0.9
"""From this similarity on, the visitor's words are as good as one of our lay questions."""
SURE = 0.8
"""From this probability on, a search is trusted by itself."""
LIKE_QUESTION = 0.6
"""From this similarity on, one of a passage's lay questions is much like the visitor's."""
LIKE_CLAUSE = 0.5
"""From this similarity on, one of a passage's lay questions is like a clause of the visitor's."""
LEAST_ADDED = 3
"""So many characters of a follow-up that are no facet may be looked for by themselves."""
DOING = frozenset({Facet.WHO, Facet.MATERIALS, Facet.STEPS})
"""Facets after which people want to know where to go."""
MORE_LIKE = 0.08
AS_NEAR = 3
"""A section is as near as the best where it is among so many found."""
NEAR_JUDGED = 2.0
"""A passage of the same guide joins that the guide ranker judges at most so much lower than the best: of 260 that were lower
one in four answered, and hardly one where the best did not."""
JOINS_JUDGED = 1.0
"""A passage of the plan joins a guide's that the guide ranker judges at most so much lower."""
LEAST_PAIRS = 2
"""So many pairs of characters of the question must be new in a passage that joins."""
_HELD = {Facet.FEE: re.compile(r"\d\s*万?元"), Facet.TIME: re.compile(r"\d\s*(?:个月|个工作日|年|日|天)")}
MAX_PASSAGES = 4
MAX_CHARS = 1100


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbered passages an answer may use; ``hits[0]`` leads it: the best, or the section asked for first."""

    hits: tuple[Hit, ...]
    where: Hit | None = None

    @property
    def best(self) -> Hit:
        """The passage that leads."""
        return self.hits[0]


class EvidenceGatherer:
    """Gathers evidence for one question around the best hit of a search."""

    def __init__(self, *, search: Search, likeness: Likeness, passages_of: PassagesOf, as_of: dt.date) -> None:
        self._search = search
        self._likeness = likeness
        self._passages_of = passages_of
        self._as_of = as_of

    def gather(self, meant: Understanding, query: str, result: SearchResult, *, best: Hit, names: str = "") -> Evidence:
        """Return the evidence for ``query`` around ``best``, one of the hits of ``result``; ``names`` as in ``decide``."""
        chosen = [best]
        self._extend(chosen, self._project(best, query))
        self._extend(chosen, self._facets(best, meant.facets, result))
        chosen = self._in_asked_order(chosen, query, meant, result)
        self._extend(chosen, self._clauses(chosen, meant))
        if len(chosen) == 1 and best.question_score < SURE_QUESTION:
            near = [hit for hit in result.hits[:4] if hit is not best and self._close(hit, best, names or query)]
            self._extend(chosen, [hit for hit in near[:2] if _adds(hit, best, query, meant)][:1])
        return Evidence(tuple(chosen), self._where(best, chosen))

    @staticmethod
    def _in_asked_order(chosen: list[Hit], query: str, meant: Understanding, result: SearchResult) -> list[Hit]:
        """Return the sections in the order in which they are asked for.

        The best stays first unless it is one of those asked for and another was found about as near.
        """
        best, *others = chosen
        others.sort(key=lambda hit: asked_first(query, hit.passage.facet))
        near = {hit.passage.passage_id for hit in result.hits[:AS_NEAR]}
        if best.passage.facet not in meant.facets or not others or others[0].passage.passage_id not in near:
            return [best, *others]
        return sorted(chosen, key=lambda hit: asked_first(query, hit.passage.facet))

    def _extend(self, chosen: list[Hit], hits: Iterable[Hit]) -> None:
        for hit in hits:
            known = {item.passage.passage_id for item in chosen}
            size = sum(len(item.passage.text) for item in chosen) + len(hit.passage.text)
            if hit.passage.passage_id not in known and len(chosen) < MAX_PASSAGES and size <= MAX_CHARS:
                chosen.append(hit)

    def _close(self, hit: Hit, best: Hit, names: str) -> bool:
        """Tell whether ``hit`` may join: a passage of another document must itself look like the question; one of the same guide may just be near."""
        same = hit.document.document_id == best.document.document_id
        if hit.document.kind is Kind.GAP or of_another_right(names, hit.document, hit.passage):
            return False
        if hit.score < (CLOSE_SAME if same else CLOSE) * best.score:
            return False
        if same:
            return hardly_lower(hit, best, NEAR_JUDGED)
        if hit.document.kind is not Kind.GUIDE:
            return hardly_lower(hit, best, JOINS_JUDGED)
        return hit.question_score >= LIKE_QUESTION and not more_special(names, hit.document)

    def _siblings(self, best: Hit, wanted: Callable[[Passage], bool]) -> Iterable[Hit]:
        """Yield the passages of the best hit's document that are ``wanted`` and may be quoted."""
        for passage in filter(wanted, self._passages_of(best.passage.document_id)):
            status = best.document.status(self._as_of, passage)
            if status in (Status.CURRENT, Status.EXPIRED):
                yield replace(best, passage=passage, status=status, matched_question=None)

    def _project(self, best: Hit, query: str) -> Iterable[Hit]:
        """Return all paragraphs of a 重点工程 that the question names."""
        locator = best.passage.locator
        if best.document.kind is Kind.PLAN and locator.startswith("重点工程") and locator in query.replace("之", ""):
            return self._siblings(best, lambda passage: passage.locator == locator)
        return ()

    def _facets(self, best: Hit, facets: frozenset[Facet], result: SearchResult) -> Iterable[Hit]:
        """Return the guide's own sections for the facets asked about, unless the best hit is the very question.

        Beside a common question, the section for the one facet asked about must itself have been found about as near: it
        may be about another's case (被申请撤三的咋办: how one applies).
        """
        if best.document.kind is not Kind.GUIDE:
            return ()
        wanted = facets - {best.passage.facet}
        if len(facets) <= 1 and (best.question_score >= SURE_QUESTION or _answers(best, wanted)):
            return ()
        if len(facets) > 1 or best.passage.facet is not Facet.FAQ:
            return self._siblings(best, lambda passage: passage.facet in wanted)
        near = {hit.passage.passage_id for hit in result.hits if hardly_lower(hit, best, NEAR_JUDGED)}
        return self._siblings(best, lambda passage: passage.facet in wanted and passage.passage_id in near)

    def _clauses(self, chosen: Sequence[Hit], meant: Understanding) -> Iterable[Hit]:
        """Each further clause of the question may point at another passage of the same document.

        The words of a follow-up, taken alone, may also find their own guide on the same topic ("能减吗" → 费减).
        """
        best = chosen[0]
        if meant.follow_up and meant.clauses and len(meant.added) >= LEAST_ADDED:
            alone = self._search("，".join(meant.clauses), Filters())
            if alone.probability >= SURE and alone.hits[0].document.topic == best.document.topic:
                yield alone.hits[0]
        only = Filters(document_ids=frozenset({best.passage.document_id}))
        for clause in meant.clauses:
            asked = facets_in(clause)
            if asked and asked <= {hit.passage.facet for hit in chosen}:
                continue
            if self._likeness(clause, best.passage.document_id) < LIKE_CLAUSE:
                continue
            hits = self._search(clause, only).hits
            known = {hit.passage.passage_id for hit in chosen}
            if (
                hits
                and hits[0].question_score >= LIKE_CLAUSE
                and not any(hit.passage.passage_id in known for hit in hits[:2])
            ):
                yield hits[0]

    def _where(self, best: Hit, chosen: list[Hit]) -> Hit | None:
        """Return the section that says where to go, for the line about what to do next."""
        facets = {hit.passage.facet for hit in chosen}
        if best.document.kind is not Kind.GUIDE or Facet.WHERE in facets or not facets & DOING:
            return None
        return next(iter(self._siblings(best, lambda passage: passage.facet is Facet.WHERE)), None)


def _adds(hit: Hit, best: Hit, query: str, meant: Understanding) -> bool:
    """Return whether ``hit`` speaks of something in ``query`` that ``best`` does not, or is more like it.

    Where the section asked for was found, it needs no other of its guide, nor one more like the question; a follow-up
    repeats words that were answered before.
    """
    asked_for = best.passage.facet in meant.facets
    if hit.document.document_id == best.document.document_id and not asked_for:
        return True
    if not meant.follow_up and not asked_for and hit.question_score >= best.question_score + MORE_LIKE:
        return True
    lacking = {pair for pair in bigrams(query) if pair not in _told(best)}
    return sum(pair in _told(hit) for pair in lacking) >= LEAST_PAIRS


def _answers(best: Hit, wanted: frozenset[Facet]) -> bool:
    """Return whether ``best``, the answer to a common question, itself holds what the one facet asks for."""
    held = next((_HELD[facet] for facet in wanted if facet in _HELD), None)
    return best.passage.facet is Facet.FAQ and held is not None and held.search(best.passage.text) is not None


def _told(hit: Hit) -> str:
    return f"{hit.document.title}{hit.passage.heading}{hit.passage.text}{''.join(hit.passage.questions)}"
