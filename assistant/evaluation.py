"""Judges the assistant on question files: what it answers, hands over and declines, and how sure it was.

A line of a question file is ``{"id", "group", "turns", "as_of"?, "kind", "must", "must_not"}``; ``kind`` is ``answer``,
``handoff``, ``either``, ``decline`` or ``clarification``; each group in ``must`` needs one of its alternatives in the
last reply's text. Texts are compared folded for width, case, blanks, emphasis, dashes and tildes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.question_chain import MAX_TEXT_CHARS
from assistant.replies import Abstention, Answer, Clarification, Handoff, Reply, Turn
from assistant.service import Assistant
from assistant.sessions import kind_of

_MONEY = re.compile(r"\d+(?:\.\d+)?(?:万|亿)?元")
_WANTED = {
    "answer": (Answer,), "handoff": (Handoff,), "either": (Answer, Handoff), "clarification": (Clarification,),
    "decline": (Abstention, Handoff, Clarification),
}  # fmt: skip


class QuestionFileError(AssistantError):
    """A line of a question file is not a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question file."""

    question_id: str
    group: str
    turns: tuple[str, ...]
    kind: str
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question with its reply; ``why`` is empty when it passed."""

    question: Question
    turn: Turn
    why: str
    evidence: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the reply was right."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Outcome:
    """All judgements of a run, in file order."""

    judgements: tuple[Judgement, ...]

    @property
    def passed(self) -> int:
        """How many replies were right."""
        return sum(judgement.passed for judgement in self.judgements)

    def groups(self) -> dict[str, tuple[int, int]]:
        """Return group → (passed, asked), in order of appearance."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for judgement in self.judgements:
            counts[judgement.question.group][0] += judgement.passed
            counts[judgement.question.group][1] += 1
        return {group: (passed, asked) for group, (passed, asked) in counts.items()}

    def calibration(self, bins: int = 5) -> list[tuple[float, float, int]]:
        """Return (mean confidence, share right, count) of the answers given, by confidence."""
        answers = sorted(
            (judgement.turn.reply.confidence, judgement.passed)
            for judgement in self.judgements
            if isinstance(judgement.turn.reply, Answer)
        )
        size = max(1, -(-len(answers) // bins))
        chunks = [answers[start : start + size] for start in range(0, len(answers), size)]
        return [
            (statistics.fmean(c for c, _ in chunk), statistics.fmean(float(p) for _, p in chunk), len(chunk))
            for chunk in chunks
        ]

    def latency_ms(self) -> tuple[float, float]:
        """Return the median and the largest time of a reply, in milliseconds."""
        times = [judgement.turn.elapsed_ms for judgement in self.judgements]
        return statistics.median(times), max(times)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures and the failures as plain data."""
        median, largest = self.latency_ms()
        return {
            "passed": self.passed,
            "asked": len(self.judgements),
            "groups": {group: {"passed": p, "asked": a} for group, (p, a) in self.groups().items()},
            "latency_ms": {"median": round(median, 2), "max": round(largest, 2)},
            "failures": [
                {"id": judgement.question.question_id, "why": judgement.why, "evidence": list(judgement.evidence)}
                for judgement in self.judgements
                if not judgement.passed
            ],
        }

    def as_text(self) -> str:
        """Return the figures as lines for a terminal."""
        lines = [
            f"FAIL {judgement.question.question_id} {' / '.join(judgement.question.turns)} :: {judgement.why}"
            for judgement in self.judgements
            if not judgement.passed
        ]
        lines += [
            f"{group:14} {passed:3}/{asked:<3} {passed / asked:.2f}" for group, (passed, asked) in self.groups().items()
        ]
        median, largest = self.latency_ms()
        return "\n".join(
            [*lines, f"latency ms median {median:.1f} max {largest:.1f}", f"{self.passed}/{len(self.judgements)}"]
        )


def read_questions(path: Path) -> list[Question]:
    """Read a question file.

    :raises QuestionFileError: naming the line that is not a question, or the file that is not there.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise QuestionFileError(f"{path}: {error.strerror}") from error
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionFileError(f"{path}: line {number} is not a question ({error!r})") from error
    return questions


def _question(row: dict[str, Any]) -> Question:
    if row["kind"] not in _WANTED:
        raise ValueError(f"found kind {row['kind']}, wanted one of {', '.join(_WANTED)}")
    return Question(
        question_id=row["id"],
        group=row["group"],
        turns=tuple(row["turns"]),
        kind=row["kind"],
        must=tuple(tuple(group) for group in row.get("must", ())),
        must_not=tuple(row.get("must_not", ())),
        as_of=dt.date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
    )


def evaluate(assistant: Assistant, questions: Iterable[Question]) -> Outcome:
    """Ask every question in a session of its own and judge the last reply."""
    judgements = []
    for question in questions:
        session_id: str | None = None
        for query in question.turns:
            turn = assistant.ask(query, session_id=session_id, as_of=question.as_of)
            session_id = turn.session_id
        result = assistant.search(turn.standalone_query or turn.query, top_k=4, as_of=turn.as_of)
        evidence = tuple(f"{hit.passage.passage_id} {hit.score:.2f}" for hit in result.hits)
        judgements.append(Judgement(question, turn, judge(question, turn.reply), evidence))
    return Outcome(tuple(judgements))


def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"[\s*_`#>]+", "", text)
    return re.sub(r"[~～—–−-]+", "-", text)


def judge(question: Question, reply: Reply) -> str:
    """Return an empty string when ``reply`` is right, else why it is not."""
    if len(reply.text) > MAX_TEXT_CHARS:
        return f"is {len(reply.text)} characters long"
    if not isinstance(reply, _WANTED[question.kind]):
        return f"kind is {kind_of(reply)}"
    if question.kind in ("decline", "clarification"):
        return ""
    text = fold(reply.text)
    for group in question.must:
        if not any(_says(text, fold(alternative)) for alternative in group):
            return f"lacks {'/'.join(group)}"
    for banned in question.must_not:
        if _says(text, fold(banned)):
            return f"says {banned}"
    quotes = (
        fold(" ".join(citation.quote for citation in reply.citations)) if isinstance(reply, Answer | Handoff) else ""
    )
    if isinstance(reply, Answer) and not quotes:
        return "no citation with a quote"
    unquoted = [amount for amount in _MONEY.findall(text) if amount not in quotes]
    return f"states {unquoted[0]} without a quote" if isinstance(reply, Handoff) and unquoted else ""


def _says(text: str, wanted: str) -> bool:
    """Whether ``wanted`` stands in ``text``; a figure at its edge is a whole figure, so that 1年 is not in 2021年."""
    before = r"(?<![\d.])" if wanted[:1].isdigit() else ""
    after = r"(?![\d])" if wanted[-1:].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None
