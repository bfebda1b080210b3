"""The 办理告知单: what somebody takes home from the desk, on one page. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.presentation import reply_as_text, source_line
from assistant.replies import Answer, Citation, Handoff, Turn
from corpus.records import Document, Facet, Passage, Status

_ITEM = re.compile(r"^\s*(?:[-*·•]|\d+[.、)）]|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、)\s*(.+)$")
_SECTION = re.compile(r"\n\n(?=\*\*|依据：)")
_SOURCE_LINE = re.compile(r"^\[\d{1,2}\] 《.*$", re.MULTILINE)
_MARKER = re.compile(r"\s?\[\d{1,2}\]")


@dataclass(frozen=True, slots=True)
class Slip:
    """One page; ``answer``, ``fee`` and ``time`` are Markdown, ``materials`` are ticked off one by one."""

    question: str
    answer: str
    materials: tuple[str, ...]
    fee: str
    time: str
    basis: tuple[str, ...]
    desk: str
    date: dt.date


def make_slip(
    turn: Turn,
    *,
    text: str | None,
    desk: str,
    documents: Callable[[str], Document | None],
    passages_of: Callable[[str], Sequence[Passage]],
) -> Slip:
    """Return the slip of a reply; materials, fee and time are those of the guide that it cites first.

    :param text: the answer as the person at the desk edited it, None as it was given.
    """
    citations = turn.reply.citations if isinstance(turn.reply, Answer | Handoff) else ()
    sections = _sections(citations, turn.as_of, documents, passages_of)
    return Slip(
        question=turn.query,
        answer=_answer(turn, text),
        materials=checklist(sections.get(Facet.MATERIALS, "")),
        fee=sections.get(Facet.FEE, ""),
        time=sections.get(Facet.TIME, ""),
        basis=tuple(source_line(citation).partition("] ")[2] for citation in citations),
        desk=desk,
        date=turn.as_of,
    )


def _answer(turn: Turn, text: str | None) -> str:
    """Return the answer without markers and source lines; as it was given, its first part: the rest has its own place."""
    if text is None or "".join(text.split()) == "".join(reply_as_text(turn.reply).split()):
        return _MARKER.sub("", _SECTION.split(turn.reply.text)[0]).strip()
    return _MARKER.sub("", _SOURCE_LINE.sub("", text)).strip()


def checklist(text: str) -> tuple[str, ...]:
    """Return the items of a list in a text; a text without a list is one item."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    items = [match[1].rstrip("；;。") for line in lines if (match := _ITEM.match(line))]
    return tuple(items or lines)


def _sections(
    citations: Sequence[Citation],
    as_of: dt.date,
    documents: Callable[[str], Document | None],
    passages_of: Callable[[str], Sequence[Passage]],
) -> dict[Facet, str]:
    """Return the sections in force of the first cited document that has any."""
    for citation in citations:
        document = documents(citation.document_id)
        if document is None:
            continue
        found: dict[Facet, str] = {}
        for passage in passages_of(citation.document_id):
            if passage.facet is not None and document.status(as_of, passage) is Status.CURRENT:
                found.setdefault(passage.facet, passage.text)
        if found:
            return found
    return {}
