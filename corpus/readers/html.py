"""Reads saved web pages: the article, without menus and footers; nothing that a page links to is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.clean import clean_heading, clean_line
from corpus.dates import find_date
from corpus.errors import FileTooLargeError
from corpus.readers.base import MIB, Block, Cell, Content, Heading, Limits, Paragraph, make_table
from corpus.readers.text import decode

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_DROPPED = (
    "script,style,noscript,template,nav,header,footer,aside,form,iframe,svg,button,select,object,embed,"
    "[hidden],[aria-hidden=true],[role=navigation],[role=banner],[role=contentinfo]"
)
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|breadcrumbs?|crumbs?|sidebar|footer|foot|header|head|share|related|pagination|pager|copyright|"
    r"toolbar|search|login|banner|position|dqwz|bottom|qrcode|erweima|links?)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_MAIN = (
    "#UCAP-CONTENT,#zoom,#Zoom,.TRS_Editor,.TRS_UEDITOR,.article-content,.article_content,.pages_content,.news_content,"
    "#content,.content,article,main"
)
_LEAST_SHARE = 0.4
_BLOCKS = {
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "section",
    "article",
    "main",
    "blockquote",
    "pre",
    "body",
    "center",
    "figure",
    "figcaption",
    "tr",
    "td",
    "th",
    "tbody",
    "table",
    "address",
    "fieldset",
    "details",
    "summary",
}
_MOST_SPAN = 100


def read_html(data: bytes, limits: Limits) -> Content:
    """Read a web page; title, source and day from the metadata that Chinese government sites carry.

    :raises FileTooLargeError: for a page above the limit: its tree takes about ten times its size in memory.
    """
    if len(data) > limits.max_html_bytes:
        raise FileTooLargeError(
            f"found a web page of {len(data) // MIB} MiB, wanted at most {limits.max_html_bytes // MIB} MiB"
        )
    page = LexborHTMLParser(_decode(data))
    title, source, day = _title(page), _meta(page, "ContentSource"), find_date(_meta(page, "PubDate") or "")
    for node in page.css(_DROPPED):
        node.decompose()
    body = page.body
    if body is None:
        return Content((), title=title)
    for node in body.css("[class],[id],[style]"):
        if _is_furniture(node):
            node.decompose()
    blocks = list(_blocks(_main(page, body)))
    return Content(tuple(blocks), title=title, issuer=source, published_date=day)


def _decode(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        return data.decode("gb18030", errors="replace")
    return decode(data)


def _meta(page: LexborHTMLParser, name: str) -> str | None:
    node = page.css_first(f'meta[name="{name}" i]')
    text = clean_line(node.attributes.get("content") or "") if node is not None else ""
    return text or None


def _title(page: LexborHTMLParser) -> str | None:
    if given := _meta(page, "ArticleTitle"):
        return given
    for selector in ("h1", "title"):
        node = page.css_first(selector)
        text = clean_line(node.text()) if node is not None else ""
        if text:
            return re.split(r"\s*[_|]\s*|\s+-+\s+", text)[0]
    return None


def _is_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    if "display:none" in (attributes.get("style") or "").replace(" ", ""):
        return True
    return bool(_FURNITURE.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"))


def _main(page: LexborHTMLParser, body: LexborNode) -> LexborNode:
    """Return the element that editors' systems put the text in, if it holds enough of it; else the body."""
    whole = len(body.text(strip=True))
    for node in page.css(_MAIN):
        if len(node.text(strip=True)) >= _LEAST_SHARE * whole:
            return node
    return body


def _blocks(node: LexborNode) -> Iterator[Block]:
    waiting: list[str] = []
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "br" or tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            yield from _paragraph(waiting)
            waiting = []
        if re.fullmatch("h[1-6]", tag) and clean_line(child.text()):
            yield Heading(clean_heading(child.text()), int(tag[1]))
        elif tag == "table" and not _is_layout(child):
            yield from _table(child)
        elif tag in _BLOCKS:
            yield from _blocks(child)
        elif tag == "-text":
            waiting.append(child.text(deep=False) or "")
        elif tag != "br" and child.css_first("p,div,table,br") is not None:
            yield from _paragraph(waiting)
            waiting = []
            yield from _blocks(child)
        elif tag not in ("br", "-comment"):
            waiting.append(child.text())
    yield from _paragraph(waiting)


def _paragraph(texts: list[str]) -> Iterator[Block]:
    if text := clean_line("".join(texts)):
        yield Paragraph(text)


def _is_layout(table: LexborNode) -> bool:
    """Tell whether a table only places other things: it holds tables, or a single cell."""
    return table.css_first("table table") is not None or len(table.css("td,th")) == 1


def _table(node: LexborNode) -> Iterator[Block]:
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    lines = node.css("tr")
    for row, line in enumerate(lines):
        column = 0
        for element in line.css("td,th"):
            while (row, column) in taken:
                column += 1
            height = min(_span(element, "rowspan"), len(lines) - row)
            cell = Cell(row, column, element.text(separator=" "), height, _span(element, "colspan"))
            taken |= {(row + y, column + x) for y in range(cell.rows) for x in range(cell.columns)}
            cells.append(cell)
    caption = node.css_first("caption")
    if caption is not None and (text := clean_line(caption.text())):
        yield Paragraph(text)
    if table := make_table(cells):
        yield table


def _span(element: LexborNode, name: str) -> int:
    text = (element.attributes.get(name) or "1").strip()
    return min(max(int(text), 1), _MOST_SPAN) if text.isdecimal() else 1
