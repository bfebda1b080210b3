"""A stored reply told again: what it rested on then, how that reads now, and what the assistant of today would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.desk import messages
from assistant.desk import page_messages as words
from assistant.desk.curated_records import DOCUMENT_PREFIX
from assistant.desk.diff import Piece, pieces
from assistant.desk.release import silent
from assistant.errors import NotFoundError
from assistant.replies import Answer, Citation, Engine, Handoff, Reply, Turn
from assistant.sessions import kind_of
from assistant.wiring import Components
from index.store import Index


class Since(StrEnum):
    """What became of a text since a reply was given."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage that a reply quoted, and whether it still reads so."""

    citation: Citation
    since: Since


@dataclass(frozen=True, slots=True)
class TextUsed:
    """A text that a reply was made with; ``sha256`` is that of the text then."""

    document_id: str
    sha256: str
    since: Since


@dataclass(frozen=True, slots=True)
class Reproduction:
    """``now`` is today's reply to the same question about the same day; ``difference`` leads from the old text to it."""

    turn: Turn
    quoted: tuple[Quoted, ...]
    texts: tuple[TextUsed, ...]
    index_since: Since
    now: Reply
    same: bool
    difference: tuple[Piece, ...]


def reproduce(parts: Components, reply_id: str) -> Reproduction:
    """Ask the question of a stored reply again, without a chat model and without leaving a trace.

    :raises NotFoundError: when there is no such reply, or its words were deleted when their time was over.
    :raises IndexNotReadyError: while there is no open index.
    """
    turn, index = parts.conversations.reply(reply_id), parts.indexes.current()
    now = silent(parts, parts.indexes).ask(turn.standalone_query or turn.query, as_of=turn.as_of).reply
    made_with = turn.made_with
    texts = made_with.texts.items() if made_with else ()
    unchanged = made_with is not None and made_with.fingerprint == index.manifest.fingerprint
    return Reproduction(
        turn=turn,
        quoted=tuple(
            Quoted(each, _since(each.quote, _quote_now(parts, each, index))) for each in _citations(turn.reply)
        ),
        texts=tuple(TextUsed(name, sha256, _since(sha256, _sha256_now(parts, name, index))) for name, sha256 in texts),
        index_since=Since.SAME if unchanged else Since.CHANGED,
        now=now,
        same=_said(turn.reply) == _said(now),
        difference=tuple(pieces(turn.reply.text, now.text)),
    )


def told(found: Reproduction) -> Iterator[str]:
    """Yield a reproduction as lines for people."""
    turn = found.turn
    channel, kind = words.CHANNELS[turn.channel], kind_of(turn.reply)
    yield messages.reproduced_head(turn.query, turn.as_of.isoformat(), channel, kind)
    if turn.made_with is None:
        yield messages.REPRODUCED_WITHOUT_VERSIONS
    else:
        yield messages.reproduced_index(turn.made_with.generation, found.index_since)
        yield messages.REPRODUCED_TEXTS + ("" if found.texts else words.NOTHING)
        yield from (messages.reproduced_text(each.document_id, each.sha256, each.since) for each in found.texts)
    yield messages.REPRODUCED_QUOTES + ("" if found.quoted else words.NOTHING)
    for each in found.quoted:
        source = each.citation
        yield messages.reproduced_quote(source.marker, source.title, source.locator, source.quote, each.since)
    yield f"\n{turn.reply.text}\n"
    if isinstance(turn.reply, Answer) and turn.reply.engine is Engine.CHAT_MODEL:
        yield messages.REPRODUCED_BY_CHAT_MODEL
    if found.same:
        yield messages.REPRODUCED_SAME
        return
    yield messages.REPRODUCED_OTHER
    yield "".join(messages.reproduced_piece(piece.change, piece.text) for piece in found.difference)


def _said(reply: Reply) -> tuple[str, str, tuple[str, ...]]:
    return kind_of(reply), reply.text, tuple(each.passage_id for each in _citations(reply))


def _citations(reply: Reply) -> tuple[Citation, ...]:
    return reply.citations if isinstance(reply, Answer | Handoff) else ()


def _since(then: str, now: str | None) -> Since:
    if now is None:
        return Since.GONE
    return Since.SAME if then == now else Since.CHANGED


def _quote_now(parts: Components, citation: Citation, index: Index) -> str | None:
    """Return what stands today where a citation points, None where there is nothing any more."""
    try:
        if citation.document_id.startswith(DOCUMENT_PREFIX):
            return parts.desk.shelf.document(citation.document_id).passages[0].text
        return index.passage(citation.passage_id).text
    except (KeyError, NotFoundError):
        return None


def _sha256_now(parts: Components, document_id: str, index: Index) -> str | None:
    try:
        known = index.documents.get(document_id)
        return (known or parts.desk.shelf.document(document_id)).sha256
    except NotFoundError:
        return None
