"""What the sentence encoder learns from: sections and articles, the questions about them, words of the dictionary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.records import Document
from index.parts import indexed_text
from index.sections import section_text, sections_of
from index.terms import Analyzer
from index.training.judgements import judgements
from index.training.sources import TrainingData

MODEL_CHOSEN = "chosen"  # source of the questions whose article a language model chose
_WORD = re.compile("[一-鿿]{2,6}")
_LEAST_FREQUENT = 20


@dataclass(frozen=True, slots=True)
class Sections:
    """The passages that are no law's, and their lay questions; sections and questions are meant by their positions.

    :ivar siblings: for each section the sections of its document, itself among them.
    :ivar answers: for each question the sections that answer it; the one it stands at is the first.
    """

    texts: list[str]
    siblings: list[list[int]]
    questions: list[str]
    answers: list[list[int]]


@dataclass(frozen=True, slots=True)
class Articles:
    """All passages as the lists find them, and the questions about laws.

    :ivar answers: for each question the position of the passage that answers it.
    :ivar chosen: for each question whether a language model chose that passage.
    """

    texts: list[str]
    questions: list[str]
    answers: list[int]
    chosen: list[bool]


@dataclass(frozen=True, slots=True)
class SentenceTexts:
    """Everything that is trained on, normalised, with single blanks; ``words`` are the most frequent first."""

    sections: Sections
    articles: Articles
    words: list[str]


def sentence_texts(
    documents: Iterable[Document], data: TrainingData, words: Sequence[str], analyzer: Analyzer
) -> SentenceTexts:
    """Return what is trained on.

    :param documents: guides with the lay questions that are to be learnt.
    :param data: laws and the questions about them.
    :param words: of a dictionary, most frequent first.
    """
    return SentenceTexts(
        sections=sections_asked(documents, analyzer),
        articles=_articles(data, analyzer),
        words=[plain(word, analyzer) for word in words],
    )


def frequent_words(most: int = 60_000) -> list[str]:
    """Return the Chinese words of two to six characters that jieba's dictionary counts most often."""
    import jieba

    jieba.setLogLevel("WARNING")
    dictionary = jieba.Tokenizer()
    dictionary.initialize()
    counts: dict[str, int] = dictionary.FREQ
    words = [word for word, count in counts.items() if count >= _LEAST_FREQUENT and _WORD.fullmatch(word)]
    return sorted(words, key=lambda word: -counts[word])[:most]


def sections_asked(documents: Iterable[Document], analyzer: Analyzer) -> Sections:
    """Return the sections of ``documents`` and the questions that stand beside them."""
    places = [(document, passage) for document in documents for passage in sections_of(document)]
    at = {passage.passage_id: number for number, (_, passage) in enumerate(places)}
    of_document = defaultdict(list)
    for number, (document, _) in enumerate(places):
        of_document[document.document_id].append(number)
    asked = [(question, passage.passage_id) for _, passage in places for question in passage.questions]
    also = [judgements().get(each, frozenset()) for each in asked]
    return Sections(
        texts=[_single_blanks(section_text(document, passage, analyzer)) for document, passage in places],
        siblings=[of_document[document.document_id] for document, _ in places],
        questions=[plain(question, analyzer) for question, _ in asked],
        answers=[
            [at[passage_id], *(at[other] for other in sorted(others) if other in at)]
            for (_, passage_id), others in zip(asked, also, strict=True)
        ],
    )


def _articles(data: TrainingData, analyzer: Analyzer) -> Articles:
    places = [(document, passage) for document in data.documents for passage in document.passages]
    at = {passage.passage_id: number for number, (_, passage) in enumerate(places)}
    pairs = [pair for pair in data.pairs if pair.passage_id in at]
    return Articles(
        texts=[plain(indexed_text(document, passage), analyzer) for document, passage in places],
        questions=[plain(pair.query, analyzer) for pair in pairs],
        answers=[at[pair.passage_id] for pair in pairs],
        chosen=[pair.source == MODEL_CHOSEN for pair in pairs],
    )


def plain(text: str, analyzer: Analyzer) -> str:
    """Return ``text`` as it is trained on: normalised, with single blanks."""
    return _single_blanks(analyzer.normalise(text))


def _single_blanks(text: str) -> str:
    """Return ``text`` as :meth:`index.encoder.SentenceEncoder.tokens` cuts it."""
    return " ".join(text.split())
