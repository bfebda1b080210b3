"""Replies as the Markdown and HTML of the chat page. Pure; everything from outside is escaped."""

from __future__ import annotations

import re
from html import escape

from assistant import messages
from assistant.desk import messages as desk_messages
from assistant.presentation import STATUS_WORDS, document_url
from assistant.replies import Answer, Citation, Handoff, Turn
from assistant.sessions import kind_of
from corpus.records import Status
from web.pages.document import render_markdown

_MARKER = re.compile(r"\s?\[(\d+)\]")


def turn_markdown(turn: Turn) -> str:
    """Return a whole reply: the text with tappable markers, notices, the sources, then the day it speaks of."""
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    notices = list(reply.notices) if isinstance(reply, Answer | Handoff) else []
    if isinstance(reply, Handoff) and reply.ticket_id:
        notices.append(messages.ticket_line(reply.ticket_id))
    curated = isinstance(reply, Answer) and reply.curated_id is not None
    parts = [
        staff_badge(desk_messages.BADGE_CURATED) if curated else badge(kind_of(reply)),
        linked(reply.text, citations),
    ]
    parts += [f'<div class="notice">⚠ {escape(notice)}</div>' for notice in notices]
    parts += [sources(citations)]
    if citations:
        parts += [f'<div class="as-of">{messages.reply_footer(turn.as_of)}</div>']
    return "\n\n".join(part for part in parts if part)


def staff_markdown(question: str, answer: str) -> str:
    """Return the answer of a person at the desk; nobody's words are taken for markup."""
    head = staff_badge(desk_messages.BADGE_STAFF)
    lines = escape(answer).replace("\n", "<br>")
    return f"{head}\n\n{escape(desk_messages.staff_answer(question))}\n\n<div>{lines}</div>"


def staff_badge(words: str) -> str:
    """Return the word above what people at the desk have written or approved."""
    return f'<span class="badge staff">{words}</span>'


def badge(kind: str) -> str:
    """Return the word above a reply that says what sort it is; a question back and small talk speak for themselves."""
    return f'<span class="badge {kind}">{messages.BADGES[kind]}</span>' if kind in messages.BADGES else ""


def linked(text: str, citations: tuple[Citation, ...]) -> str:
    """Return ``text`` with each known ``[1]`` turned into a link to its passage; unknown markers go, and no text is taken
    for HTML, nor 10~15次 and 2~3次 for something struck out.
    """
    urls = {citation.marker: document_url(citation.document_id, citation.passage_id) for citation in citations}

    def link(match: re.Match[str]) -> str:
        marker = int(match[1])
        return f" [〔{marker}〕]({urls[marker]})" if marker in urls else ""

    return _MARKER.sub(link, text.replace("<", "&lt;").replace("~", "～"))


def sources(citations: tuple[Citation, ...]) -> str:
    """Return the sources as cards that unfold to the quote and lead to the document at the passage."""
    if not citations:
        return ""
    cards = "".join(_card(citation) for citation in citations)
    return f'<div class="sources"><div class="sources-title">{messages.SOURCES}</div>{cards}</div>'


def _card(citation: Citation) -> str:
    url = escape(document_url(citation.document_id, citation.passage_id), quote=True)
    status = STATUS_WORDS[citation.status]
    life = "ok" if citation.status is Status.CURRENT else "old"
    number = f"（{escape(citation.document_number)}）" if citation.document_number else ""
    # A blank line would end the block of HTML inside the chat's Markdown.
    quote = render_markdown(citation.quote).replace("\n\n", "\n").strip()
    return (
        f"<details><summary>〔{citation.marker}〕《{escape(citation.title)}》{number}{escape(citation.locator)} "
        f'<span class="life {life}">{status}</span></summary>'
        f'<blockquote>{quote}</blockquote><a href="{url}" target="_blank">{messages.OPEN_SOURCE}</a></details>'
    )
