"""What a chat model is shown, and what of its text is for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.answering.sentences import clip
from index.retriever import Hit

_DEFUSED = str.maketrans("<>[]", "＜＞〔〕")
_OPEN, _CLOSE = "<think>", "</think>"


def within(numbered: Mapping[int, Hit], max_chars: int) -> dict[int, Hit]:
    """Return the first passages that fit into ``max_chars`` together; the best is always among them."""
    chosen: dict[int, Hit] = {}
    room = max_chars
    for marker, hit in numbered.items():
        room -= len(hit.passage.text)
        if chosen and room < 0:
            break
        chosen[marker] = hit
    return chosen


def evidence_text(shown: Mapping[int, Hit], max_chars: int) -> str:
    """Return the numbered passages, each between tags that nothing inside it can close."""
    return "\n".join(_passage(marker, hit, max_chars) for marker, hit in shown.items())


def _passage(marker: int, hit: Hit, max_chars: int) -> str:
    document, passage = hit.document, hit.passage
    source = "".join(part for part in (f"《{document.title}》", document.document_number, passage.locator) if part)
    return f"<资料{marker}>\n出处：{defused(source)}\n{defused(clip(passage.text, max_chars))}\n</资料{marker}>"


def defused(text: str) -> str:
    """Return ``text`` without anything that could pass for one of our tags or markers."""
    return text.translate(_DEFUSED)


def without_thinking(pieces: Iterable[str]) -> Iterator[str]:
    """Yield ``pieces`` without the ``<think>…</think>`` that reasoning models put before their answer."""
    head, answering = "", False
    for piece in pieces:
        if answering:
            yield piece
            continue
        head += piece
        start = head.lstrip()
        if start.startswith(_OPEN):
            _, closed, start = start.partition(_CLOSE)
            answering = bool(closed)
        else:
            answering = not _OPEN.startswith(start)
        if answering and start:
            yield start
    if not answering and head and not head.lstrip().startswith(_OPEN):
        yield head
