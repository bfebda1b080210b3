"""Text as it should be kept: one spelling of each character, no layout spaces. Pure."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffd]"
)
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
# Fonts in PDF files often map 一 to the radical ⼀ (U+2F00); the words then look right and are never found.
_VARIANTS = re.compile("[\u2f00-\u2fdf\uf900-\ufaff０-９Ａ-Ｚａ-ｚ％．\ufb00-\ufb06]")
_HAN = "\u3400-\u9fff"
# The blank after 第一条 stays: without it 第一条 规定 reads as a mention of the article.
_BETWEEN_HAN = re.compile(f"(?<![编章节条])(?<=[{_HAN}，。、；：？！“”（）《》]) (?=[{_HAN}，。、；：？！“”（）《》])")
_SPREAD_WORD = re.compile(f"(?<![{_HAN}])([{_HAN}](?: [{_HAN}])+)(?![{_HAN}])")
SENTENCE_END = re.compile(r"(?<=[。！？；])(?![”」』）])|(?<=[。！？；][”」』）])")


def clean_line(text: str) -> str:
    """Return one line: variants of a character unified, invisible characters dropped, any white space one blank."""
    text = _VARIANTS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def clean_heading(text: str) -> str:
    """Return a heading without the blanks that spread short words out: 第一章 总 则 → 第一章 总则."""
    return _SPREAD_WORD.sub(lambda match: match[1].replace(" ", ""), clean_line(text))


def close_up(text: str) -> str:
    """Drop blanks between Chinese characters; for files that place each character by itself (PDF, OFD)."""
    return _BETWEEN_HAN.sub("", clean_line(text))


def sentences(text: str) -> list[str]:
    """Split after 。！？； (and a closing quotation mark), keeping every character."""
    return [part for part in SENTENCE_END.split(text) if part]
