"""From a question to the passages worth a closer look, with the score that each list gave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.arrays import BoolArray, FloatArray, IntArray, Scope
from index.asked import USUAL, worded_alike, wording
from index.dense import SLOTS, DenseHits
from index.fusion import Weights, aligned, best_per_number, convex
from index.parts import QUESTION, TEXT, SearchParts
from index.query import AnalysedQuery

LISTS = ("text", "question", "dense_text", "dense_question")
LEXICAL_LISTS = LISTS[:2]
DEPTH, DEPTH_OF_SECTIONS = 200, 60
"""Entries taken from each list, and where there are no articles of laws: so few sections are judged that more changed nothing."""
FIT, ASKED, WORDING = "fit", "asked", "wording"
NEAREST = 20  # sections nearest to the question as a whole, taken whatever the lists say
NEAREST_ASKED = 100  # and those that the nearest of so many questions were asked about
NEAREST_WORDED = 20  # and those whose questions share most words with it


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages and their raw scores.

    :ivar numbers: (c,) int64 passage numbers, ascending.
    :ivar columns: list name → (c,) float64; BM25 for the lexical lists, cosines for the dense ones, 0 where a list has none;
        ``fit``, the sentence encoder's cosine of the question with a section, 0 for an article of a law; ``asked``, that
        with what was asked about a section where it is among the nearest, else what is usual beside its fit, at most the least
        of these; and ``wording``, BM25 with all that was asked about a section.
    """

    numbers: IntArray
    columns: dict[str, FloatArray]

    def at(self, chosen: BoolArray) -> Candidates:
        """Return the passages at the positions where ``chosen`` is true."""
        return Candidates(self.numbers[chosen], {name: column[chosen] for name, column in self.columns.items()})


def collect(query: AnalysedQuery, parts: SearchParts, scope: Scope | None) -> Candidates:
    """Return the best allowed passages of each list, those beside them, and the sections nearest by the sentence encoder.

    :param scope: by passage number; None allows all.
    """
    lists = {**_lexical(query, parts, scope), **_dense(query, parts, scope)}
    sentence = parts.encoder.encode_query(query.normalised) if parts.sections.count else None
    near: list[IntArray] = []
    if sentence is not None:
        question = parts.question_encoder.encode_query(query.normalised)
        near.append(parts.sections.search(sentence, scope=scope, limit=NEAREST).numbers)
        asked = parts.asked.search(question, scope=scope, limit=NEAREST_ASKED)
        near.append(asked.numbers)
        worded = worded_alike(parts, query.terms, scope)
        near.append(worded.ids[:NEAREST_WORDED])
    numbers = np.unique(np.concatenate([*near, *(found for found, _ in lists.values())]))
    columns = {name: aligned(numbers, found, scores) for name, (found, scores) in lists.items()}
    columns |= {name: np.zeros(len(numbers)) for name in (FIT, ASKED, WORDING)}
    if sentence is not None:
        columns[FIT] += parts.sections.similarity(sentence, numbers)
        columns[ASKED] += _asked(asked, numbers, columns[FIT])
        sections = parts.sections.counts(numbers) > 0
        columns[WORDING][sections] = wording(parts, worded, columns[FIT][sections], numbers[sections])
    if len(numbers):
        columns["dense_text"] = parts.dense.similarity(query.vector, numbers).astype(np.float64)
    return Candidates(numbers=numbers, columns=columns)


def _asked(hits: DenseHits, numbers: IntArray, fit: FloatArray) -> FloatArray:
    """Return (len(numbers),) the column ``asked`` of :class:`Candidates`."""
    found, scores = best_per_number(hits.numbers, hits.scores)
    known = aligned(numbers, found, scores)
    least = float(scores.min()) if len(scores) else 1.0
    return np.where(known > 0, known, np.minimum(USUAL[0] + USUAL[1] * fit, least))


def first_scores(found: Candidates, weights: Weights) -> FloatArray:
    """Return (c,) the fused scores of ``found``, 0..1."""
    columns = [found.columns[name] for name in LISTS]
    maxima = [float(found.columns[name].max(initial=0.0)) if name in LEXICAL_LISTS else 1.0 for name in LISTS]
    return convex(columns, [getattr(weights, name) for name in LISTS], maxima)


def _depth(parts: SearchParts) -> int:
    return DEPTH if parts.sections.count < len(parts.catalogue) else DEPTH_OF_SECTIONS


def _lexical(query: AnalysedQuery, parts: SearchParts, scope: Scope | None) -> dict[str, tuple[IntArray, FloatArray]]:
    texts = parts.texts.search({TEXT: query.terms}, scope=scope, limit=_depth(parts))
    questions = parts.questions.search({QUESTION: query.terms}, scope=scope, limit=_depth(parts), slots=SLOTS)
    numbers, scores = best_per_number(questions.ids // SLOTS, questions.scores)
    return {"text": (texts.ids, texts.scores), "question": (numbers, scores)}


def _dense(query: AnalysedQuery, parts: SearchParts, scope: Scope | None) -> dict[str, tuple[IntArray, FloatArray]]:
    hits = parts.dense.search(query.vector, scope=scope, limit=_depth(parts))
    lists = {}
    for name, mine in (("dense_text", hits.slots == 0), ("dense_question", hits.slots > 0)):
        numbers, scores = best_per_number(hits.numbers[mine], hits.scores[mine])
        lists[name] = (numbers, scores)
    return lists
