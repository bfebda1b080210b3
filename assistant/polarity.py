"""Whether a sentence turns what a source says into its opposite: may into may not, need into need not. Pure.

Narrow on purpose: it compares whole sources, so it finds the opposite only where the source has nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.bounds import BOUND_WORDS

_NOT = r"(?:不(?!但|仅|只|过|同|管|论|少)|没有?|无[须需]?|未|勿|别)"
_MAY = r"(?:能够?|可以?|得(?!到|出|了)|许可?|准(?!备)|允许)"
_NEED = r"(?:需要?|用(?!途|户|品|地|标)|要(?!求|么|点|是)|必须?|应当?|收)"
_DENIED_MAY = re.compile(rf"{_NOT}{_MAY}|禁止|严禁|无权")
_DENIED_NEED = re.compile(rf"{_NOT}{_NEED}|免(?!费)|无须|无需")
_PLAIN_MAY = re.compile(r"(?<![不没无未勿别])(?:能(?!力|源|量|耗)|可以|有权|准许|允许)")
_PLAIN_NEED = re.compile(r"(?<![不没无未勿别])(?:需要|必须|应当|得先|要[交带先有])")

_ANY_NOT = re.compile(rf"{_NOT}|禁止|除外|否则|除非")


def denies(text: str) -> bool:
    """Return whether ``text`` denies anything: it may then say what holds on the other side of a figure."""
    return _ANY_NOT.search(BOUND_WORDS.sub("", text)) is not None


@dataclass(frozen=True, slots=True)
class Polarity:
    """Which of may, may not, need, need not a text says at all."""

    may: bool = False
    may_not: bool = False
    need: bool = False
    need_not: bool = False

    def __or__(self, other: Polarity) -> Polarity:
        """Return what either text says."""
        return Polarity(
            self.may or other.may,
            self.may_not or other.may_not,
            self.need or other.need,
            self.need_not or other.need_not,
        )

    def reverses(self, source: Polarity) -> bool:
        """Return whether a sentence of this polarity says the opposite of all that ``source`` says."""
        return (
            (self.may_not and not source.may_not)
            or (self.need_not and not source.need_not)
            or (self.may and source.may_not and not source.may)
            or (self.need and source.need_not and not source.need)
        )


def polarity(text: str) -> Polarity:
    """Return the polarity of ``text``.

    >>> polarity("个人不能申请").may_not, polarity("个人可以申请").may
    (True, True)
    """
    # 不得超过 bounds a figure; it forbids nothing.
    text = BOUND_WORDS.sub("", text)
    return Polarity(
        may=bool(_PLAIN_MAY.search(text)),
        may_not=bool(_DENIED_MAY.search(text)),
        need=bool(_PLAIN_NEED.search(text)),
        need_not=bool(_DENIED_NEED.search(text)),
    )
