"""Tells whether a training text nearly repeats a question that is kept for judging."""

from __future__ import annotations

import re
from collections.abc import Iterable

LIMIT = 0.6  # share of the kept question's character trigrams
_PLAIN = re.compile(r"\W")


class LeakFilter:
    """Compares character trigrams.

    >>> LeakFilter(["注册商标要花多少钱"]).leaks("请问注册商标要花多少钱啊")
    True
    """

    def __init__(self, kept: Iterable[str]) -> None:
        self._kept = [trigrams for trigrams in map(_trigrams, kept) if trigrams]
        self._known = frozenset().union(*self._kept)

    def leaks(self, text: str) -> bool:
        """Return whether ``text`` has more than 60 % of the trigrams of a kept question."""
        shared = _trigrams(text) & self._known
        return any(len(shared & trigrams) > LIMIT * len(trigrams) for trigrams in self._kept) if shared else False


def _trigrams(text: str) -> frozenset[str]:
    plain = _PLAIN.sub("", text)
    return frozenset(plain[start : start + 3] for start in range(len(plain) - 2))
