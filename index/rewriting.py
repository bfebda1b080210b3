"""One word for the many that people use: short forms, dialect, common typing errors, and related words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rules:
    """What ``synonyms.txt`` says: ``same`` is rewritten on both sides, ``related`` only widens a query."""

    same: Mapping[str, str] = field(default_factory=dict)
    related: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_rules(text: str) -> Rules:
    """Read lines ``地标 土特产标志 = 地理标志`` (same meaning) and ``假货 ~ 侵权 假冒`` (related).

    :raises ValueError: a line has neither sign.
    """
    same: dict[str, str] = {}
    related: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        rule = line.split("#", 1)[0].strip()
        if not rule:
            continue
        spoken, sign, written = re.match(r"([^=~]*)([=~]?)(.*)", rule).groups()  # type: ignore[union-attr]
        if sign == "=":
            same.update(dict.fromkeys(spoken.split(), written.strip()))
        elif sign == "~":
            related.update(dict.fromkeys(spoken.split(), tuple(written.split())))
        else:
            raise ValueError(f"found {rule!r}, wanted 'words = word' or 'words ~ words'")
    return Rules(same=same, related=related)


class Rewriter:
    """Applies :class:`Rules` to normalised text."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        spoken = sorted(rules.same, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, spoken))) if spoken else None

    def rewrite(self, text: str, cut: Callable[[str], list[str]]) -> str:
        """Return ``text`` with each spoken form replaced, unless that would cut through a word (土地标准 keeps 地标)."""
        if self._pattern is None or not self._pattern.search(text):
            return text
        edges = {0, *itertools.accumulate(map(len, cut(text)))}
        return self._pattern.sub(lambda match: self._replacement(match, edges), text)

    def related(self, text: str) -> tuple[str, ...]:
        """Return the related words of every spoken form that stands in ``text``."""
        return tuple(word for spoken, words in self._rules.related.items() if spoken in text for word in words)

    def _replacement(self, match: re.Match[str], edges: set[int]) -> str:
        spoken, start = match.group(), match.start()
        written = self._rules.same[spoken]
        already_written = bool(written) and match.string.startswith(written, start)
        inside_word = start not in edges or match.end() not in edges
        return spoken if already_written or inside_word else written
