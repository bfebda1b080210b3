"""Learns how far to trust what is found: how much counts in a section's judgement, and the doubt about an answer.

    python -m index.training.judging

From :func:`index.training.stories.held_out`, which the encoder has not learnt, and from questions that nothing here answers. The topic guess, which has learnt these, is made anew without each part of them. Half an hour on two cores.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from corpus.records import Kind
from corpus.shipped import shipped_documents
from index.arrays import BoolArray, FloatArray, Scope
from index.asked import AskedQuestions, shipped_question_encoder
from index.blend import COVERED, PLUS, Blend, Weights, weighed
from index.candidates import ASKED, FIT, WORDING, collect, first_scores
from index.doubt import DOUBT_MODEL, load_doubt_model
from index.embedder import load_embedder
from index.encoder import shipped_encoder
from index.fusion import Weights as ListWeights
from index.guide_ranker import BLEND, MODEL, GuideModel, GuideRanker, shipped_guide_model
from index.parts import SearchParts
from index.query import analyse
from index.retriever import Retriever, SearchResult
from index.store import IndexStore
from index.terms import default_analyzer
from index.topic_guess import TopicGuess
from index.training import doubt_fit
from index.training.asked import asked_questions
from index.training.matters import NEGATIVES, PARTS, Material, mine
from index.training.stories import Story, held_out, stories

_RIDGE = 1e-4
FIFTH = 4
SPREAD, HIGHEST = 3.6, 2.5
"""The scale of judgements, by which :mod:`index.retriever` and the assistant say how sure is sure: how far the fifth section is
from the first on average, and how high the first."""

COVERED_COUNTS = 2.5
"""What stands in the text word for word counts so much, whatever is fitted: people who tell stories use other words than texts
do, and a fit to them gives 4.0, which puts no more of them first; of questions that quote a text less is better."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is searched for a message of a story, the parts that it is told in where it goes on, and the passages that answer it."""

    query: str
    told: tuple[str, ...]
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The sections looked at for a message.

    :ivar columns: by name, the nearness, (n,) each.
    :ivar right: (n,) whether each section answers.
    """

    columns: Mapping[str, FloatArray]
    right: BoolArray
    goes_on: bool


def main() -> None:
    """Learn and write both."""
    as_of = dt.date.today()  # noqa: DTZ011
    shipped = shipped_guide_model()
    assert shipped is not None  # it ships
    with tempfile.TemporaryDirectory() as folder:
        embedder, store = load_embedder(embedding_model=None), IndexStore(Path(folder), asked=without_held())
        store.build(shipped_documents(), embedder=embedder)
        parts = store.open(embedder).parts
        ranker = GuideRanker(shipped, parts)
        found = [each for message in messages(held_out()) if (each := looked_at(message, parts, ranker, as_of))]
        blend = fit_blend(found)
        report(found, blend)
        blend.save(MODEL / BLEND)
        asked, unanswered = searched(parts, replace(shipped, blend=blend), as_of)
        doubt = doubt_fit.fit(asked, unanswered)
    replace(doubt, without_signs=load_doubt_model().without_signs).save(DOUBT_MODEL)


def without_held() -> AskedQuestions:
    """Return what is asked about the shipped sections, less what held-out messages ask."""
    return asked_questions(shipped_documents(), shipped_question_encoder(), default_analyzer(), told=stories())


def messages(told: Sequence[Story]) -> Iterator[Message]:
    """Yield every message, a later one with the first of its story."""
    for story in told:
        for number, (message, answers) in enumerate(zip(story.turns, story.expected, strict=True)):
            query, parts = (f"{story.first} {message}", (story.first, message)) if number else (message, ())
            yield Message(query, parts, frozenset(answers or ()))


def looked_at(message: Message, parts: SearchParts, ranker: GuideRanker, as_of: dt.date) -> Judged | None:
    """Return the sections that the guide ranker looks at for a message, None where there are none."""
    in_force = parts.catalogue.in_force(as_of)
    query = analyse(message.query, analyzer=parts.analyzer, embedder=parts.embedder, told=message.told)
    found = collect(query, parts, Scope(allowed=in_force, beside=np.zeros_like(in_force)))
    positions = ranker.best(found, first_scores(found, ListWeights()))
    if not len(positions):
        return None
    near = ranker.nearness(query, found, positions)
    numbers = found.numbers[positions]
    right = np.array([parts.catalogue.passage(number).passage_id in message.answers for number in numbers.tolist()])
    return Judged(near.columns, right, near.goes_on)


def fit_blend(found: Iterable[Judged]) -> Blend:
    """Return the weights of messages that stand by themselves and of those that go on with another."""
    asked = [each for each in found if each.right.any()]
    alone, going_on = ([each for each in asked if each.goes_on == goes_on] for goes_on in (False, True))
    return Blend(fit_weights(alone), fit_weights(going_on))


def fit_weights(found: Sequence[Judged]) -> Weights:
    """Return the weights under which the sections that answer are most likely to be chosen (a conditional logit), none negative,
    scaled; ``covered`` is given.
    """
    names = [name for name in found[0].columns if name != COVERED]
    matrices = [np.column_stack([each.columns[name] for name in names]) for each in found]
    every = np.vstack(matrices)
    spread = np.maximum(every.std(axis=0), 1e-9)
    columns = [(each - every.mean(axis=0)) / spread for each in matrices]

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        total, gradient = 0.0, np.zeros_like(weights)
        for values, each in zip(columns, found, strict=True):
            likely = np.exp(values @ weights - (values @ weights).max())
            likely /= likely.sum()
            share = float(likely[each.right].sum())
            total -= np.log(max(share, 1e-12))
            gradient += values.T @ (likely - np.where(each.right, likely / max(share, 1e-12), 0.0))
        ridge = _RIDGE * len(found)
        return total + ridge * float(weights @ weights), gradient + 2 * ridge * weights

    bounds = [(0.0, None)] * every.shape[1]
    weights = minimize(loss, np.zeros(every.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x / spread
    scaled = dict(
        zip(names, (SPREAD / _distance([each @ weights for each in matrices]) * weights).tolist(), strict=True)
    )
    if COVERED in found[0].columns:
        scaled[COVERED] = COVERED_COUNTS
    plus = HIGHEST - float(np.mean([weighed(each.columns, scaled).max() for each in found]))
    return {name: round(weight, 3) for name, weight in {**scaled, PLUS: plus}.items()}


def _distance(judgements: Sequence[FloatArray]) -> float:
    ordered = (np.sort(each)[::-1] for each in judgements if len(each) > FIFTH)
    return float(np.mean([each[0] - each[FIFTH] for each in ordered]))


def report(found: Sequence[Judged], blend: Blend) -> None:
    """Print how often a section that answers is judged highest, by the cosine alone and by all."""
    for goes_on, weights in ((False, blend.alone), (True, blend.going_on)):
        asked = [each for each in found if each.right.any() and each.goes_on == goes_on]
        by_cosine, by_all = (
            np.mean([each.right[np.argmax(weighed(each.columns, by))] for each in asked])
            for by in ({FIT: 1.0}, weights)
        )
        print(f"{len(asked)} messages, {goes_on=}; a section that answers is first: ", end="")
        print(f"by the cosine {by_cosine:.3f}, by all {by_all:.3f}")
    for name, (at_nothing, slope) in usual(found).items():
        print(f"of sections that answer, {name}: {at_nothing:.3f} + {slope:.3f} x {FIT}")
    print(blend, flush=True)


def usual(found: Iterable[Judged]) -> dict[str, tuple[float, float]]:
    """Return lines through ``fit`` and ``asked``, and ``wording`` (of the most that any has), of sections that answer.

    Where each is at a fit of 0, and how much it rises; see :data:`index.asked.USUAL`.
    """
    answer = [each for each in found if each.right.any()]
    fit, asked = (np.concatenate([each.columns[name][each.right] for each in answer]) for name in (FIT, ASKED))
    shares = [each.columns[WORDING] / max(float(each.columns[WORDING].max()), 1e-9) for each in answer]
    worded = np.concatenate([share[each.right] for share, each in zip(shares, answer, strict=True)])
    lines = ((name, np.polyfit(fit, column, 1)) for name, column in ((ASKED, asked), (WORDING, worded)))
    return {name: (float(line[1]), float(line[0])) for name, line in lines}


def searched(
    parts: SearchParts, model: GuideModel, as_of: dt.date
) -> tuple[list[tuple[frozenset[str], SearchResult]], list[Mapping[str, float]]]:
    """Return what is found for every message with what answers it, and the features of the other negatives.

    Of a negative for which a gap comes first there are none: it is handed over anyway.
    """
    material = Material.read(NEGATIVES, as_of)
    asked, unanswered = [], []
    for part in range(PARTS):
        topic = TopicGuess(material.topic_guess(material.documents, shipped_encoder(), without=part))
        retriever = Retriever(parts=parts, guide_model=replace(model, topic_guess=topic))
        for message in messages(mine(held_out(), part)):
            asked.append((message.answers, retriever.search(message.query, as_of=as_of, told=message.told)))
        found = [retriever.search(query, as_of=as_of) for query in mine(material.negatives, part)]
        unanswered += [each.features for each in found if each.hits and each.hits[0].document.kind is not Kind.GAP]
    return asked, unanswered


if __name__ == "__main__":
    main()
