"""Whether a question is a matter of this window, and how well the evidence must fit it before it is answered. Pure.

Two things tell: the words of the question (``Understander.on_topic``) and its meaning, as the topic guess of the index sees
it. Where the meaning is clear it decides, else the words do.
"""

from __future__ import annotations

from enum import StrEnum

OURS, OTHERS = 1.0, -4.0
"""Log odds of the topic guess. Of 399 questions for other windows that it had not seen, 4 in a hundred reach the first, of 1,279 of
ours 99 and of stories that people begin with 86; of these none is below the second. Between them is what names no matter at
all (过期了还能补吗)."""
SHARED_THRESHOLD, UNNAMED_THRESHOLD, OTHERS_THRESHOLD = 0.5, 0.55, 0.9
"""The least probability for a question whose words other windows use as well (复审, 贷款), for one that neither words nor meaning
place here, and for one that they place elsewhere."""


class Matter(StrEnum):
    """Whose matter a question is."""

    OURS = "ours by its meaning"
    NAMED = "ours by its words"
    SHARED = "ours or another's by its words"
    UNNAMED = "perhaps ours"
    OTHERS = "another window's"

    @property
    def here(self) -> bool:
        """Whether a person at this window is the one to ask."""
        return self in {Matter.OURS, Matter.NAMED, Matter.SHARED}

    def least(self, threshold: float) -> float:
        """Return the least probability (0–1) at which it is answered, ``threshold`` being the usual one."""
        match self:
            case Matter.OURS | Matter.NAMED:
                return threshold
            case Matter.SHARED:
                return max(threshold, SHARED_THRESHOLD)
            case Matter.UNNAMED:
                return max(threshold, UNNAMED_THRESHOLD)
            case Matter.OTHERS:
                return max(threshold, OTHERS_THRESHOLD)


def matter(topic: float, *, named: bool, surely: bool) -> Matter:
    """Return whose matter a question is.

    :param topic: log odds that it is about our matters, by its meaning; 0 where nothing tells.
    :param named: whether its words name one; ``surely`` whether they do and no other window uses them.
    """
    if topic >= OURS:
        return Matter.OURS
    if topic <= OTHERS:
        return Matter.UNNAMED if named else Matter.OTHERS
    if surely:
        return Matter.NAMED
    return Matter.SHARED if named else Matter.UNNAMED
