"""From text to terms: normalisation, rewriting of everyday words, jieba words, character n-grams and figures.

Both sides, passages and queries, go through the same :class:`Analyzer`, so whatever it does to one it does to the other.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import re
import unicodedata
from collections.abc import Sequence
from importlib import resources
from typing import Protocol

from index.figures import figure_terms
from index.rewriting import Rewriter, read_rules

_CHINESE = "㐀-䶿一-鿿"
_RUN = re.compile(rf"[{_CHINESE}]+|[a-z0-9]+(?:\.[0-9]+)?")
_NORMALISED_KEPT = 256
"""A question is normalised by everything that looks at it, eight times in all."""
_PIECES = re.compile(rf"[^{_CHINESE}]+|[{_CHINESE}]+")


class Segmenter(Protocol):
    """Cuts Chinese text into words whose concatenation is the text."""

    def cut(self, text: str) -> list[str]:
        """Return the words of ``text`` in order."""


class JiebaSegmenter:
    """The pure-Python jieba: always installed, about 0.6 million characters a second."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        import jieba

        jieba.setLogLevel("WARNING")
        self._tokenizer = jieba.Tokenizer()
        for word, frequency in words:
            self._tokenizer.add_word(word, frequency)

    def cut(self, text: str) -> list[str]:
        """Return the words of ``text``, as jieba's exact mode with its hidden Markov model finds them."""
        return list(self._tokenizer.lcut(text))


class RjiebaSegmenter:
    """jieba's Rust port: the same words thirteen times as fast, where a wheel exists."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        for word, frequency in words:
            self._jieba.add_word(word, frequency, None)

    def cut(self, text: str) -> list[str]:
        """Return the words of ``text``, as jieba's exact mode with its hidden Markov model finds them."""
        return list(self._jieba.cut(text))


class Analyzer:
    """Turns text into terms.

    :param segmenter: cuts normalised text into words.
    :param rewriter: puts one word for the many that people use (地标 → 地理标志, 咋 → 怎么).
    :param stop_words: words that say nothing about the subject; left out of :meth:`content_words` only.
    :param fingerprint: changes whenever the words or rules change, so that an index knows it is out of date.
    """

    def __init__(
        self,
        *,
        segmenter: Segmenter,
        rewriter: Rewriter,
        stop_words: frozenset[str] = frozenset(),
        fingerprint: str = "",
    ) -> None:
        self._segmenter = segmenter
        self._rewriter = rewriter
        self._stop_words = stop_words
        self._simplified = _simplified_characters()
        self._normalised = functools.lru_cache(maxsize=_NORMALISED_KEPT)(self._made_normal)
        self.fingerprint = fingerprint

    def normalise(self, text: str) -> str:
        """Return ``text`` in NFKC form, lower case and simplified characters, everyday words rewritten."""
        return self._normalised(text)

    def _made_normal(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text).lower().translate(self._simplified)
        return self._rewriter.rewrite(plain, self._cut)

    def related(self, normalised: str) -> tuple[str, ...]:
        """Return words that a passage answering ``normalised`` may use instead (假货 → 侵权); for queries only."""
        return self._rewriter.related(normalised)

    def words(self, normalised: str) -> list[str]:
        """Return the jieba words of normalised text, without punctuation and blanks."""
        words: list[str] = []
        for run in _RUN.findall(normalised):
            words.extend([run] if run.isascii() else self._segmenter.cut(run))
        return words

    def content_words(self, normalised: str) -> list[str]:
        """Return :meth:`words` without stop words."""
        return [word for word in self.words(normalised) if word not in self._stop_words]

    def characters(self, normalised: str) -> list[str]:
        """Return each Chinese character, each pair of neighbours, Latin words, and figures with their units."""
        terms: list[str] = []
        for run in _RUN.findall(normalised):
            if run.isascii():
                terms.append(run)
            else:
                terms.extend(run)
                terms.extend(map("".join, itertools.pairwise(run)))
        terms.extend(figure_terms(normalised))
        return terms

    def _cut(self, text: str) -> list[str]:
        """Return pieces whose concatenation is ``text``; only Chinese runs go to the segmenter.

        jieba and its Rust port differ in Latin text only (a host name is one word to one and four to the other).
        """
        pieces: list[str] = []
        for run in _PIECES.findall(text):
            if "\u3400" <= run[0] <= "\u9fff":
                pieces.extend(self._segmenter.cut(run))
            else:
                pieces.append(run)
        return pieces


@functools.cache
def default_analyzer() -> Analyzer:
    """Return the analyzer over the shipped dictionary, rules and stop words; immutable, so one serves the process."""
    words = dictionary_words()
    segmenter: Segmenter = RjiebaSegmenter(words) if importlib.util.find_spec("rjieba") else JiebaSegmenter(words)
    return build_analyzer(segmenter)


def build_analyzer(segmenter: Segmenter) -> Analyzer:
    """Return an analyzer with the shipped rules and stop words over ``segmenter``."""
    names = ("terms_dictionary.txt", "synonyms.txt", "stop_words.txt")
    texts = {name: _data(name) for name in names}
    return Analyzer(
        segmenter=segmenter,
        rewriter=Rewriter(read_rules(texts["synonyms.txt"])),
        stop_words=frozenset(_lines(texts["stop_words.txt"])),
        fingerprint=hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:16],
    )


def dictionary_words() -> list[tuple[str, int]]:
    """Return the shipped domain words with their jieba frequencies."""
    pairs = (line.split() for line in _lines(_data("terms_dictionary.txt")))
    return [(parts[0], int(parts[1]) if len(parts) > 1 else 20_000) for parts in pairs]


def _data(name: str) -> str:
    return resources.files("index").joinpath(name).read_text(encoding="utf-8")


def _lines(text: str) -> list[str]:
    stripped = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in stripped if line]


@functools.cache
def _simplified_characters() -> dict[int, str]:
    """Return the table from traditional to simplified characters, one by one.

    Whole-text OpenCC is pure Python and a hundred times slower; its phrase rules matter for writing, not for matching.
    """
    import opencc

    block = "".join(map(chr, range(0x4E00, 0xA000)))
    simplified = opencc.OpenCC("t2s").convert("\n".join(block)).split("\n")
    return {ord(old): new for old, new in zip(block, simplified, strict=True) if old != new}
