"""What changed between two versions of a document, for people: passage by passage, and within one word by word. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.records import Document, Passage

_ALIKE = 0.5
_UNITS = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.DOTALL)


class Change(StrEnum):
    """What became of a passage, or of a piece of one."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that is in both texts, in the new one only, or in the old one only."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class PassageChange:
    """A passage that is not as it was; ``pieces`` in reading order."""

    change: Change
    locator: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the document's header that is not as it was."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """Everything that changed; ``same`` counts the passages that did not."""

    fields: tuple[FieldChange, ...]
    passages: tuple[PassageChange, ...]
    same: int


_FIELDS = (
    "title", "issuer", "document_number", "region", "published_date", "effective_date", "repealed_date", "period_start",
    "period_end", "replaced_by",
)  # fmt: skip


def compare(before: Document, after: Document) -> DocumentDiff:
    """Return what changed from ``before`` to ``after``."""
    named = ((name, getattr(before, name), getattr(after, name)) for name in _FIELDS)
    fields = (FieldChange(name, str(old or ""), str(new or "")) for name, old, new in named if old != new)
    changes = list(_passages(before.passages, after.passages))
    same = len(after.passages) - sum(change.change is not Change.REMOVED for change in changes)
    return DocumentDiff(tuple(fields), tuple(changes), same)


def _passages(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[PassageChange]:
    matcher = difflib.SequenceMatcher(None, [p.text for p in before], [p.text for p in after], autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield from _replaced(before[start:end], after[new_start:new_end])


def _replaced(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[PassageChange]:
    """Pair passages that are each other's successors: of the same place, or alike."""
    left = list(before)
    for passage in after:
        old = next((each for each in left if each.locator == passage.locator or _alike(each, passage)), None)
        if old is None:
            yield PassageChange(Change.ADDED, passage.locator, (Piece(Change.ADDED, passage.text),))
            continue
        for gone in left[: left.index(old)]:
            yield _removed(gone)
        left = left[left.index(old) + 1 :]
        yield PassageChange(Change.CHANGED, passage.locator, tuple(pieces(old.text, passage.text)))
    yield from map(_removed, left)


def _alike(one: Passage, other: Passage) -> bool:
    return difflib.SequenceMatcher(None, one.text, other.text, autojunk=False).quick_ratio() >= _ALIKE


def _removed(passage: Passage) -> PassageChange:
    return PassageChange(Change.REMOVED, passage.locator, (Piece(Change.REMOVED, passage.text),))


def pieces(before: str, after: str) -> Iterator[Piece]:
    """Compare character by character, but figures and foreign words whole: 270 → 300 is not 2[7→3]00."""
    old, new = _UNITS.findall(before), _UNITS.findall(after)
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Change.SAME, "".join(old[start:end]))
            continue
        if end > start:
            yield Piece(Change.REMOVED, "".join(old[start:end]))
        if new_end > new_start:
            yield Piece(Change.ADDED, "".join(new[new_start:new_end]))
