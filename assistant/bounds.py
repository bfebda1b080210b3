"""Whether a figure is the least or the most: 以上 or 以下, 至少 or 最多, 之后 or 之前. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

_GAP = r"[^\d，,。；;：:、\0]{0,3}$"
_MOST_BEFORE = re.compile(
    rf"(?:(?:不|没|未)(?:得|能|会|可)?(?:超过|高于|多于|大于|长于)|至多|最多|最高|最长|上限|(?<![不没未])(?<![不没未][得能会可])(?:低于|少于|小于|短于)|不足|不到|未满|不满){_GAP}"
)
_LEAST_BEFORE = re.compile(
    rf"(?:(?:不|没|未)(?:得|能|会|可)?(?:低于|少于|小于|短于)|至少|最少|最低|最短|起码|下限|(?:超过|高于|多于|大于|长于)|(?<![未不])满){_GAP}"
)
_MOST_AFTER = re.compile(
    r"^\s?(?:及|或者?|以|之)?(?:以下|以内|之内|内(?!蒙|部|容)|以前|之前|前(?!后|款|项|述|\d|[一二三四五六七八九十]))"
)
_LEAST_AFTER = re.compile(r"^\s?(?:及|或者?|以|之)?(?:以上|以后|之后|起(?!草|诉|算)|后(?!续|果|来))")
BOUND_WORDS = re.compile(
    r"(?:不|没|未)(?:得|能|会|可)?(?:超过|高于|多于|大于|长于|低于|少于|小于|短于)|不足|不到|未满|不满"
)
"""Bound words that hold a 不 which denies nothing."""


class Bound(StrEnum):
    """On which side of a figure the truth lies."""

    NONE = ""
    LEAST = "least"
    MOST = "most"


OPPOSITE = {Bound.LEAST: Bound.MOST, Bound.MOST: Bound.LEAST}


def bound(before: str, after: str) -> Bound:
    """Return the bound that the words right ``before`` and right ``after`` a figure put on it.

    >>> bound("罚款", "以下的"), bound("不低于", "，"), bound("收费", "。")
    (<Bound.MOST: 'most'>, <Bound.LEAST: 'least'>, <Bound.NONE: ''>)
    """
    if _MOST_BEFORE.search(before) or _MOST_AFTER.match(after):
        return Bound.MOST
    if _LEAST_BEFORE.search(before) or _LEAST_AFTER.match(after):
        return Bound.LEAST
    return Bound.NONE
