"""The answer without a chat model: the passages themselves, the direct sentence first, with markers and basis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import messages
from assistant.answering.sentences import best_sentence, clip, first_paragraph_end, sentences
from assistant.answering.table_lead import asked_row
from assistant.evidence import LIKE_QUESTION, Evidence
from assistant.replies import Citation
from corpus.records import FACET_HEADINGS, Document, Facet, Kind
from index.retriever import Hit

MAX_CHARS = 1400
LONGEST_WHERE = 200
# Where the next text begins; after any other 、 the same one goes on.
_NEXT_TEXT = re.compile(r"[；;]\s*|、(?=《|财税|发改|国家知识产权局公告|国知发|法释|公开报道)")
_NAMED_TEXT = re.compile(r"(《[^》]+》)")
_NUMBER = re.compile(r"号|GB")
_LONGEST_NUMBER = 30
_BACKGROUND_CHAPTER = "一、"
_YES_OR_NO = re.compile(
    r"(?:不?(?:能|会|是|算|行|对|可以|要|用|得|必|一定|需要|应当|合法|构成|影响)|没?有|没|别|分情况|看情况)[^，。：；]{0,3}[，。：；]"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A text with its citations, in marker order."""

    text: str
    citations: tuple[Citation, ...]


def cite(hit: Hit, marker: int) -> Citation:
    """Return the citation of ``hit``'s passage; the quote is the passage, verbatim."""
    document, passage = hit.document, hit.passage
    return Citation(
        marker=marker,
        passage_id=passage.passage_id,
        document_id=document.document_id,
        title=document.title,
        locator=passage.locator,
        quote=passage.text,
        status=hit.status,
        issuer=document.issuer,
        document_number=document.document_number,
        effective_date=passage.effective_date or document.effective_date,
        repealed_date=passage.repealed_date or document.repealed_date,
    )


def extract(query: str, evidence: Evidence, *, first_marker: int = 1, max_chars: int = MAX_CHARS) -> Draft:
    """Write the answer to ``query`` from ``evidence`` alone.

    :param first_marker: number of the first marker, from 1; the second question of a message goes on counting.
    :returns: at most ``max_chars`` characters of Markdown; every block carries its marker.
    """
    blocks: list[str] = []
    used: list[Hit] = []
    room = max_chars - 120
    for hit in evidence.hits:
        block = _block(query, hit, marker=len(used) + first_marker, first=not used)
        if used and len(block) > room:
            continue
        block = clip(block, room)
        blocks.append(block)
        used.append(hit)
        room -= len(block) + 2
    where = _where_line(evidence.where, marker=len(used) + first_marker)
    if evidence.where is not None and where and len(where) + 2 <= room:
        blocks.append(where)
        used.append(evidence.where)
    basis = basis_of(used)
    if basis:
        blocks.append(clip(messages.basis(basis), max(room, 0) + 110))
    return Draft("\n\n".join(blocks), tuple(cite(hit, marker) for marker, hit in enumerate(used, first_marker)))


def _block(query: str, hit: Hit, *, marker: int, first: bool) -> str:
    if hit.document.kind is Kind.PLAN:
        return _plan_block(query, hit, marker=marker, first=first)
    text = hit.passage.text
    if hit.document.kind in (Kind.LAW, Kind.POLICY):
        return f"《{hit.document.title}》{hit.passage.locator}：{_marked(text, marker)}"
    if first and (row := asked_row(text, query)):
        return f"**{row}** [{marker}]\n\n{text}"
    if first and not _answers_another(hit):
        return _marked(text, marker)
    return f"**{_title(hit)}**\n\n{_marked(text, marker)}"


def _answers_another(hit: Hit) -> bool:
    """Return whether ``hit`` says yes or no to a question of its own that is not much like the visitor's."""
    says = hit.passage.facet is Facet.FAQ and _YES_OR_NO.match(hit.passage.text) is not None
    return says and hit.question_score < LIKE_QUESTION


def _title(hit: Hit) -> str:
    facet = hit.passage.facet
    return FACET_HEADINGS[facet] if facet is not None and facet is not Facet.FAQ else hit.passage.locator


def _marked(text: str, marker: int) -> str:
    end = first_paragraph_end(text)
    if text.startswith("|"):
        return f"{text}\n\n[{marker}]"
    return f"{text[:end]} [{marker}]{text[end:]}"


def _plan_block(query: str, hit: Hit, *, marker: int, first: bool) -> str:
    """Return the sentence that answers, then the rest of its paragraph."""
    text = hit.passage.text
    headings = hit.passage.heading.split(" › ")[1:]
    lead = best_sentence(text, query)
    rest = "".join(sentence for sentence in sentences(text) if sentence != lead)
    block = f"**{lead}** [{marker}]" + (f"\n\n{rest}" if rest else "")
    if not first or not headings:
        return block
    target = not headings[0].startswith(_BACKGROUND_CHAPTER)
    return f"{messages.plan_lead(hit.document, headings[-1], target=target)}\n\n{block}"


def _where_line(where: Hit | None, *, marker: int) -> str:
    """Return the sentence that says where to go, with the list that it leads to, if that is short."""
    if where is None:
        return ""
    place, *rest = where.passage.text.split("\n\n")[0].split("\n", 1)
    if not place.endswith(("：", ":")):
        place, rest = sentences(place)[0], []
    told = f"**{FACET_HEADINGS[Facet.WHERE]}** {place} [{marker}]" + "".join(f"\n{lines}" for lines in rest)
    return told if len(told) <= LONGEST_WHERE else ""


def basis_of(hits: Sequence[Hit]) -> str:
    """Return the texts that ``hits`` rest on, each once with all its articles, at most four."""
    articles: dict[str, list[str]] = {}
    for hit in hits:
        for part in filter(None, _NEXT_TEXT.split(hit.passage.basis)):
            match = _NAMED_TEXT.match(part)
            title, rest = (match[1], part[match.end() :]) if match else (part, "")
            named = _with_number(title, hit.document)
            places = articles.setdefault(named, [])
            number = named.removeprefix(title)
            for place in rest.removeprefix(number).removeprefix(number.strip("（）")).split("、"):
                if place and place not in places:
                    places.append(place)
    return "；".join(title + "、".join(places) for title, places in list(articles.items())[:4])


def _with_number(title: str, document: Document) -> str:
    """Put the document number behind a text's name, where the document's sources give one."""
    for source in document.sources:
        number = source.document_number or ""
        if title == f"《{source.title}》" and _NUMBER.search(number) and len(number) <= _LONGEST_NUMBER:
            return f"{title}（{number}）"
    return title
