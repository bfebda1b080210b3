"""Where in a law something stands: 第二十四条第二款第（三）项 ⇄ :class:`Locator`; Chinese numerals ⇄ integers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from corpus.errors import LocatorError

_DIGITS = "零一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[〇○零一二两三四五六七八九十百千]+|[0-9０-９]+"
_NUMBER = rf"({NUMERAL})"
_PARENTHESISED = rf"[（(〔]?\s*{_NUMBER}\s*[）)〕]?"
_PLACE = re.compile(
    rf"(?:第\s*{_NUMBER}\s*编)?\s*(?:第\s*{_NUMBER}\s*章)?\s*(?:第\s*{_NUMBER}\s*节)?\s*"
    rf"(?:第\s*{_NUMBER}\s*条(?:\s*之\s*{_NUMBER})?)?\s*(?:第\s*{_NUMBER}\s*款)?\s*"
    rf"(?:第\s*{_PARENTHESISED}\s*项)?\s*(?:第\s*{_PARENTHESISED}\s*目)?"
)
ARTICLE = re.compile(rf"第\s*{_NUMBER}\s*条(?:之{_NUMBER})?")
LARGEST = 9999


def to_int(numeral: str) -> int:
    """Return the value of a Chinese or Arabic numeral: 二十四, 一百零五, 二〇二六, 24 and ２４ alike.

    :raises LocatorError: when the text is not a whole number from 0 to 9999.
    """
    text = numeral.strip()
    if re.fullmatch(r"[0-9０-９]{1,4}", text):
        return int(text)
    if not text or any(char not in _VALUES and char not in _UNITS for char in text):
        raise LocatorError(f"found {numeral!r}, wanted a numeral such as 二十四 or 24")
    if not any(char in _UNITS for char in text):
        return _by_position(text)
    return _by_unit(text)


def _by_position(text: str) -> int:
    if len(text) > len(str(LARGEST)):
        raise LocatorError(f"found {text!r}, wanted a numeral up to {LARGEST}")
    return int("".join(str(_VALUES[char]) for char in text))


def _by_unit(text: str) -> int:
    total, digit, last_unit = 0, None, LARGEST + 1
    for char in text:
        if char in _VALUES:
            if digit:
                raise LocatorError(f"found {text!r}, wanted a unit after {_DIGITS[digit]}")
            digit = _VALUES[char]
            continue
        unit = _UNITS[char]
        if unit >= last_unit:
            raise LocatorError(f"found {text!r}, wanted units in falling order")
        total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
    return total + (digit or 0)


def to_chinese(value: int) -> str:
    """Return the numeral as statutes write it: 10 → 十, 24 → 二十四, 105 → 一百零五, 110 → 一百一十.

    :raises LocatorError: for values outside 0 to 9999.
    """
    if not 0 <= value <= LARGEST:
        raise LocatorError(f"found {value}, wanted a number from 0 to {LARGEST}")
    if value < 10:
        return _DIGITS[value]
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            written += ("零" if gap and written else "") + _DIGITS[digit] + name
        gap = digit == 0
    return written[1:] if 10 <= value < 20 else written


@dataclass(frozen=True, slots=True, order=True)
class Locator:
    """A place in a law. Zero means not named; ``insertion`` is the 一 of 第二十条之一.

    Locators of one law sort in reading order.
    """

    part: int = 0
    chapter: int = 0
    section: int = 0
    article: int = 0
    insertion: int = 0
    paragraph: int = 0
    item: int = 0
    subitem: int = 0

    def __str__(self) -> str:
        """Return the form in which statutes are cited: 第二十四条第二款第（三）项."""
        words = [f"第{to_chinese(n)}{name}" for n, name in zip(self._upper, "编章节", strict=True) if n]
        if self.article:
            words.append(f"第{to_chinese(self.article)}条")
            words.append(f"之{to_chinese(self.insertion)}" if self.insertion else "")
        words.append(f"第{to_chinese(self.paragraph)}款" if self.paragraph else "")
        words.append(f"第（{to_chinese(self.item)}）项" if self.item else "")
        words.append(f"第{self.subitem}目" if self.subitem else "")
        return "".join(words)

    @property
    def _upper(self) -> tuple[int, int, int]:
        return self.part, self.chapter, self.section

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a place in any of the usual spellings: 第24条第2款第3项, 第二十四条 第二款 第（三）项.

        :raises LocatorError: when the text is anything else.
        """
        match = _PLACE.fullmatch(text.strip())
        if match is None or not any(match.groups()):
            raise LocatorError(f"found {text!r}, wanted a place such as 第二十四条第二款")
        return cls(*(to_int(group) if group else 0 for group in match.groups()))

    def holds(self, other: Locator) -> bool:
        """Tell whether ``other`` is this place or lies inside it: 第二十四条 holds 第二十四条第二款."""
        if (self.article, self.insertion) != (other.article, other.insertion):
            return False
        return all(
            own in (0, theirs)
            for own, theirs in (
                (self.paragraph, other.paragraph),
                (self.item, other.item),
                (self.subitem, other.subitem),
            )
        )
