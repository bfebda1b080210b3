"""What an official document says about itself: 发文机关, 文号, 标题, 成文日期, and since when and until when it holds. Pure.

Red-head documents (红头文件) put the issuer and number above the title and sign with issuer and date below the text;
rules (规章) carry a line in parentheses under the title instead: （2023年12月29日国家知识产权局令第80号公布 …）.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.clean import clean_heading
from corpus.dates import effective_date_in, find_date, repealed_date_in
from corpus.locator import NUMERAL
from corpus.readers.base import Block, Content, Heading, Table
from corpus.structure import article_of, division_of, outline_of

_FRONT = 15
_TITLE_LINES = 4
_TITLE_KINDS = (
    "通知|意见|办法|规定|条例|细则|决定|公告|通告|方案|规划|计划|批复|函|报告|指南|措施|法|解释|纲要|清单|目录|通报|答复|标准|"
    "章程|须知|说明|规范|规则|政策|公报|要点|预案|制度|名单|服务"
)
_TITLE_END = re.compile(rf"(?:{_TITLE_KINDS})(?:（[^（）]{{1,20}}）|\([^()]{{1,20}}\))*$")
_NUMBER = re.compile(
    r"[（(]?(?:发文字号|文\s*号)?\s*[:：]?\s*("
    r"[\u4e00-\u9fff]{1,16}[〔\[【（(]\s*\d{4}\s*[〕\]】）)]\s*第?\s*\d+\s*号|"
    r"[\u4e00-\u9fff]{2,26}令?\s*第\s*\d+\s*号令?|第\s*\d+\s*号令?)[）)]?"
)
_RED_HEAD = re.compile(r"(?!关于)([\u4e00-\u9fff、 ]{3,40}?)\s*(文\s*件|公\s*告|令|公\s*报)$")
_ENACTED = re.compile(r"^[（(].*(?:公布|发布|通过|修订|修正|印发|施行).*[）)]$")
_ORDER = re.compile(r"日\s*([\u4e00-\u9fff]{2,26}?(?:令|公告)第\s*\d+\s*号)")
_DATE_LINE = re.compile(rf"[（(]?(?:{NUMERAL})\s*年\s*(?:{NUMERAL})\s*月\s*(?:{NUMERAL})\s*日[）)]?")
_ORGANISATION = re.compile(r"[\u4e00-\u9fff、 （）]{3,40}(?:局|府|会|办公室|办|部|委|院|中心|厅|署|处|党组|联盟)$")
_PRINTED = re.compile(r"^(?:抄\s*送|主送|分送|联系人|联系电话)\s*[:：]|.*年.*月.*日\s*(?:印发|印)$")
_FURNITURE = re.compile(
    r"^[-—–－·\s]*\d{1,4}[-—–－·\s]*$|^第\s*\d+\s*页(?:\s*[,，共/].*)?$|^[（(]?此件(?:公开|主动公开|依申请)|^信息公开选项"
)
_SELF = re.compile(
    r"本(?:通知|办法|规定|细则|条例|意见|方案|措施|公告|规则|法|解释|指南|标准|清单|文件|目录|规范|决定|政策)[^。；]{0,12}自"
)


@dataclass(slots=True)
class Identity:
    """What was found, and the blocks that remain to be cut; ``attached`` are texts that a notice issues (印发《…》)."""

    title: str = ""
    issuer: str | None = None
    document_number: str | None = None
    published_date: dt.date | None = None
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None
    attached: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)


def identify(content: Content, *, fallback_title: str) -> Identity:
    """Read what a document says about itself; whatever it does not say stays None.

    :param fallback_title: the file name, for documents without a recognisable title.
    """
    found = Identity(issuer=content.issuer, published_date=content.published_date)
    blocks = [block for block in content.blocks if isinstance(block, Table) or not _FURNITURE.match(block.text)]
    blocks = _without_signature(blocks, found)
    front = next((i for i, block in enumerate(blocks) if _is_body(block)), len(blocks))
    head, body = blocks[: min(front, _FRONT)], blocks[min(front, _FRONT) :]
    rest = _read_head(head, found)
    _read_title(rest, found, content.title)
    found.title = found.title or fallback_title
    if found.issuer is None and (named := re.match(r"(.{3,30}?)关于", found.title)):
        found.issuer = named[1]
    attached = set(re.findall("《([^《》]+)》", found.title))
    found.blocks = [_as_heading(block, attached) for block in (*rest, *body)]
    found.attached = tuple(sorted(attached & {block.text for block in found.blocks if isinstance(block, Heading)}))
    _read_life(found)
    return found


def _as_heading(block: Block, attached: set[str]) -> Block:
    """Turn the line that repeats the name of an attached text into the heading of that text."""
    if isinstance(block, Table) or clean_heading(block.text) not in attached:
        return block
    return Heading(clean_heading(block.text), 1)


def _is_body(block: Block) -> bool:
    if isinstance(block, Table):
        return True
    if article_of(block.text) or division_of(block.text) or outline_of(block.text):
        return True
    return isinstance(block, Heading) and block.level > 1


def _without_signature(blocks: Sequence[Block], found: Identity) -> list[Block]:
    """Take out the first date that stands alone below some text, with the organisations above it."""
    kept: list[Block] = []
    signed = False
    for number, block in enumerate(blocks):
        text = "" if isinstance(block, Table) else block.text
        if _PRINTED.match(text) and number > 2 and len(text) < 80:
            found.published_date = found.published_date or find_date(text)
            continue
        if not signed and number > 2 and _DATE_LINE.fullmatch(text):
            signed = True
            found.published_date = found.published_date or find_date(text)
            signers: list[str] = []
            while len(kept) > 2 and not isinstance(kept[-1], Table) and _ORGANISATION.fullmatch(kept[-1].text):
                signers.insert(0, clean_heading(kept.pop().text))  # type: ignore[union-attr]
            found.issuer = found.issuer or "、".join(signers) or None
            continue
        kept.append(block)
    return kept


def _read_head(head: Sequence[Block], found: Identity) -> list[Block]:
    rest: list[Block] = []
    for number, block in enumerate(head):
        text = "" if isinstance(block, Table) else clean_heading(block.text)
        if found.document_number is None and (match := _NUMBER.fullmatch(text)):
            found.document_number = re.sub(r"\s", "", match[1])
        elif number < 5 and len(text) < 40 and (match := _RED_HEAD.fullmatch(text)) and not _read_order(text):
            found.issuer = found.issuer or match[1].strip()
        elif _ENACTED.match(text):
            _read_enactment(text, found)
        elif not (number < _FRONT and _DATE_LINE.fullmatch(text)):
            rest.append(block)
        else:
            found.published_date = found.published_date or find_date(text)
    if found.document_number and found.document_number.startswith("第") and found.issuer:
        found.document_number = f"{found.issuer}令{found.document_number}".replace("令令", "令")
    return rest


def _read_order(text: str) -> bool:
    return _TITLE_END.search(text) is not None and "关于" in text


def _read_enactment(text: str, found: Identity) -> None:
    before = text.split("自")[0]
    days = [day for part in re.split(r"[，,；;\s]", before) if (day := find_date(part))]
    found.published_date = found.published_date or max(days, default=None)
    if order := _ORDER.search(text):
        found.document_number = found.document_number or re.sub(r"\s", "", order[1])
        found.issuer = found.issuer or re.sub(r"(?:令|公告)第.*", "", order[1]).strip()
    found.effective_date = effective_date_in(text, found.published_date)


def _read_title(rest: list[Block], found: Identity, given: str | None) -> None:
    """Find the title in the first lines and take its lines out of ``rest``."""
    texts = [clean_heading(block.text) for block in rest if not isinstance(block, Table)][: _TITLE_LINES * 2]
    if given is not None:
        found.title = clean_heading(given)
    elif rest and isinstance(rest[0], Heading) and rest[0].level == 1:
        found.title = clean_heading(rest[0].text)
    else:
        found.title = _title_in(texts)
    joined = ""
    while rest and not isinstance(rest[0], Table) and joined != found.title:
        if not found.title.startswith(joined + clean_heading(rest[0].text)):
            break
        joined += clean_heading(rest.pop(0).text)  # type: ignore[union-attr]


def _title_in(texts: Sequence[str]) -> str:
    joined = ""
    for text in texts[:_TITLE_LINES]:
        if len(text) > 60 or text.endswith(("。", "；", "：", ":", "，")):
            break
        joined += text
        if _TITLE_END.search(joined):
            return joined
    first = texts[0] if texts else ""
    return first if len(first) <= 60 and not first.endswith(("。", "；", "：", ":", "，")) else ""


def _read_life(found: Identity) -> None:
    for block in reversed(found.blocks):
        if isinstance(block, Table):
            continue
        if found.effective_date is None and _SELF.search(block.text):
            found.effective_date = effective_date_in(block.text, found.published_date)
        if found.repealed_date is None and "有效期" in block.text and _SELF.search(block.text):
            found.repealed_date = repealed_date_in(block.text, found.effective_date or found.published_date)
