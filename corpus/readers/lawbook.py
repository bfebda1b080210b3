"""Reads the public LawRefBook form: one law a file, dates above ``<!-- INFO END -->``, articles below.

The day in a file's name is the day of adoption. The first day in force stands in a line ``2019年3月1日 施行``, or in the
last articles (自…起施行); a law that was amended later keeps the words of its first version there, so that a day
before the adoption of this version is not this version's and is left unknown.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence

from corpus.chunk import chunk
from corpus.clean import clean_heading, clean_line
from corpus.dates import effective_date_in, find_date
from corpus.readers.base import Block, Heading, Paragraph
from corpus.records import Confidence, Document, Kind
from corpus.succession import make_document_id

INFO_END = "<!-- INFO END -->"
_LAST_ARTICLES = 6
_NAME_DATE = re.compile(r"[(（](\d{4}-\d{2}-\d{2})[)）]")
_ORDER = re.compile(
    r"((?:中华人民共和国)?[\u4e00-\u9fff、]{2,26}(?:院|局|部|委员会|总署|署))令第\d+号|法释〔\d{4}〕\d+号"
)
_REPEALS = re.compile(r"《([^《》]+)》(?:（[^（）]*）)?(?:、《[^《》]+》)*(?:同时|自[^。；]{2,20}起)废止")
_ISSUERS = re.compile("全国人民代表大会(?:常务委员会)?|最高人民法院|最高人民检察院|国务院")


def is_lawbook(text: str) -> bool:
    """Tell whether a Markdown text has the form that this module reads."""
    return INFO_END in text and text.lstrip("\ufeff \n").startswith("# ")


def read_lawbook(text: str, name: str) -> Document:
    """Read one law.

    :param name: the file name, for the day of adoption in it.
    :returns: the law with its articles; ``effective_date`` None where the file does not state it.
    """
    head, body = text.split(INFO_END, 1)
    lines = [clean_line(line) for line in head.splitlines() if line.strip()]
    title, info = clean_line(lines[0].lstrip("# ")), lines[1:]
    blocks = tuple(_blocks(body))
    published = _published(name, info)
    effective = _effective(info, blocks, published)
    start = effective or published
    document_id = make_document_id(Kind.LAW, title, start)
    adoptions = [line for line in info if not line.endswith("施行")]
    number = _ORDER.search(adoptions[-1]) if adoptions and _belongs_to(published, adoptions[-1]) else None
    return Document(
        document_id=document_id,
        title=title,
        kind=Kind.LAW,
        issuer=_issuer(title, adoptions),
        document_number=number[0] if number else None,
        published_date=published,
        effective_date=effective,
        replaces=_replaced(title, blocks),
        confidence=Confidence.SINGLE_TRANSCRIPTION,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        passages=chunk(blocks, document_id=document_id, title=title),
    )


def _blocks(body: str) -> Iterator[Block]:
    for line in body.splitlines():
        marks = len(line) - len(line.lstrip("#"))
        text = line[marks:]
        if marks and clean_heading(text):
            yield Heading(clean_heading(text), max(marks - 1, 1))
        elif clean_line(text):
            yield Paragraph(clean_line(text))


def _published(name: str, info: Sequence[str]) -> dt.date | None:
    if in_name := _NAME_DATE.search(name):
        return dt.date.fromisoformat(in_name[1])
    days = [day for line in info if not line.endswith("施行") and (day := find_date(line))]
    return max(days, default=None)


def _effective(info: Sequence[str], blocks: Sequence[Block], published: dt.date | None) -> dt.date | None:
    stated = [day for line in info if line.endswith("施行") and (day := find_date(line))]
    texts = [block.text for block in blocks if isinstance(block, Paragraph)][-3 * _LAST_ARTICLES :]
    adoptions = [line for line in info if find_date(line) and not line.endswith("施行")]
    first_version = not adoptions or (len(adoptions) == 1 and _belongs_to(published, adoptions[0]))
    stated += [day for text in texts if (day := effective_date_in(text, published if first_version else None))]
    return max((day for day in stated if published is None or day >= published), default=None)


def _belongs_to(published: dt.date | None, adoption: str) -> bool:
    """Tell whether a line of adoption is of the version of that day; some files name that of the first version only."""
    day = find_date(adoption)
    return published is None or day is None or abs(published - day) < dt.timedelta(days=366)


def _issuer(title: str, adoptions: Sequence[str]) -> str | None:
    """Return who adopted this version: named at the head of the title (courts), or in the last line of adoption."""
    if named := _ISSUERS.findall(title.split("关于")[0]):
        return "、".join(named)
    last = adoptions[-1] if adoptions else ""
    if order := _ORDER.search(last):
        return order[1].replace("中华人民共和国", "") if order[1] else None
    adopted = _ISSUERS.search(last)
    return adopted[0] if adopted else None


def _replaced(title: str, blocks: Sequence[Block]) -> tuple[str, ...]:
    texts = [block.text for block in blocks if isinstance(block, Paragraph)][-_LAST_ARTICLES:]
    names = [
        name for text in texts for match in _REPEALS.finditer(text) for name in re.findall("《([^《》]+)》", match[0])
    ]
    return tuple(dict.fromkeys(name for name in names if name != title))
