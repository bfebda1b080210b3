"""The desk's values as HTML. Pure; everything from outside is escaped, and charts are drawings, not scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape

from assistant.desk import page_messages as words
from assistant.desk.diff import Change, DocumentDiff
from assistant.desk.hours import SHANGHAI
from assistant.desk.preview import Preview
from assistant.desk.rehearsal import Rehearsal
from assistant.desk.statistics import Count, Report
from assistant.desk.ticket_records import Ticket
from assistant.desk.uploads import Upload
from assistant.presentation import STATUS_WORDS
from assistant.replies import Turn
from index.retriever import Hit, SearchResult
from web.pages.rendering import turn_markdown

_PIECE_TAGS = {Change.SAME: "span", Change.ADDED: "ins", Change.REMOVED: "del", Change.CHANGED: "span"}
_BAR_HEIGHT, _BAR_WIDTH, _LABEL_WIDTH = 20, 220, 100


def evidence(result: SearchResult, dropped: Sequence[str]) -> str:
    """Return the passages behind a reply with scores and dates, then what was left out and why."""
    parts = [f"<h3>{words.EVIDENCE}</h3>", f'<p class="quiet">{words.SURENESS} {result.probability:.0%}</p>']
    parts += [_passage(hit) for hit in result.hits] or [f"<p>{words.NO_EVIDENCE}</p>"]
    if result.out_of_force:
        parts += [f"<h3>{words.OUT_OF_FORCE}</h3>", *(_passage(hit, out=True) for hit in result.out_of_force)]
    if dropped:
        parts += [f"<h3>{words.DROPPED}</h3>", *(f'<p class="desk-warn">{escape(each)}</p>' for each in dropped)]
    return _whole(parts)


def _whole(parts: Iterable[str]) -> str:
    """Return HTML on one line: a blank line would make the rest of it Markdown."""
    return f'<div class="desk">{"".join(parts)}</div>'.replace("\n", "&#10;")


def _passage(hit: Hit, *, out: bool = False) -> str:
    document, passage = hit.document, hit.passage
    life = words.period(
        passage.effective_date or document.effective_date, passage.repealed_date or document.repealed_date
    )
    number = f"（{escape(document.document_number)}）" if document.document_number else ""
    return (
        f'<details class="desk-card{" out" if out else ""}"{" open" if hit.rank <= 2 and not out else ""}>'
        f'<summary class="place">{hit.rank}. 《{escape(document.title)}》{number}{escape(passage.locator)} '
        f'<span class="quiet">{hit.score:.2f} · {STATUS_WORDS[hit.status]} · {life}</span></summary>'
        f'<div class="text">{escape(passage.text)}</div>'
        f'<p class="quiet">{escape(passage.passage_id)}</p></details>'
    )


def conversation(ticket: Ticket, turns: Iterable[Turn]) -> str:
    """Return the exchanges of a ticket's session; the reply that led to it is marked by its border."""
    facts = [
        ticket.ticket_id, words.ORIGINS[ticket.origin], words.CHANNELS[ticket.channel], words.TICKET_STATES[ticket.state]
    ]  # fmt: skip
    facts += [ticket.contact] if ticket.contact else []
    parts = [f'<p class="quiet">{" · ".join(escape(fact) for fact in facts)}</p>']
    parts += [
        f'<div class="desk-turn"><p class="asked">{escape(turn.query)}</p>'
        f"<details{' open' if turn.reply_id == ticket.reply_id else ''}><summary>{escape(turn.reply.text[:60])}…</summary>"
        f"\n\n{turn_markdown(turn)}\n\n</details></div>"
        for turn in turns
    ]
    return f'<div class="desk">{"".join(parts)}</div>'


def preview(upload: Upload, changes: DocumentDiff | None) -> str:
    """Return what was recognised in a file, its warnings, what it would change in the text in use, and its passages."""
    document = upload.document
    facts = [[label, str(getattr(document, name) or words.NOT_RECOGNISED)] for name, label in words.FACTS.items()]
    warnings = "".join(f'<p class="desk-warn">⚠ {escape(each)}</p>' for each in upload.warnings)
    passages = "".join(
        f'<div class="desk-card"><span class="place">{escape(each.locator)}</span>'
        f'<div class="text">{escape(each.text)}</div></div>'
        for each in document.passages
    )
    compared = f"<h3>{words.CHANGES_IN_USE}</h3>{diff(changes)}" if changes else ""
    return _whole([warnings, table((), facts), compared, f"<h3>{words.PASSAGES_READ}</h3>", passages])


