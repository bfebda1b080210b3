"""Conversations as people begin them who know no guide: everyday words, often a story first (招牌让邻居抄了).

``stories.jsonl``: ``turns``, the messages, and ``expected``, for each the sections that answer it, the best first; none where
it is for another window, ``null`` where it is a matter of ours that no section answers. Written by a language model in the
parts of farmers, shopkeepers, artists, firms and clerks, without sight of the guides (2,100 with their names); then read by another, which had them all
and said what answers. ``held_stories.jsonl``: more of these, which the encoder has not learnt: they teach how far to trust it.
So do ``plain_questions.tsv``, a passage and questions that it answers, drafted with its text in sight and in other words.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Story:
    """Messages of a conversation and, for each, the ids of the passages that answer it; None: of ours, and nothing answers."""

    turns: tuple[str, ...]
    expected: tuple[tuple[str, ...] | None, ...]

    @property
    def first(self) -> str:
        """The message that stands by itself."""
        return self.turns[0]


def stories() -> tuple[Story, ...]:
    """Return those that the encoder has learnt."""
    return _read("stories.jsonl")


def held_stories() -> tuple[Story, ...]:
    """Return those that it has not."""
    return _read("held_stories.jsonl")


@functools.cache
def plain_questions() -> tuple[Story, ...]:
    """Return the plain questions, as stories of one message, none of which the encoder has learnt."""
    lines = resources.files("index.training").joinpath("plain_questions.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(Story((query,), ((passage_id,),)) for passage_id, queries in rows for query in queries.split("｜"))


def held_out() -> tuple[Story, ...]:
    """Return all that the encoder has not learnt."""
    return (*held_stories(), *plain_questions())


@functools.cache
def _read(name: str) -> tuple[Story, ...]:
    lines = resources.files("index.training").joinpath(name).read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return tuple(
        Story(tuple(row["turns"]), tuple(None if each is None else tuple(each) for each in row["expected"]))
        for row in rows
    )


def answered_firsts() -> dict[str, tuple[str, ...]]:
    """Return first message → the passages that answer it, of all that some answer."""
    return {story.first: story.expected[0] for story in stories() if story.expected[0]}


def answered_later() -> list[tuple[str, tuple[str, ...]]]:
    """Return what is searched for a later message, the first one with it, and the passages that answer it."""
    return [
        (f"{story.first} {message}", answers)
        for story in stories()
        for message, answers in zip(story.turns[1:], story.expected[1:], strict=True)
        if answers
    ]
