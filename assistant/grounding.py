"""Keeps of a text only what the cited passages support: markers that exist, figures that stand there, words from there.

Pure. A sentence is judged alone, so that a stream can be judged as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.answering.sentences import bigrams
from assistant.bounds import OPPOSITE
from assistant.figures import Figure, figures
from assistant.polarity import denies, polarity
from assistant.support import Support, together
from assistant.table_cells import misplaced

LEAST_OVERLAP = 0.3
"""Least share of a written sentence's character pairs that stand in the passages it cites; paraphrases keep about half."""
LEAST_KEPT = 1 / 3

_BRACKETED = re.compile(r"[\[［【]\s*([^\[\]［］【】\n]{0,24}?)\s*[\]］】](?!\s*第?\s*\d+\s*号)")
_SENTENCE = re.compile(
    r"(?:[^。！？!?\n]|(?<=[：:])\n)+[。！？!?]*[”」』）)]*(?:\s*[\[［【][^\[\]［］【】\n]{0,24}[\]］】])*\s*|\s+|[。！？!?]+"
)


class Reason(StrEnum):
    """Why a sentence was dropped."""

    NO_MARKER = "no marker"
    UNKNOWN_MARKER = "unknown marker"
    UNSUPPORTED_FIGURE = "unsupported figure"
    UNSUPPORTED_WORDS = "unsupported words"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that was taken out, why, and the figures that no cited passage holds."""

    sentence: str
    reason: Reason
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judged sentence: ``kept`` without its unknown markers, or ``dropped``."""

    kept: str = ""
    markers: frozenset[int] = frozenset()
    has_figure: bool = False
    dropped: Dropped | None = None


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of a text. ``core_lost`` says that it no longer answers and the extractive answer must."""

    text: str
    markers: frozenset[int] = frozenset()
    dropped: tuple[Dropped, ...] = ()
    core_lost: bool = False


def judge(sentence: str, sources: Mapping[int, Support]) -> Verdict:
    """Judge one sentence of a written answer against the sources that it cites.

    :param sources: by marker, from 1.
    """
    if not sentence.strip():
        return Verdict(sentence)
    markers, unknown = _markers(sentence, sources)
    # A known marker must not become the text of a Markdown link.
    kept = _BRACKETED.sub(lambda match: _only_known(match[1], sources), sentence).replace("](", "] (")
    if not markers:
        reason = Reason.UNKNOWN_MARKER if unknown else Reason.NO_MARKER
        return Verdict(dropped=Dropped(sentence, reason), has_figure=bool(figures(sentence)))
    words = _BRACKETED.sub(" ", sentence)
    proved = together(sources[marker] for marker in markers)
    stated = figures(words)
    unsupported = _unsupported(stated, proved) or _of_another_row(stated, words, proved)
    if unsupported:
        return Verdict(dropped=Dropped(sentence, Reason.UNSUPPORTED_FIGURE, unsupported), has_figure=True)
    turned = () if denies(words) else _turned(stated, proved)
    if turned:
        return Verdict(dropped=Dropped(sentence, Reason.REVERSED, turned), has_figure=True)
    if _overlap(words, proved) < LEAST_OVERLAP:
        return Verdict(dropped=Dropped(sentence, Reason.UNSUPPORTED_WORDS), has_figure=bool(stated))
    if polarity(words).reverses(proved.polarity):
        return Verdict(dropped=Dropped(sentence, Reason.REVERSED), has_figure=bool(stated))
    return Verdict(kept, markers, bool(stated))


def ground(text: str, sources: Mapping[int, Support]) -> Grounded:
    """Return what ``sources`` support of a written ``text``."""
    tally = Tally()
    kept = [tally.add(judge(sentence, sources)) for sentence in split(text)]
    return Grounded("".join(kept).strip(), tally.markers, tuple(tally.dropped), tally.core_lost)


def ground_extract(text: str, sources: Mapping[int, Support]) -> Grounded:
    """Return what ``sources`` support of an extractive ``text``: its blocks are passages, so each figure may stand in any."""
    proved = together(sources.values())
    dropped: list[Dropped] = []
    kept: list[str] = []
    for sentence in split(text):
        unknown = _markers(sentence, sources)[1]
        unsupported = _unsupported(figures(_BRACKETED.sub(" ", sentence)), proved)
        if unknown or unsupported:
            reason = Reason.UNKNOWN_MARKER if unknown else Reason.UNSUPPORTED_FIGURE
            dropped.append(Dropped(sentence, reason, unsupported))
        else:
            kept.append(sentence)
    return Grounded("".join(kept).strip(), frozenset(sources), tuple(dropped), core_lost=bool(dropped))


@dataclass(slots=True)
class Tally:
    """Counts verdicts as they come, to know whether what is left still answers."""

    markers: frozenset[int] = frozenset()
    dropped: list[Dropped] = field(default_factory=list)
    kept_chars: int = 0
    dropped_chars: int = 0
    direct_figure_lost: bool = False
    _figure_seen: bool = False

    def add(self, verdict: Verdict) -> str:
        """Count ``verdict`` and return what may be shown of its sentence."""
        if verdict.dropped is not None:
            self.dropped.append(verdict.dropped)
            self.dropped_chars += len(verdict.dropped.sentence.strip())
            # The first figure of an answer is the one that was asked for.
            self.direct_figure_lost |= verdict.has_figure and not self._figure_seen
        self._figure_seen |= verdict.has_figure
        self.kept_chars += len(verdict.kept.strip())
        self.markers |= verdict.markers
        return verdict.kept

    @property
    def core_lost(self) -> bool:
        """Whether nothing, or less than a third, or not the first figure is left."""
        whole = self.kept_chars + self.dropped_chars
        return self.direct_figure_lost or self.kept_chars == 0 or self.kept_chars < LEAST_KEPT * whole


def split(text: str) -> list[str]:
    """Split ``text`` into sentences, each with the markers behind its full stop; concatenated they are ``text``.

    A line that ends in a colon belongs to the line after it.
    """
    pieces: list[str] = []
    for piece in _SENTENCE.findall(text) if text else []:
        if pieces and not (piece.strip() and pieces[-1].strip()):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


class SentenceStream:
    """Cuts a text that arrives in pieces of any size into the sentences of :func:`split`."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> list[str]:
        """Return the sentences that are certainly complete: the next one has begun."""
        self._text += piece
        sentences = split(self._text)
        # The last may go on; so may the one before while all that follows might be a marker of it.
        complete = sentences[:-1]
        if complete and sentences[-1].lstrip()[:1] in ("", "[", "［", "【", "”", "」", "』", "）", ")"):
            complete = complete[:-1]
        self._text = self._text[sum(map(len, complete)) :]
        return complete

    def finish(self) -> list[str]:
        """Return what is left."""
        sentences, self._text = split(self._text), ""
        return sentences


