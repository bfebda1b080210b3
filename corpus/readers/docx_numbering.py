"""Automatic numbers of Word paragraphs: a 第一条 that Word counts is in no text of the file, only its rule is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from corpus.locator import to_chinese
from corpus.readers.xml import child, children, value

_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "chineseLegalSimplified",
    "ideographDigital",
    "japaneseCounting",
    "japaneseDigitalTenThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_WORDS = "编章节条款"


@dataclass(frozen=True, slots=True)
class _Rule:
    start: int
    number_format: str
    pattern: str


@dataclass(slots=True)
class Numbering:
    """The rules of a document and how far each list has counted."""

    rules: dict[str, dict[int, _Rule]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    restarts: set[str] = field(default_factory=set)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, root: Element) -> Numbering:
        """Read ``numbering.xml``."""
        found = cls()
        for abstract in children(root, "abstractNum"):
            levels = {int(value(level, "ilvl") or 0): _rule(level) for level in children(abstract, "lvl")}
            found.rules[value(abstract, "abstractNumId") or ""] = levels
        for number in children(root, "num"):
            identity = value(number, "numId") or ""
            abstract_id = child(number, "abstractNumId")
            found.lists[identity] = (value(abstract_id) if abstract_id is not None else None) or ""
            if any(child(override, "startOverride") is not None for override in children(number, "lvlOverride")):
                found.restarts.add(identity)
        return found

    def next(self, list_id: str, level: int) -> str:
        """Count one paragraph and return its number as Word shows it; empty for bullets and unknown lists."""
        abstract = self.lists.get(list_id, "")
        rules = self.rules.get(abstract, {})
        rule = rules.get(level)
        if rule is None or rule.number_format in ("bullet", "none"):
            return ""
        counts = self._counts[list_id if list_id in self.restarts else abstract]
        counts[level] = counts[level] + 1 if level in counts else rule.start
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]
        text = rule.pattern
        for index in range(level + 1):
            if f"%{index + 1}" in text and index in rules:
                text = text.replace(f"%{index + 1}", _written(counts.get(index, rules[index].start), rules[index]))
        return text + " " if text and text[-1] in _WORDS else text


def _rule(level: Element) -> _Rule:
    def attribute(name: str, default: str) -> str:
        element = child(level, name)
        return (value(element) if element is not None else None) or default

    return _Rule(int(attribute("start", "1")), attribute("numFmt", "decimal"), attribute("lvlText", ""))


def _written(count: int, rule: _Rule) -> str:
    match rule.number_format:
        case name if name in _CHINESE:
            return to_chinese(count)
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= count <= 20:
            return chr(ord("①") + count - 1)
        case "upperLetter" | "lowerLetter" if 1 <= count <= 26:
            return chr(ord("A" if rule.number_format == "upperLetter" else "a") + count - 1)
        case "decimalFullWidth" | "decimal" | "decimalZero" | _:
            return str(count)
