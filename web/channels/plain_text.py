"""A reply in the form of a chat message: no Markdown, tables as lines, cut at sentence ends, sources kept. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant import messages as general
from assistant.channels import messages
from assistant.channels.cutting import MAX_MESSAGE_BYTES, cut
from assistant.presentation import STATUS_WORDS, choice_lines, document_url
from assistant.replies import Answer, Citation, Clarification, Handoff, Reply
from corpus.records import Status

_NOTICE_BYTES = 420
_SOURCE_BYTES = 700
_MARKER = re.compile(r"\s?\[(\d+)\]")
_SHOWN_MARKER = re.compile(r"〔\d+〕")
_LEAST_BYTES = 120  # of the answer itself
_MARKER_BYTES = len("〔99〕".encode())
# What a cut must not end with: a heading, or a line that leads in to a list which is gone.
_DANGLING = re.compile(r"(?:\n+[^\n]*：(?:〔\d+〕)?|\n\n[^\n。；！？）〕]+)$")
_LINK = re.compile(r"\[([^\]\n]+)\]\((\S+?)\)")
_HEADING = re.compile(r"^#{1,6}\s+")
_BULLET = re.compile(r"^(\s*)[-*+]\s+")
_RULE = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?$")
_UNIT = re.compile(r"（(\w{1,2})）$")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Style:
    """How one door writes.

    :param base_url: where links begin, e.g. ``https://ip.example.cn``; empty = no links.
    :param markdown: 企业微信's Markdown (bold and links only) instead of plain text.
    """

    base_url: str = ""
    markdown: bool = False


def render(reply: Reply, reply_id: str, style: Style, *, closing: tuple[str, ...] = ()) -> str:
    """Return a whole message of at most ``MAX_MESSAGE_BYTES`` bytes of UTF-8.

    :param closing: lines that always stand at the end, such as how to reach a person.
    """
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    linked = bool(style.base_url) and isinstance(reply, Answer | Handoff)
    link = (messages.link_line(f"{style.base_url}/r/{reply_id}", sources=bool(citations)),) if linked else ()
    disclaimer = (messages.SHORT_DISCLAIMER,) if isinstance(reply, Answer) else ()
    last = "\n".join((*closing, *link, *disclaimer))
    notices = "\n".join(_fitting([general.notice_line(each) for each in _notices(reply)], _NOTICE_BYTES))
    sources = [(f"〔{citation.marker}〕", _source(citation, style)) for citation in citations]

    def assembled(text: str, notices: str) -> str:
        # A source whose marker was cut off would stand for nothing.
        shown = _fitting([line for marker, line in sources if marker in text], _SOURCE_BYTES)
        return _joined(text, notices, "\n".join(shown), last)

    choices = "\n".join(choice_lines(reply))
    text = flatten(reply.text, keep_bold=style.markdown)
    if isinstance(reply, Clarification):
        text, choices = f"{text}\n{choices}".rstrip(), ""
    notices = "\n".join(filter(None, (notices, choices)))
    more = messages.CUT if linked else messages.ASK_NARROWER
    for told in (notices, ""):  # notices go before the answer itself does
        whole = assembled(text, told)
        if _size(whole) <= MAX_MESSAGE_BYTES:
            return whole
        room = MAX_MESSAGE_BYTES - (_size(whole) - _size(text)) - _size(more) - 1
        if room >= _LEAST_BYTES:
            break
    return assembled(f"{_shortened(text, room)}\n{more}", told)


def _shortened(text: str, max_bytes: int) -> str:
    """Return a beginning of ``text`` that ends well: no heading or lead-in alone, the last statement with its marker."""
    kept = cut(text, max_bytes - _MARKER_BYTES)
    while (shorter := _DANGLING.sub("", kept)) != kept:
        kept = shorter
    rest = text[len(kept) :].split("\n\n", 1)[0]
    marker = _SHOWN_MARKER.search(rest)
    told = kept.rpartition("\n\n")[2]
    return kept + marker[0] if marker and not _SHOWN_MARKER.search(told) else kept


def flatten(text: str, *, keep_bold: bool = False) -> str:
    """Return Markdown as plain lines: see :func:`_row` for tables, ``· `` for a list's item, ``〔1〕`` for a marker."""
    lines: list[str] = []
    header: list[str] | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("|"):
            if _RULE.match(line):
                continue
            cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(line.strip("|"))]
            if header is None:
                header = cells
                continue
            line = _row(header, cells)
        else:
            header = None
            line = _BULLET.sub(r"\1· ", _HEADING.sub("", raw.rstrip().removeprefix("> ")))
        lines.append(_inline(line, keep_bold=keep_bold))
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    # A table's marker stands alone in a paragraph; in lines it belongs to the last row.
    return re.sub(r"\n+((?:〔\d+〕)+)(?=\n|$)", r"\1", joined)


def _row(header: list[str], cells: list[str]) -> str:
    """Return ``申请费：900元`` for a row of two cells, ``【申请费】发明：900；实用新型：500`` for a longer one."""
    label, *values = cells
    pairs = [(name, value) for name, value in zip(header[1:], values, strict=False) if value]
    if label and len(header) == 2 and pairs:
        unit = _UNIT.search(header[1]) if values[0][-1].isdigit() else None
        return f"{label}：{values[0]}{unit[1] if unit else ''}"
    rest = "；".join(f"{name}：{value}" if name else value for name, value in pairs)
    return f"【{label}】{rest}" if label and rest else label or rest


def _inline(line: str, *, keep_bold: bool) -> str:
    line = _LINK.sub(r"\1（\2）", line)
    line = _MARKER.sub(r"〔\1〕", line)
    line = line.replace("`", "")
    return line if keep_bold else line.replace("**", "").replace("__", "")


def _source(citation: Citation, style: Style) -> str:
    life = "" if citation.status is Status.CURRENT else f"（{STATUS_WORDS[citation.status]}）"
    name = f"《{citation.title}》{citation.locator}"
    if style.markdown and style.base_url:
        name = f"[{name}]({style.base_url}{document_url(citation.document_id, citation.passage_id)})"
    return f"〔{citation.marker}〕{name}{life}"


def _notices(reply: Reply) -> tuple[str, ...]:
    return reply.notices if isinstance(reply, Answer | Handoff) else ()


def _fitting(lines: list[str], max_bytes: int) -> list[str]:
    """Return the first lines that fit together."""
    kept: list[str] = []
    for line in lines:
        if _size("\n".join([*kept, line])) > max_bytes:
            break
        kept.append(line)
    return kept


def _size(text: str) -> int:
    return len(text.encode())


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
