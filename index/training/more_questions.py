"""More questions that sections answer, to learn from and not to search: in more words than an editor keeps beside a section.

``more_questions.tsv``: a passage, then its questions, ``｜`` between them. Drafted with a language model from the section's
text, with the order to use other words than its lay questions, half of them as a person tells it who knows no legal word.
Beside them stand the first messages of :mod:`index.training.stories`. They are held out fold by fold as lay questions are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import resources

from corpus.records import Document, Passage
from index.training.stories import answered_firsts


@functools.cache
def more_questions() -> dict[str, tuple[str, ...]]:
    """Return passage id → questions; what several sections answer stands at the best of them."""
    lines = resources.files("index.training").joinpath("more_questions.tsv").read_text(encoding="utf-8").splitlines()
    found = {passage_id: questions.split("｜") for passage_id, questions in (line.split("\t") for line in lines)}
    for message, answers in answered_firsts().items():
        found.setdefault(answers[0], []).append(message)
    return {passage_id: tuple(questions) for passage_id, questions in found.items()}


def with_more(documents: Iterable[Document]) -> list[Document]:
    """Return the documents with these questions behind their own."""
    return _asked(documents, lambda passage: (*passage.questions, *more_questions().get(passage.passage_id, ())))


def without_more(documents: Iterable[Document]) -> list[Document]:
    """Return the documents with their own questions only, as they are indexed."""
    return _asked(documents, lambda passage: (q for q in passage.questions if not is_more(q, passage.passage_id)))


def _asked(documents: Iterable[Document], questions: Callable[[Passage], Iterable[str]]) -> list[Document]:
    """Return the documents with ``questions`` beside their passages."""
    return [
        replace(
            document,
            passages=tuple(replace(passage, questions=tuple(questions(passage))) for passage in document.passages),
        )
        for document in documents
    ]


def is_more(question: str, passage_id: str) -> bool:
    """Return whether a question stands in the file and not beside the section."""
    return question in more_questions().get(passage_id, ())
