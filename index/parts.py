"""What a generation is made of, and what each passage puts into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.records import Document, Passage
from index.catalogue import Catalogue
from index.dense import DenseIndex
from index.embedder import Embedder
from index.encoder import Encoder
from index.lexical import TermIndex
from index.terms import Analyzer

TEXT, WORDS, QUESTION, ASKED = "text", "words", "question", "asked"  # fields of the lexical index
MAX_QUESTIONS = 63  # a vector's id has room for a passage and this many questions


@dataclass(frozen=True, slots=True)
class SearchParts:
    """The opened parts of one generation.

    :ivar sections: vectors by ``encoder`` of what is no law; ``asked`` those by ``question_encoder`` of what is asked about it.
    """

    catalogue: Catalogue
    texts: TermIndex
    questions: TermIndex
    dense: DenseIndex
    sections: DenseIndex
    asked: DenseIndex
    embedder: Embedder
    encoder: Encoder
    question_encoder: Encoder
    analyzer: Analyzer


def indexed_text(document: Document, passage: Passage) -> str:
    """Return what a passage is found by, besides its questions: title, other names, heading and text."""
    title = "" if passage.heading.startswith(document.title) else document.title
    return "\n".join(part for part in (title, passage.heading, " ".join(document.aliases), passage.text) if part)


def indexed_questions(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the slot (from 1) and the text of each lay question of a passage."""
    yield from enumerate(passage.questions[:MAX_QUESTIONS], start=1)
