"""Which other sections answer a lay question as well as the one it stands at.

``judgements.tsv``: question, the passage it stands at, the passages that answer it too. The best few of what two rankers
found for each question that they got wrong were shown, shuffled and without saying where the question stands, to
readers (a language model, one reading each), who named every section that answers it by itself: relevance judgements
by pooling, as at TREC. What was never shown counts as wrong. Of the first messages of :mod:`index.training.stories` a reader
named all sections that answer.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

from index.training.stories import answered_firsts

Judgements = Mapping[tuple[str, str], frozenset[str]]


@functools.cache
def judgements() -> Judgements:
    """Return (question, passage id) → ids of the other passages that answer it."""
    lines = resources.files("index.training").joinpath("judgements.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    judged = {(question, passage_id): frozenset(others.split()) for question, passage_id, others in rows}
    told = {
        (message, answers[0]): frozenset(answers[1:]) for message, answers in answered_firsts().items() if answers[1:]
    }
    return judged | told
