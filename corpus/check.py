"""The corpus check: what is wrong with the texts, before a visitor finds out. Findings are read by people, in Chinese."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

import frontmatter
from yaml import YAMLError

from corpus import messages
from corpus.clean import sentences
from corpus.errors import CorpusError
from corpus.readers.markdown import read_markdown
from corpus.records import Document, Facet, Kind, Passage
from corpus.succession import title_key

TOPICS = frozenset(
    {"地理标志", "商标", "品牌", "贯标", "补贴资助", "专利", "质押融资", "保护维权", "著作权"}
    | {"商业秘密", "植物新品种", "布图设计", "非遗", "代理服务", "技术合同", "防骗", "规划"}
)
AUDIENCES = frozenset(["农户", "企业", "窗口"])
REGIONS = frozenset(["全国", "内蒙古", "通辽"])
_KEYS = {field.name for field in fields(Document)} - {"document_id", "sha256", "passages"} | {"id"}
_FIGURE = re.compile(r"\d")
_LONGEST = {Facet.FEE: 700, Facet.FAQ: 300}
_LONGEST_SECTION = 450
_SHORTEST_SENTENCE = 12
_MARKUP = re.compile(r"^\s*(?:[-*+>|#]+|\d+[.、)])\s*|\[[^\]]{1,12}\]|\*\*|`|[\W_]+")


class Severity(StrEnum):
    """An error must be mended before release; a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; ``where`` is a file name or a passage id."""

    severity: Severity
    where: str
    message: str


def check_corpus(folder: Path, *, today: dt.date, facts: Path | None = None) -> list[Finding]:
    """Check every Markdown file below a folder.

    :param today: the day on which review dates are judged.
    :param facts: a folder of ``*.md`` files whose lines must not be repeated word for word.
    :returns: errors first, then by place.
    """
    documents: list[Document] = []
    findings: list[Finding] = []
    for path in sorted(folder.rglob("*.md")):
        found, document = _read(path)
        findings += found
        documents += [document] if document is not None else []
    for document in documents:
        findings += _check_document(document, {other.document_id for other in documents}, today)
        for passage in document.passages:
            findings += _check_passage(document, passage)
    findings += _repeated_questions(documents)
    if facts is not None:
        findings += _copied(documents, facts)
    return sorted(findings, key=lambda finding: (finding.severity, finding.where, finding.message))


def check_library(documents: Iterable[Document], *, today: dt.date) -> list[Finding]:
    """Check the texts that a desk took in: what only a person can set right, each a warning.

    :param today: the day on which review dates are judged.
    """
    findings: list[Finding] = []
    for document in documents:
        findings += _check_review(document, today)
        if document.kind in (Kind.LAW, Kind.POLICY) and not (document.effective_date or document.repealed_date):
            findings.append(
                _warning(
                    document.document_id,
                    messages.undated(document.title, document.document_id, document.published_date),
                )
            )
    return findings


def _check_review(document: Document, today: dt.date) -> Iterator[Finding]:
    if document.review_due is not None and document.review_due < today:
        yield _warning(document.document_id, messages.review_overdue(document.review_due))


def _error(where: str, message: str) -> Finding:
    return Finding(Severity.ERROR, where, message)


def _warning(where: str, message: str) -> Finding:
    return Finding(Severity.WARNING, where, message)


def _read(path: Path) -> tuple[list[Finding], Document | None]:
    try:
        raw = path.read_text(encoding="utf-8")
        meta = frontmatter.loads(raw).metadata
        document = read_markdown(raw)
    except (CorpusError, YAMLError, UnicodeDecodeError) as error:
        return [_error(path.name, str(error))], None
    findings = [_error(path.name, messages.unknown_key(key)) for key in meta.keys() - _KEYS]
    if document.document_id != path.stem:
        findings.append(_error(path.name, messages.other_name(document.document_id, path.stem)))
    return findings, document


def _check_document(document: Document, known: set[str], today: dt.date) -> Iterator[Finding]:
    where = document.document_id
    if not document.passages:
        yield _error(where, messages.NO_PASSAGES)
    if document.topic not in TOPICS:
        yield _error(where, messages.not_among("topic", document.topic, TOPICS))
    for unknown in set(document.audience) - AUDIENCES:
        yield _error(where, messages.not_among("audience", unknown, AUDIENCES))
    if document.region not in REGIONS:
        yield _error(where, messages.not_among("region", document.region, REGIONS))
    if document.kind is Kind.GAP and not document.desk:
        yield _error(where, messages.NO_DESK)
    for name, early, late in (
        ("repealed_date", document.effective_date, document.repealed_date),
        ("review_due", document.reviewed_on, document.review_due),
        ("period_end", document.period_start, document.period_end),
    ):
        if early and late and late <= early:
            yield _error(where, messages.too_early(name, late, early))
    for target in (*document.related, *filter(None, [document.replaced_by])):
        if target not in known or target == where:
            yield _error(where, messages.dead_link(target))
    yield from _check_review(document, today)


def _check_passage(document: Document, passage: Passage) -> Iterator[Finding]:
    where = passage.passage_id
    if passage.effective_date and passage.repealed_date and passage.repealed_date <= passage.effective_date:
        yield _error(where, messages.ends_before_it_begins(passage.effective_date, passage.repealed_date))
    if document.kind is Kind.PLAN:
        return
    if _FIGURE.search(passage.text) and not passage.basis:
        yield _error(where, messages.NO_BASIS)
    yield from _check_basis(document, passage)
    if document.kind is Kind.GUIDE and passage.facet is not None:
        longest = _LONGEST.get(passage.facet, _LONGEST_SECTION)
        if len(passage.text) > longest:
            yield _warning(where, messages.too_long(len(passage.text), longest))


def _check_basis(document: Document, passage: Passage) -> Iterator[Finding]:
    """Every 《title》 of a 来源 line, and every part of it without one, must be among the sources."""
    titles = [title_key(source.title) for source in document.sources]
    numbers = [source.document_number for source in document.sources if source.document_number]
    for part in filter(None, re.split(r"[；;]", passage.basis)):
        named = re.findall("《([^《》]+)》", part)
        if named:
            missing = [name for name in named if not any(title_key(name) in title for title in titles)]
        else:
            listed = any(title in title_key(part) for title in titles) or any(number in part for number in numbers)
            missing = [] if listed else [part.strip()]
        for name in missing:
            yield _error(passage.passage_id, messages.unlisted_source(name))


def _repeated_questions(documents: Iterable[Document]) -> Iterator[Finding]:
    """Warn of one question under two passages, unless they are two versions of one section in time."""
    asked: dict[str, list[Passage]] = defaultdict(list)
    for document in documents:
        for passage in document.passages:
            for question in dict.fromkeys(passage.questions):
                asked[title_key(question)].append(passage)
    for question, passages in asked.items():
        first, *others = passages
        for other in others:
            if not _follow_each_other(first, other):
                yield _warning(other.passage_id, messages.asked_elsewhere(question, first.passage_id))


def _follow_each_other(one: Passage, other: Passage) -> bool:
    same_section = (one.document_id, one.facet) == (other.document_id, other.facet)
    return same_section and (one.effective_date, one.repealed_date) != (other.effective_date, other.repealed_date)


def _copied(documents: Sequence[Document], facts: Path) -> Iterator[Finding]:
    lines = [line for path in sorted(facts.glob("*.md")) for line in path.read_text(encoding="utf-8").splitlines()]
    known = {_bare(part) for line in lines for part in (line, *sentences(line))}
    for document in documents:
        if document.kind is Kind.PLAN:
            continue
        for passage in document.passages:
            for part in (part for line in passage.text.splitlines() for part in sentences(line)):
                if len(_bare(part)) >= _SHORTEST_SENTENCE and _bare(part) in known:
                    yield _error(passage.passage_id, messages.copied(part))


def _bare(text: str) -> str:
    return _MARKUP.sub("", text)
