"""Makes what ships of the questions that are asked about the shipped sections again, with their vectors: after the encoder, or many questions, changed.

python -m index.training.asked
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from corpus.records import Document
from corpus.shipped import shipped_documents
from index.arrays import FloatArray
from index.asked import ASKED_QUESTIONS, VECTORS, AskedQuestions, QuestionEncoder
from index.catalogue import Numbered
from index.dense import DenseIndex
from index.encoder import Encoder, shipped_encoder
from index.kept_vectors import KeptVectors
from index.parts import SearchParts
from index.sections import sections_of
from index.terms import Analyzer, default_analyzer
from index.training.more_questions import more_questions
from index.training.stories import Story, held_out, stories

DIM = 128  # of 384: first sections of held-out stories fell from .476 to .472


def main() -> None:
    """Encode them all: a minute and a half on one core."""
    documents, analyzer = list(shipped_documents()), default_analyzer()
    lay = [analyzer.normalise(question) for each in documents for part in each.passages for question in part.questions]
    small = cutting(shipped_encoder(), lay, ASKED_QUESTIONS)
    asked_questions(documents, small, analyzer, told=[*stories(), *held_out()]).save(ASKED_QUESTIONS)


def cutting(encoder: Encoder, questions: Sequence[str], folder: Path) -> QuestionEncoder:
    """Return ``encoder`` with the projection in ``folder``, where that was made for it, else with one made from ``questions``.

    A new one for every few new questions would put all that is fitted on such vectors a little out.
    """
    if (folder / VECTORS).is_file():
        before = AskedQuestions.open(folder)
        if before.encoder == encoder.name:
            return QuestionEncoder(encoder, before.projection)
    return QuestionEncoder(encoder, principal_directions(encoder.encode(questions)))


def asked_questions(
    documents: Iterable[Document], encoder: QuestionEncoder, analyzer: Analyzer, *, told: Iterable[Story]
) -> AskedQuestions:
    """Return the lay questions of the documents' sections, more that training knows, and messages of the stories ``told``."""
    lay, others = questions_of(documents, analyzer, told)
    texts = sorted({question for each in (lay, others) for questions in each.values() for question in questions})
    kept = KeptVectors.made(texts, encoder.encode(texts), encoder.name)
    return AskedQuestions(others, kept, encoder.encoder.name, encoder.projection)


def questions_of(
    documents: Iterable[Document], analyzer: Analyzer, told: Iterable[Story]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return passage id → normalised lay questions, and passage id → the others; a message is asked of what answers it best."""
    lay = {
        passage.passage_id: [analyzer.normalise(question) for question in passage.questions]
        for document in documents
        for passage in sections_of(document)
    }
    others: dict[str, list[str]] = defaultdict(list)
    for story in told:
        for number, (message, answers) in enumerate(zip(story.turns, story.expected, strict=True)):
            for passage_id in (answers or ())[:1]:  # that answers it best
                others[passage_id].append(f"{story.first} {message}" if number else message)
    for passage_id, questions in more_questions().items():  # after what people say: there is not room for all
        others[passage_id] += questions
    found = {passage_id: [analyzer.normalise(question) for question in each] for passage_id, each in others.items()}
    return lay, {
        passage_id: list(dict.fromkeys(question for question in questions if question not in lay[passage_id]))
        for passage_id, questions in found.items()
        if passage_id in lay
    }


def indexed(
    asked: AskedQuestions, documents: Iterable[Document], encoder: QuestionEncoder, parts: SearchParts
) -> DenseIndex:
    """Return the vectors of what is asked about the sections of ``documents``, which are those of ``parts``."""
    catalogue = parts.catalogue
    numbered = [Numbered(catalogue.number(each.passages[0].passage_id), each) for each in documents if each.passages]
    return DenseIndex(*asked.of(sorted(numbered, key=lambda each: each.first), encoder, parts.analyzer))


def principal_directions(vectors: FloatArray, dim: int = DIM) -> FloatArray:
    """Return (vectors.shape[1], dim) float32: the directions in which the vectors are longest."""
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    return np.ascontiguousarray(directions[:dim].T, dtype=np.float32)


if __name__ == "__main__":
    main()
