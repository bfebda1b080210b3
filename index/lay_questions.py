"""Lay questions that ship for articles of national laws: any ingested law that has the article is found by them.

A file of ``questions/`` is one law: its first line ``law: <title>``, then ``<article>|<question>｜<question>…``, the
article as 24, or 120.1 for 第一百二十条之一. Titles match with or without 中华人民共和国 and title marks.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from corpus.errors import LocatorError
from corpus.locator import Locator
from corpus.records import Document, Kind
from index.errors import IndexBrokenError

QUESTIONS_DIR = Path(__file__).parent / "questions"
STATE_PREFIX = "中华人民共和国"
_MARKS = re.compile(r"[\s《》〈〉<>]")

Article = tuple[str, int, int]  # plain title, article, insertion


class LayQuestions:
    """Questions by article.

    :ivar fingerprint: changes whenever a question does, so that an index knows it is out of date.
    """

    def __init__(self, questions: Mapping[Article, tuple[str, ...]], *, fingerprint: str = "") -> None:
        self._questions = dict(questions)
        self._titles = {title for title, _, _ in questions}
        self.fingerprint = fingerprint

    def __len__(self) -> int:
        return sum(len(questions) for questions in self._questions.values())

    def items(self) -> Iterable[tuple[Article, tuple[str, ...]]]:
        """Return every article with its questions."""
        return self._questions.items()

    def attach(self, document: Document) -> Document:
        """Return the law with the questions of its articles; any other document as it is.

        An article that is cut into several passages gets them at its first.
        """
        if document.kind is not Kind.LAW or plain_title(document.title) not in self._titles:
            return document
        passages, seen = [], set[Article]()
        for passage in document.passages:
            article = article_of(document.title, passage.locator)
            found = self._questions.get(article, ()) if article and article not in seen else ()
            if article:
                seen.add(article)
            more = tuple(question for question in found if question not in passage.questions)
            passages.append(replace(passage, questions=passage.questions + more) if more else passage)
        return replace(document, passages=tuple(passages))


def plain_title(title: str) -> str:
    """Return a law's title as it is compared: without 中华人民共和国, blanks and title marks."""
    return _MARKS.sub("", title).removeprefix(STATE_PREFIX)


def article_of(title: str, locator: str) -> Article | None:
    """Return which article a passage is, None when its locator names none.

    >>> article_of("中华人民共和国商标法", "第三十三条")
    ('商标法', 33, 0)
    """
    try:
        place = Locator.parse(locator.split("至")[0])
    except LocatorError:
        return None
    return (plain_title(title), place.article, place.insertion) if place.article else None


@functools.cache
def shipped_questions() -> LayQuestions:
    """Return the questions that ship; immutable, so one serves the process.

    :raises IndexBrokenError: a file is not in the form described above.
    """
    return read_questions(QUESTIONS_DIR)


def read_questions(folder: Path) -> LayQuestions:
    """Read every file of a folder.

    :raises IndexBrokenError: naming the line that is not in the form described above.
    """
    questions: dict[Article, tuple[str, ...]] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        digest.update(text.encode())
        for article, asked in _of_file(path, text):
            questions[article] = questions.get(article, ()) + asked
    return LayQuestions(questions, fingerprint=digest.hexdigest()[:16])


def _of_file(path: Path, text: str) -> Iterable[tuple[Article, tuple[str, ...]]]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or not lines[0].startswith("law:"):
        raise IndexBrokenError(f"{path}: found no first line 'law: <title>'")
    title = plain_title(lines[0].removeprefix("law:"))
    for line in lines[1:]:
        match = re.fullmatch(r"(\d+)(?:\.(\d+))?\|(.+)", line)
        if match is None:
            raise IndexBrokenError(f"{path}: found {line!r}, wanted <article>|<question>｜<question>")
        asked = tuple(dict.fromkeys(question.strip() for question in match[3].split("｜") if question.strip()))
        yield (title, int(match[1]), int(match[2] or 0)), asked
