"""Before an editor approves: which of the questions that people asked lately a curated answer would catch."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assistant.desk.curated_records import CuratedAnswer
from assistant.desk.rehearsal import LOOKS_BACK, Spoken, recent_questions, spoken
from assistant.desk.release import silent
from assistant.desk.shelf import CuratedQuestions, rival_of
from assistant.wiring import Components

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Caught:
    """A question that the answer would be given to, how sure, and what is said to it today."""

    question: str
    confidence: float
    today: Spoken


@dataclass(frozen=True, slots=True)
class Preview:
    """What an answer would do to the ``asked`` questions of the last 30 days.

    ``kept_away`` would be caught but for the questions that it must not answer; ``left_to_corpus`` would be caught if
    the corpus had no nearer question of its own.
    """

    asked: int
    caught: tuple[Caught, ...]
    kept_away: tuple[str, ...]
    left_to_corpus: tuple[str, ...]


def preview(parts: Components, curated_id: str) -> Preview:
    """Try the newest text of a curated answer, approved or not, on recent questions; nothing is stored.

    :raises NotFoundError: for an unknown answer.
    :raises IndexNotReadyError: while there is no open index.
    """
    answer, index = parts.desk.curated.get(curated_id), parts.indexes.current()
    mine, assistant = CuratedQuestions([answer], index), silent(parts, parts.indexes)
    asked = recent_questions(parts.database, since=dt.datetime.now(dt.UTC) - LOOKS_BACK)
    caught, kept_away, left = list[Caught](), list[str](), list[str]()
    for question in asked:
        if not _near(mine, answer, question):
            continue
        rival = rival_of(assistant.search(question))
        fits = mine.matches(question, rival).get(answer)
        if fits is not None and fits.caught:
            caught.append(Caught(question, fits.confidence, spoken(assistant.ask(question).reply)))
        elif mine.matches(question, rival, heed_negative=False)[answer].caught:
            kept_away.append(question)
        else:
            left.append(question)
    caught.sort(key=lambda each: -each.confidence)
    return Preview(len(asked), tuple(caught[:MOST_SHOWN]), tuple(kept_away[:MOST_SHOWN]), tuple(left[:MOST_SHOWN]))


def _near(mine: CuratedQuestions, answer: CuratedAnswer, question: str) -> bool:
    """Whether the answer would be given if there were no corpus and no question that it must not answer."""
    fits = mine.matches(question, 0.0, heed_negative=False).get(answer)
    return fits is not None and fits.caught
