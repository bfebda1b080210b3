"""Texts within a number of UTF-8 bytes, cut at the ends of sentences. Pure."""

from __future__ import annotations

from assistant.answering.sentences import pieces

MAX_MESSAGE_BYTES = 1900
"""The platforms take 2,048 in one text message; the rest is for a line about what else waits."""


def cut(text: str, max_bytes: int) -> str:
    """Return the longest beginning of ``text`` within ``max_bytes`` that ends a sentence or a line."""
    return _beginning(text, max_bytes).rstrip()


def split(text: str, max_bytes: int = MAX_MESSAGE_BYTES) -> list[str]:
    """Return ``text`` as messages of at most ``max_bytes`` each; nothing but white space between them is lost."""
    messages = []
    while text:
        head = _beginning(text, max_bytes)
        messages.append(head.rstrip())
        text = text[len(head) :].lstrip()
    return messages


def _beginning(text: str, max_bytes: int) -> str:
    kept, size = [], 0
    for piece in pieces(text):
        size += len(piece.encode())
        if size > max_bytes:
            break
        kept.append(piece)
    # A sentence longer than a message is cut between two characters.
    return "".join(kept) or text.encode()[: max(max_bytes, 0)].decode(errors="ignore")