def _markers(sentence: str, sources: Mapping[int, Support]) -> tuple[frozenset[int], bool]:
    """Return the markers that exist, and whether there are others. Checked before anything is looked up by them."""
    written = [part for match in _BRACKETED.finditer(sentence) for part in re.split(r"[,，、;；\s]+", match[1])]
    known = frozenset(number for part in written if (number := _known(part, sources)) is not None)
    return known, any(_known(part, sources) is None for part in written)


def _known(written: str, sources: Mapping[int, Support]) -> int | None:
    if not re.fullmatch(r"\^?[0-9０-９]{1,3}", written):
        return None
    number = int(written.lstrip("^"))
    return number if number in sources else None


def _only_known(inside: str, sources: Mapping[int, Support]) -> str:
    numbers = (_known(part, sources) for part in re.split(r"[,，、;；\s]+", inside))
    return "".join(f"[{number}]" for number in numbers if number is not None)


def _unsupported(stated: Iterable[Figure], proved: Support) -> tuple[str, ...]:
    return tuple(figure.text for figure in stated if not figure.article and figure not in proved.figures)


def _of_another_row(stated: Iterable[Figure], words: str, proved: Support) -> tuple[str, ...]:
    """Return the figures that stand only in rows or columns of tables that ``words`` do not speak of."""
    tabled = (figure for figure in stated if figure not in proved.prose)
    return tuple(figure.text for figure in tabled if misplaced(figure, words, proved.table))


def _turned(stated: Iterable[Figure], proved: Support) -> tuple[str, ...]:
    """Return the figures said to be the most that are the least wherever they stand, or the other way round."""
    return tuple(
        figure.text
        for figure in stated
        if figure.bound and {side for each, side in proved.bounds if each == figure} == {OPPOSITE[figure.bound]}
    )


def _overlap(words: str, proved: Support) -> float:
    pairs = bigrams(words)
    return len(pairs & proved.pairs) / len(pairs) if pairs else 1.0
