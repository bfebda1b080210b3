"""The lay questions of the guides, each held out in one of several folds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from corpus.records import Document, Kind, Passage, Status
from index.training.judgements import judgements
from index.training.more_questions import is_more

FOLDS = 3


@dataclass(frozen=True, slots=True)
class LayQuestion:
    """A lay question and where it stands.

    :ivar also: ids of other passages that answer it as well.
    :ivar more: whether it stands in :mod:`index.training.more_questions` and not beside the section.
    """

    query: str
    passage_id: str
    document_id: str
    also: frozenset[str] = frozenset()
    more: bool = False

    @property
    def right(self) -> frozenset[str]:
        """Ids of the passages that answer it."""
        return self.also | {self.passage_id}


def hold_out(documents: Iterable[Document], fold: int, as_of: dt.date) -> tuple[list[Document], list[LayQuestion]]:
    """Return the documents without the questions of ``fold``, and those of them that can be asked on ``as_of``.

    The questions of a passage are dealt out one to a fold, so each passage keeps most of its questions.
    """
    kept: list[Document] = []
    held: list[LayQuestion] = []
    for document in documents:
        passages = []
        for passage in document.passages:
            mine = passage.questions[(fold - passage.order) % FOLDS :: FOLDS]
            passages.append(replace(passage, questions=tuple(q for q in passage.questions if q not in mine)))
            if document.kind is not Kind.LAW and document.status(as_of, passage) in (Status.CURRENT, Status.EXPIRED):
                held.extend(_question(query, passage) for query in mine)
        kept.append(replace(document, passages=tuple(passages)))
    return kept, held


def _question(query: str, passage: Passage) -> LayQuestion:
    also = judgements().get((query, passage.passage_id), frozenset())
    more = is_more(query, passage.passage_id)
    return LayQuestion(query, passage.passage_id, passage.document_id, also, more)
