"""Reads the training data: statutes, questions whose articles are known, and the product's own guides.

The data folder holds ``corpus.jsonl.gz``, ``queries_*.jsonl.gz`` (STARD, MIT) and ``train_pairs_ext.jsonl.gz``
(LeCoQA, MIT; lawyer-llama and LawBench, Apache-2.0). Of the pairs only those are taken whose questions and answers
people wrote; answers and scenarios that a commercial model wrote (:data:`MACHINE_WRITTEN`) are left out. The articles
beside lawyer-llama's questions were chosen by a model; their text is the statute's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.records import Document
from corpus.shipped import shipped_documents
from index.evaluation import read_lines, read_statutes
from index.lay_questions import Article, LayQuestions, article_of, plain_title
from index.training.leaks import LeakFilter

MACHINE_WRITTEN = frozenset({"ll_q_ans", "ll_adv", "lb_scene_law"})
BY_ANSWER, BY_KEYWORDS, QUESTION_ANSWER = "leco_ans_art", "leco_kw_art", "leco_q_ans"
_CITED = re.compile(r"《([^》]{2,40})》|(第[零一二三四五六七八九十百千]+条(?:之[一二三])?)")
_PLAIN = re.compile(r"\W")
OPENING = 50  # characters that tell one article from another


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the passage ids that answer it."""

    text: str
    gold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A query with what answers it: a passage by its id, or else a text.

    :ivar question: position of the judged question it belongs to, -1 for none; held out with it.
    """

    source: str
    query: str
    passage_id: str = ""
    text: str = ""
    question: int = -1


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything that is trained on."""

    documents: list[Document]
    questions: list[Question]
    pairs: list[Pair]


def read_training_data(
    bench: Path, *, lay_questions: LayQuestions, held_out: Sequence[str] = (), guide_questions: bool = False
) -> TrainingData:
    """Read the data folder, the shipped lay questions and the guides.

    :param held_out: questions kept for judging: whatever nearly repeats one of them is left out.
    :param guide_questions: learn the lay questions of the guides too, as the shipped model has; what is measured on them then flatters.
    """
    laws, guides = read_statutes(bench / "corpus.jsonl.gz"), shipped_documents()
    leaks = LeakFilter(held_out)
    questions = [
        Question(str(row["question"]), tuple(map(str, row["gold"])))
        for path in sorted(bench.glob("queries_*.jsonl.gz"))
        for row in read_lines(path)
        if not leaks.leaks(str(row["question"]))
    ]
    pairs = [Pair("judged", q.text, gold, question=at) for at, q in enumerate(questions) for gold in q.gold]
    pairs += _extra_pairs(bench / "train_pairs_ext.jsonl.gz", laws, questions)
    pairs += [Pair("lay", text, passage_id) for passage_id, text in _lay(laws, lay_questions)]
    pairs += [
        Pair("guide", text, passage.passage_id)
        for document in (guides if guide_questions else [])
        for passage in document.passages
        for text in passage.questions
    ]
    kept = [pair for pair in pairs if pair.source == "judged" or not leaks.leaks(pair.query)]
    return TrainingData(documents=[*laws, *guides], questions=questions, pairs=kept)


def _lay(laws: Iterable[Document], lay_questions: LayQuestions) -> Iterator[tuple[str, str]]:
    for law in laws:
        for passage in lay_questions.attach(law).passages:
            for text in passage.questions:
                yield passage.passage_id, text


class _Articles:
    """Finds the article that a quoted text or a citation is about."""

    def __init__(self, laws: Iterable[Document]) -> None:
        self._by_opening: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_place: dict[Article, tuple[str, str]] = {}
        for law in laws:
            for passage in law.passages:
                opening = _PLAIN.sub("", passage.text)[:OPENING]
                self._by_opening[opening].append((plain_title(law.title), passage.passage_id))
                place = article_of(law.title, passage.locator)
                if place:
                    self._by_place[place] = (passage.passage_id, _PLAIN.sub("", passage.text)[:12])

    def quoted(self, text: str) -> str | None:
        """Return the passage whose law and text stand in ``text``, separated by a blank."""
        law, _, body = text.partition(" ")
        candidates = self._by_opening.get(_PLAIN.sub("", body)[:OPENING], [])
        title = plain_title(law)
        same = [passage_id for known, passage_id in candidates if title in known or known in title]
        found = same or [passage_id for _, passage_id in candidates]
        return found[0] if found else None

    def cited(self, text: str) -> list[str]:
        """Return the passages that ``text`` cites by law and article and also quotes."""
        found, law, plain = [], "", _PLAIN.sub("", text)
        for title, article in _CITED.findall(text):
            if title:
                law = title
                continue
            place = article_of(law, article) if law else None
            passage_id, opening = self._by_place.get(place, ("", "")) if place else ("", "")
            if opening and opening in plain:
                found.append(passage_id)
        return list(dict.fromkeys(found))


def _extra_pairs(path: Path, laws: list[Document], questions: Sequence[Question]) -> Iterator[Pair]:
    """Yield the pairs that people wrote; LeCoQA's stand just before the question that they belong to."""
    articles, at = _Articles(laws), {question.text: number for number, question in enumerate(questions)}
    waiting: list[Pair] = []
    for row in read_lines(path):
        source, query, passage = str(row["source"]), str(row["query"]), str(row["passage"])
        if source in MACHINE_WRITTEN:
            continue
        if source in (BY_ANSWER, BY_KEYWORDS):
            waiting.append(Pair(source, query, articles.quoted(passage) or ""))
        elif source == QUESTION_ANSWER:
            number = at.get(query, -1)
            if number >= 0:
                gold = questions[number].gold
                mine = dict.fromkeys(pair for pair in waiting if pair.passage_id in gold)
                yield from (Pair(pair.source, pair.query, pair.passage_id, question=number) for pair in mine)
                yield Pair("answer", query, text=passage, question=number)
            waiting = []
        elif source == "lb_q_law":
            yield from (Pair("cited", query, passage_id) for passage_id in articles.cited(passage))
        elif source == "ll_q_law":
            found = articles.quoted(passage)
            if found:
                yield Pair("chosen", query, found)
        else:
            yield Pair("answer", query, text=passage)
