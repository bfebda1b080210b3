"""A reply as plain data and as plain text, the same for every door. No HTML here."""

from __future__ import annotations

from typing import Any

from assistant import messages
from assistant.replies import Answer, Citation, Clarification, Engine, Handoff, Reply, Turn
from assistant.sessions import kind_of
from corpus.records import Status

UNSURE = frozenset({messages.NOTICE_RIVALS, messages.NOTICE_ALONE})
"""Notices of an answer that offers what else may be meant."""
STATUS_WORDS = {
    Status.CURRENT: "现行",
    Status.FUTURE: "尚未施行",
    Status.REPEALED: "已废止",
    Status.EXPIRED: "规划期已到期",
}


def document_url(document_id: str, passage_id: str | None = None) -> str:
    """Return the path that opens a document, at a passage if one is given."""
    path = f"/documents/{document_id}"
    if passage_id is None:
        return path
    anchor = passage_id.rsplit("#", 1)[-1]
    return f"{path}?passage={anchor}#{anchor}"


def citation_as_dict(citation: Citation) -> dict[str, Any]:
    """Return a citation with the field names of the HTTP contract."""
    return {
        "marker": citation.marker,
        "passage_id": citation.passage_id,
        "document_id": citation.document_id,
        "title": citation.title,
        "locator": citation.locator,
        "quote": citation.quote,
        "issuer": citation.issuer,
        "document_number": citation.document_number,
        "effective_date": citation.effective_date,
        "repealed_date": citation.repealed_date,
        "status": citation.status.value,
        "url": document_url(citation.document_id, citation.passage_id),
    }


def engine_of(reply: Reply) -> Engine:
    """Return what wrote ``reply``."""
    return reply.engine if isinstance(reply, Answer) else Engine.EXTRACTIVE


def turn_as_dict(turn: Turn) -> dict[str, Any]:
    """Return a turn with the field names of the HTTP contract."""
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    handoff = None
    if isinstance(reply, Handoff):
        handoff = {"reason": reply.reason, "desk": reply.desk, "ticket_id": reply.ticket_id}
    return {
        "reply_id": turn.reply_id,
        "session_id": turn.session_id,
        "kind": kind_of(reply),
        "text": reply.text,
        "citations": [citation_as_dict(citation) for citation in citations],
        "notices": list(reply.notices) if isinstance(reply, Answer | Handoff) else [],
        "suggestions": list(reply.suggestions),
        "confidence": round(0.0 if isinstance(reply, Clarification) else reply.confidence, 3),
        "handoff": handoff,
        "curated_id": reply.curated_id if isinstance(reply, Answer) else None,
        "engine": engine_of(reply).value,
        "as_of": turn.as_of,
        "elapsed_ms": round(turn.elapsed_ms, 2),
    }


def reply_as_text(reply: Reply) -> str:
    """Return a reply as text for a terminal or a bot: the words, the notices, the sources and near questions as plain lines."""
    lines = [reply.text]
    if isinstance(reply, Answer | Handoff):
        lines += [messages.notice_line(notice) for notice in reply.notices]
        lines += [source_line(citation) for citation in reply.citations]
    lines += choice_lines(reply)
    return "\n\n".join(lines[:1]) + ("\n\n" + "\n".join(lines[1:]) if lines[1:] else "")


def choices_label(reply: Reply) -> str:
    """Return what stands above the questions to tap: one of them is meant, may be meant, or goes on from the reply."""
    if isinstance(reply, Clarification):
        return messages.CHOOSE
    unsure = isinstance(reply, Handoff) or not UNSURE.isdisjoint(reply.notices if isinstance(reply, Answer) else ())
    return messages.NEAR_QUESTIONS if unsure else messages.ASK_NEXT


def choice_lines(reply: Reply) -> list[str]:
    """Return, for a chat without buttons, the questions that a reply says may be meant; what only goes on from it is none."""
    lines = [messages.choice_line(choice) for choice in reply.suggestions]
    if isinstance(reply, Clarification):
        return lines
    label = choices_label(reply)
    return [label, *lines] if lines and label == messages.NEAR_QUESTIONS else []


def source_line(citation: Citation) -> str:
    """Return a citation as one plain line."""
    return f"[{citation.marker}] 《{citation.title}》{citation.locator}（{STATUS_WORDS[citation.status]}）"
