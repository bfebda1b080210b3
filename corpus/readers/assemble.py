"""From what a file says to a Document: identity, kind, topic and region, then passages."""

from __future__ import annotations

import datetime as dt
import re

from corpus.chunk import FEWEST_ARTICLES, chunk, count_articles
from corpus.errors import EmptyFileError
from corpus.readers.base import Content
from corpus.records import Confidence, Document, Kind
from corpus.redhead import Identity, identify
from corpus.succession import make_document_id

_LAW_TITLE = re.compile(r"(?:法|条例|细则|办法|规定|规则|解释|章程)(?:（[^）]*）)?$")
_GUIDE_TITLE = re.compile(r"办事指南|服务指南|办理指南|申报指南")
_PERIOD = re.compile(r"(20\d{2})\s*年?\s*[—－–~～至到-]+\s*(20\d{2})\s*年")
_FIVE_YEAR_PLAN = {"十三五": 2016, "十四五": 2021, "十五五": 2026, "十六五": 2031}
_TOPICS = {
    "地理标志": "地理标志",
    "商标": "商标",
    "品牌": "品牌",
    "贯标": "贯标",
    "合规管理": "贯标",
    "质押": "质押融资",
    "著作权": "著作权",
    "软件": "著作权",
    "商业秘密": "商业秘密",
    "植物新品种": "植物新品种",
    "布图设计": "布图设计",
    "非物质文化遗产": "非遗",
    "代理": "代理服务",
    "技术合同": "技术合同",
    "补助": "补贴资助",
    "资助": "补贴资助",
    "奖励": "补贴资助",
    "专利": "专利",
    "规划": "规划",
}
_REGIONS = {"通辽": ("通辽", "科尔沁", "开鲁", "库伦", "奈曼", "扎鲁特", "霍林郭勒"), "内蒙古": ("内蒙古", "自治区")}


def assemble(content: Content, *, name: str, sha256: str) -> Document:
    """Make the document that a file holds.

    :param name: the file name without its suffix: the title of last resort.
    :raises EmptyFileError: when no text remains.
    """
    identity = identify(content, fallback_title=name)
    kind = _kind(identity)
    start = identity.effective_date or identity.published_date
    document_id = make_document_id(kind, identity.title, start)
    passages = chunk(identity.blocks, document_id=document_id, title=identity.title)
    if not passages:
        raise EmptyFileError(f"found no text below the title {identity.title!r}")
    period_start, period_end = _period(identity) if kind is Kind.PLAN else (None, None)
    return Document(
        document_id=document_id,
        title=identity.title,
        kind=kind,
        topic=next((topic for word, topic in _TOPICS.items() if word in identity.title), ""),
        aliases=identity.attached,
        region=_region(identity),
        issuer=identity.issuer,
        document_number=identity.document_number,
        published_date=identity.published_date,
        effective_date=identity.effective_date,
        repealed_date=identity.repealed_date,
        period_start=period_start,
        period_end=period_end,
        confidence=Confidence.SINGLE_TRANSCRIPTION if content.transcribed else Confidence.VERIFIED,
        sha256=sha256,
        passages=passages,
    )


def _kind(identity: Identity) -> Kind:
    if "规划" in identity.title:
        return Kind.PLAN
    if _GUIDE_TITLE.search(identity.title):
        return Kind.GUIDE
    has_articles = count_articles(identity.blocks) >= FEWEST_ARTICLES
    return Kind.LAW if has_articles and _LAW_TITLE.search(identity.title) else Kind.POLICY


def _region(identity: Identity) -> str:
    """Return the place that title, issuer or number name; a longer list of places is tried first."""
    words = f"{identity.title} {identity.issuer or ''}"
    return next((region for region, places in _REGIONS.items() if any(place in words for place in places)), "全国")


def _period(identity: Identity) -> tuple[dt.date | None, dt.date | None]:
    opening = " ".join([identity.title, *(getattr(block, "text", "") for block in identity.blocks[:3])])
    if match := _PERIOD.search(opening):
        return dt.date(int(match[1]), 1, 1), dt.date(int(match[2]), 12, 31)
    for name, year in _FIVE_YEAR_PLAN.items():
        if name in identity.title:
            return dt.date(year, 1, 1), dt.date(year + 4, 12, 31)
    return None, None
