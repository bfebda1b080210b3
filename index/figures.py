"""Figures with their units as exact terms: 第76号, 1350元, 3个月, 5% — whichever numerals they are written in."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万]+"
_UNITS = "个工作日|工作日|个月|万元|亿元|元|块钱|块|年|月|日|天|周|倍|件|条|款|项|号|类|次|人|家|小时|%"
_FIGURE = re.compile(rf"(第)?({_NUMERAL})({_UNITS})|(百分之)({_NUMERAL})")
_SAME_UNIT = {"天": "日", "块": "元", "块钱": "元", "个工作日": "工作日"}


def chinese_number(numeral: str) -> int:
    """Return the value of a Chinese numeral below one hundred million.

    >>> chinese_number("七十六"), chinese_number("一千三百五十"), chinese_number("二〇二五")
    (76, 1350, 2025)
    """
    if not any(scale in numeral for scale in ("十", "百", "千", "万")):
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    total = section = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character == "万":
            total, section, digit = (section + digit) * 10_000, 0, 0
        else:
            section += (digit or 1) * _SCALES[character]
            digit = 0
    return total + section + digit


def figure_terms(text: str) -> list[str]:
    """Return the figures of ``text`` with their units, numerals Arabic and units in one form.

    >>> figure_terms("第七十六号令：十五天内交1350块钱，减百分之八十五")
    ['第76号', '15日', '1350元', '85%']
    """
    terms = []
    for match in _FIGURE.finditer(text):
        ordinal, numeral, unit, percent, share = match.groups()
        if percent:
            terms.append(f"{_arabic(share)}%")
        else:
            terms.append(f"{ordinal or ''}{_arabic(numeral)}{_SAME_UNIT.get(unit, unit)}")
    return terms


def _arabic(numeral: str) -> str:
    return numeral if numeral[0].isascii() else str(chinese_number(numeral))
