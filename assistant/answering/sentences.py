"""Sentences of a passage, and which of them answers a query. Pure."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^。！？\n]+[。！？”」]*|\n+")
_ASKS_FIGURE = re.compile(r"多少|几[个件家次名种年月天条]|目标|达到|比例|金额|指标")
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿]+[个件家次名种年月天条元]")


def sentences(text: str) -> list[str]:
    """Split ``text`` at 。！？ and line ends; nothing is lost but white space between sentences."""
    return [piece.strip() for piece in _SENTENCE.findall(text) if piece.strip()]


def bigrams(text: str) -> set[str]:
    """Return the pairs of neighbouring characters, without punctuation and blanks."""
    text = re.sub(r"\W", "", text)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def best_sentence(text: str, query: str) -> str:
    """Return the sentence of ``text`` that shares most bigrams with ``query``; figures count when one is asked for."""
    wanted = bigrams(query)
    asks_figure = bool(_ASKS_FIGURE.search(query))

    def score(sentence: str) -> float:
        shared = len(wanted & bigrams(sentence))
        return shared + (0.6 if asks_figure and _FIGURE.search(sentence) else 0.0) - len(sentence) / 2000

    return max(sentences(text), key=score)


def first_paragraph_end(text: str) -> int:
    """Return the index just after the first paragraph (before a list, a table or a blank line)."""
    end = text.find("\n")
    return len(text) if end < 0 else end


def clip(text: str, max_chars: int) -> str:
    """Return ``text`` cut at the last whole line or sentence within ``max_chars``; never inside a sentence."""
    if len(text) <= max_chars:
        return text
    head = text[:max_chars]
    cut = max(head.rfind("\n"), head.rfind("。") + 1, head.rfind("；") + 1)
    return head[:cut].rstrip() if cut > 0 else head


def pieces(text: str) -> list[str]:
    """Split ``text`` into sentences and line ends whose concatenation is ``text`` exactly, for streaming."""
    return re.findall(r"[^。！？\n]*[。！？\n]+|[^。！？\n]+$", text)
