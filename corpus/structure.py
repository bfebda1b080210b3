"""What a line of an official text is by its number: 编 章 节 条, 一、 （一） 附件; and how such a place is called. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from corpus.clean import clean_heading
from corpus.errors import LocatorError
from corpus.locator import ARTICLE, NUMERAL, Locator, to_chinese, to_int

_HAN_NUMERAL = "[〇零一二两三四五六七八九十百]+"
_DIVISION = re.compile(
    rf"第\s*({NUMERAL})\s*(编|分编|章|节)(?:[\s:：]\s*|(?=[^\s的规、，。]))(.{{0,40}})$|第\s*({NUMERAL})\s*(编|章|节)$"
)
_OUTLINE = re.compile(rf"({_HAN_NUMERAL})\s*[、．.]\s*(.*)", re.S)
_SUBOUTLINE = re.compile(rf"[（(]\s*({_HAN_NUMERAL})\s*[）)]\s*[、.]?\s*(.*)", re.S)
_APPENDIX = re.compile(rf"(附件|附表|附录|专栏)(?:\s*({NUMERAL})\s*[:：.、]?\s*|\s*[:：]\s*|\s+|$)(.{{0,40}})$")
_MENTION = re.compile("第|规定|的|所|和|与|及|、|，|。|至|或|款|项|之|中(?!华|国)")
_FIRST_SENTENCE = re.compile(r"(.{2,30}?)[。：:]")
_TOC_LINE = re.compile(r"[.．·…]{3,}\s*\d+$")
MAX_HEADING = 45


class Level(IntEnum):
    """Depth of a heading; a file's own headings (Word styles, h1–h6) come below those that a number names."""

    APPENDIX = 0
    PART = 1
    CHAPTER = 2
    SECTION = 3
    OUTLINE = 4
    SUBOUTLINE = 5
    MARKED = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """The number at the beginning of a line.

    ``name`` is the heading without the text that follows on the same line; ``locator`` its own share of the place;
    ``whole`` tells that the line is nothing but a heading.
    """

    level: int
    locator: str
    name: str
    whole: bool


def article_of(text: str) -> Locator | None:
    """Return the article that a paragraph begins with, or None: 第五条 …, but not 第五条规定的 …."""
    match = ARTICLE.match(text)
    if match is None or _MENTION.match(text, match.end()):
        return None
    article, insertion = _number(match[1]), _number(match[2] or "零")
    return None if article is None or insertion is None else Locator(article=article, insertion=insertion)


def _number(numeral: str) -> int | None:
    try:
        return to_int(numeral)
    except LocatorError:
        return None


def is_contents_line(text: str) -> bool:
    """Tell whether a line belongs to a table of contents: dots and a page number, or the word itself."""
    return bool(_TOC_LINE.search(text)) or clean_heading(text) in {"目录", "目 录"}


def division_of(text: str) -> Mark | None:
    """Return what a line 第一编 …, 第二章 … or 第三节 … is."""
    match = _DIVISION.match(text) if len(text) <= MAX_HEADING else None
    if match is None or text.endswith(("。", "；", "，")):
        return None
    number, kind = _number(match[1] or match[4]), match[2] or match[5]
    if number is None:
        return None
    level = {"编": Level.PART, "分编": Level.PART, "章": Level.CHAPTER, "节": Level.SECTION}[kind]
    return Mark(level, f"第{to_chinese(number)}{kind}", clean_heading(text), whole=True)


def outline_of(text: str) -> Mark | None:
    """Return what a line 一、…, （一）… or 附件1 … is; the name ends with the first sentence of a running text."""
    if (appendix := _APPENDIX.match(text)) and not text.endswith(("。", "；")):
        order = _number(appendix[2]) if appendix[2] else None
        return Mark(Level.APPENDIX, f"{appendix[1]}{'' if order is None else order}", clean_heading(text), whole=True)
    for pattern, level in ((_OUTLINE, Level.OUTLINE), (_SUBOUTLINE, Level.SUBOUTLINE)):
        match = pattern.match(text)
        number = _number(match[1]) if match else None
        if match is None or number is None:
            continue
        locator = to_chinese(number) if level is Level.OUTLINE else f"（{to_chinese(number)}）"
        whole = len(text) <= MAX_HEADING and not re.search(r"[。；;，]$|。.", text)
        first = _FIRST_SENTENCE.match(match[2])
        name = text if whole else text[: match.start(2)] + (first[1] if first else "")
        return Mark(level, locator, clean_heading(name), whole)
    return None