def curated_preview(found: Preview) -> str:
    """Return which recent questions a curated answer would catch, and which it leaves alone and why."""
    caught = [(each.question, f"{each.confidence:.0%}", each.today.text[:80]) for each in found.caught]
    parts = [f"<p><b>{words.previewed(found.asked, len(found.caught))}</b></p>"]
    if caught:
        parts += [f"<h3>{words.CAUGHT}</h3>", table((words.CURATED_QUESTION, words.HOW_SURE, words.TODAY_SAYS), caught)]
    for title, questions in ((words.KEPT_AWAY, found.kept_away), (words.LEFT_TO_CORPUS, found.left_to_corpus)):
        if questions:
            parts.append(f"<h3>{title}</h3><ul>{''.join(f'<li>{escape(each)}</li>' for each in questions)}</ul>")
    return _whole(parts)


def rehearsal(found: Rehearsal | None, head: str = "") -> str:
    """Return the replies that would change, before beside after."""
    if found is None:
        return ""
    head = f"<p>{escape(head)}</p>" * bool(head) + f"<p><b>{words.rehearsed(found.asked, len(found.changed))}</b></p>"
    rows = [(each.question, each.before.text, each.after.text) for each in found.changed]
    return _whole([head, table((words.CURATED_QUESTION, words.BEFORE, words.AFTER), rows) if rows else ""])


def diff(found: DocumentDiff) -> str:
    """Return what changed, what went struck out and what came marked."""
    parts = [
        table(("", words.BEFORE, words.NOW), [(each.name, each.before, each.after) for each in found.fields])
    ] * bool(found.fields)
    for change in found.passages:
        pieces = "".join(
            f"<{_PIECE_TAGS[piece.change]}>{escape(piece.text)}</{_PIECE_TAGS[piece.change]}>"
            for piece in change.pieces
        )
        parts.append(
            f'<div class="desk-card"><span class="place">{escape(change.locator)}</span><div class="text">{pieces}</div></div>'
        )
    return _whole(parts or [words.NOTHING])


def report(found: Report) -> str:
    """Return a period's figures as charts and tables."""
    total, tickets = found.total, found.tickets
    parts = [
        f"<p><b>{words.shares(total.answered, total.handed_over, total.abstained, total.asked)}</b> "
        f"{words.verdicts(found.satisfaction.up, found.satisfaction.down, tickets.opened, tickets.late)}</p>",
        f'<p class="quiet">{words.BAR_COLOURS}</p>',
    ]
    charts = (
        (words.BY_DAY, found.by_day),
        (words.BY_CHANNEL, found.by_channel),
        (words.BY_TOPIC, found.by_topic),
        (words.BY_DISTRICT, found.by_district),
    )
    parts += [f"<h3>{title}</h3>{bars(counts)}" for title, counts in charts if counts]
    unanswered = [(each.question, str(each.asked), _moment(each.last_at)) for each in found.unanswered]
    slow = [(each.query, f"{each.elapsed_ms:.0f}", _moment(each.at)) for each in found.slow[:10]]
    parts += [f"<h3>{words.UNANSWERED}</h3>{table((words.CURATED_QUESTION, words.TIMES, words.LAST), unanswered)}"]
    parts += [f"<h3>{words.SLOWEST}</h3>{table((words.CURATED_QUESTION, words.MS, words.WHEN), slow)}"]
    return _whole(parts)


def bars(counts: Sequence[Count]) -> str:
    """Return a bar for each count, as a drawing."""
    most = max((each.asked for each in counts), default=1) or 1
    rows = []
    for place, each in enumerate(counts):
        y, width = place * (_BAR_HEIGHT + 4), _BAR_WIDTH * each.asked / most
        answered = _BAR_WIDTH * each.answered / most
        label = words.CHANNELS.get(each.name, each.name)
        rows.append(
            f'<text x="0" y="{y + 15}">{escape(label)}</text>'
            f'<rect x="{_LABEL_WIDTH}" y="{y}" width="{width:.0f}" height="{_BAR_HEIGHT}" fill="#f0b429"/>'
            f'<rect x="{_LABEL_WIDTH}" y="{y}" width="{answered:.0f}" height="{_BAR_HEIGHT}" fill="#2f855a"/>'
            f'<text x="{_LABEL_WIDTH + width + 6:.0f}" y="{y + 15}">{each.answered}/{each.asked}</text>'
        )
    width, height = _LABEL_WIDTH + _BAR_WIDTH + 60, len(counts) * (_BAR_HEIGHT + 4)
    size = f'viewBox="0 0 {width} {height}" style="width:100%;max-width:{width}px"'
    return f'<svg class="desk-bars" role="img" {size}>{"".join(rows)}</svg>'


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    whole = f'<table class="desk-table">{top}<tbody>{body}</tbody></table>'
    return whole.replace("\n", "&#10;")


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"
