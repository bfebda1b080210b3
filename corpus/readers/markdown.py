"""Reads the project's own Markdown: guides, gaps and plans with a front matter (the format is in ``corpus/README.md``)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import frontmatter

from corpus.errors import FrontMatterError
from corpus.records import FACET_HEADINGS, Confidence, Document, Facet, Kind, Passage, Source

_FACETS = {heading: facet for facet, heading in FACET_HEADINGS.items()}
_META_LINE = re.compile(r"^(问法|来源|有效)：\s*(.*)$")
_FROM = re.compile(r"自\s*(\d{4}-\d{2}-\d{2})")
_UNTIL = re.compile(r"至\s*(\d{4}-\d{2}-\d{2})")
_NUMBERED_HEADING = re.compile(r"^([一二三四五六七八九十]+)、|^（([一二三四五六七八九十]+)）")
_PROJECT = re.compile(r"^\*\*(重点工程)之?([一二三四五六七八九十]+)：(.+?)\*\*$")
GAP_LOCATOR = "未收录事项"


@dataclass(slots=True)
class _Block:
    """Lines between two headings, with their 问法, 来源 and 有效 lines taken out."""

    headings: tuple[str, ...]
    lines: list[str] = field(default_factory=list)
    questions: tuple[str, ...] = ()
    basis: str = ""
    effective_date: dt.date | None = None
    repealed_date: dt.date | None = None

    def add(self, line: str) -> None:
        match = _META_LINE.match(line)
        if match is None:
            self.lines.append(line)
        elif match[1] == "问法":
            self.questions += tuple(part.strip() for part in match[2].split("｜") if part.strip())
        elif match[1] == "来源":
            self.basis = match[2].strip()
        else:
            self._set_life(match[2])

    def _set_life(self, text: str) -> None:
        since, until = _FROM.search(text), _UNTIL.search(text)
        if since is None and until is None:
            raise FrontMatterError(f"found 有效：{text}, wanted 有效：自 YYYY-MM-DD or 有效：至 YYYY-MM-DD")
        self.effective_date = dt.date.fromisoformat(since[1]) if since else None
        self.repealed_date = dt.date.fromisoformat(until[1]) + dt.timedelta(days=1) if until else None

    @property
    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()


def read_markdown(raw: str) -> Document:
    """Parse one file of the corpus.

    :param raw: the whole file, UTF-8 decoded, front matter included.
    :returns: the document with its passages in reading order.
    :raises FrontMatterError: when the front matter is missing, lacks a field or holds an unknown value.
    """
    post = frontmatter.loads(raw)
    document = _document(post.metadata, hashlib.sha256(raw.encode()).hexdigest())
    blocks = list(_blocks(post.content))
    match document.kind:
        case Kind.GAP:
            passages = _gap_passages(document, blocks)
        case Kind.PLAN:
            passages = _plan_passages(document, post.content)
        case _:
            passages = _guide_passages(document, blocks)
    return replace(document, passages=tuple(passages))


def _document(meta: dict[str, Any], sha256: str) -> Document:
    try:
        return Document(
            document_id=str(meta["id"]),
            title=str(meta["title"]),
            kind=Kind(meta["kind"]),
            topic=str(meta["topic"]),
            audience=_strings(meta.get("audience")),
            aliases=_strings(meta.get("aliases")),
            region=str(meta.get("region", "全国")),
            issuer=meta.get("issuer"),
            document_number=meta.get("document_number"),
            published_date=_date(meta, "published_date"),
            effective_date=_date(meta, "effective_date"),
            repealed_date=_date(meta, "repealed_date"),
            period_start=_date(meta, "period_start"),
            period_end=_date(meta, "period_end"),
            replaces=_strings(meta.get("replaces")),
            replaced_by=meta.get("replaced_by"),
            confidence=Confidence(meta.get("confidence", "verified")),
            sources=tuple(_source(value) for value in meta.get("sources") or ()),
            related=_strings(meta.get("related")),
            desk=meta.get("desk"),
            reviewed_on=_date(meta, "reviewed_on"),
            review_due=_date(meta, "review_due"),
            sha256=sha256,
        )
    except KeyError as error:
        raise FrontMatterError(f"front matter lacks {error}; see corpus/README.md") from error
    except ValueError as error:
        raise FrontMatterError(f"front matter: {error}; see corpus/README.md") from error


def _source(value: dict[str, Any] | str) -> Source:
    if isinstance(value, str):
        return Source(title=value)
    return Source(title=str(value["title"]), document_number=value.get("document_number"), url=value.get("url"))


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if value else ()


def _date(meta: dict[str, Any], name: str) -> dt.date | None:
    value = meta.get(name)
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise FrontMatterError(f"front matter: found {name}: {value!r}, wanted a date such as 2024-02-01")


def _blocks(content: str) -> Iterator[_Block]:
    """Yield the text under each ``##`` (and, under 常见问题, each ``###``), in order; the first may have no heading."""
    block = _Block(())
    for line in content.splitlines():
        if line.startswith("## "):
            yield block
            block = _Block((line[3:].strip(),))
        elif line.startswith("### ") and block.headings and block.headings[0] == FACET_HEADINGS[Facet.FAQ]:
            yield block
            block = _Block((block.headings[0], line[4:].strip()))
        elif line.startswith("# "):
            continue
        else:
            block.add(line)
    yield block


def _guide_passages(document: Document, blocks: list[_Block]) -> Iterator[Passage]:
    seen: dict[str, int] = {}
    for block in blocks:
        if not block.text:
            continue
        section = block.headings[0] if block.headings else FACET_HEADINGS[Facet.WHAT]
        facet = _FACETS.get(section)
        if facet is None:
            raise FrontMatterError(
                f"{document.document_id}: found heading {section}, wanted one of {'、'.join(_FACETS)}"
            )
        seen[facet] = seen.get(facet, 0) + 1
        number = f"-{seen[facet]}" if facet is Facet.FAQ or seen[facet] > 1 else ""
        locator = block.headings[-1] if block.headings else section
        yield _passage(document, block, f"{facet}{number}", locator, order=sum(seen.values()), facet=facet)


def _passage(
    document: Document, block: _Block, anchor: str, locator: str, *, order: int, facet: Facet | None
) -> Passage:
    return Passage(
        passage_id=f"{document.document_id}#{anchor}",
        document_id=document.document_id,
        locator=locator,
        heading=f"{document.title} › {locator}",
        text=block.text,
        order=order,
        facet=facet,
        questions=block.questions,
        basis=block.basis,
        effective_date=block.effective_date,
        repealed_date=block.repealed_date,
    )


def _gap_passages(document: Document, blocks: list[_Block]) -> Iterator[Passage]:
    """Yield one passage for a gap: what is missing, what is known and whom to ask belong together."""
    whole = _Block(())
    for block in blocks:
        if block.text:
            heading = f"**{block.headings[0]}**\n\n" if block.headings else ""
            whole.lines.extend([heading + block.text, ""])
        whole.questions += block.questions
        whole.effective_date = whole.effective_date or block.effective_date
        whole.repealed_date = whole.repealed_date or block.repealed_date
        whole.basis = "；".join(part for part in (whole.basis, block.basis) if part)
    yield _passage(document, whole, "gap", GAP_LOCATOR, order=1, facet=None)


def _plan_passages(document: Document, content: str) -> Iterator[Passage]:
    """Yield a passage a paragraph; a boxed 重点工程 (a blockquote) keeps its name as locator."""
    chapter = section = ""
    order = 0
    pending: _Block | None = None
    for paragraph in re.split(r"\n\s*\n", content):
        if paragraph.startswith("## "):
            chapter, section = paragraph[3:].strip(), ""
        elif paragraph.startswith("### "):
            section = paragraph[4:].strip()
        elif _META_LINE.match(paragraph) and pending is not None:
            for line in paragraph.splitlines():
                pending.add(line)
        else:
            for block, locator in _plan_blocks(paragraph, chapter, section):
                if pending is not None:
                    yield _plan_passage(document, pending, order)
                order, pending = order + 1, block
                pending.basis = locator
    if pending is not None:
        yield _plan_passage(document, pending, order)


def _plan_passage(document: Document, block: _Block, order: int) -> Passage:
    locator = block.basis
    block.basis = ""
    passage = _passage(document, block, f"p{order}", locator, order=order, facet=None)
    return replace(passage, heading=" › ".join((document.title, *block.headings)))


def _plan_blocks(paragraph: str, chapter: str, section: str) -> Iterator[tuple[_Block, str]]:
    lines = paragraph.splitlines()
    if not lines[0].startswith(">"):
        headings = tuple(part for part in (chapter, section) if part)
        block = _Block(headings)
        for line in lines:
            block.add(line)
        yield block, plan_locator(chapter, section) or "前言"
        return
    project, locator = "", ""
    for line in (line.lstrip("> ").strip() for line in lines):
        match = _PROJECT.match(line)
        if match:
            project, locator = f"{match[1]}{match[2]}：{match[3]}", f"{match[1]}{match[2]}"
        elif line.startswith("问法：") and project:
            block.add(line)
        elif line:
            block = _Block(tuple(part for part in (chapter, section, project) if part), [line])
            yield block, locator


def plan_locator(chapter: str, section: str) -> str:
    """Return the short form of a plan heading: 五、…/（二）… gives 五（二）."""
    parts = [_NUMBERED_HEADING.match(part) for part in (chapter, section)]
    numbers = [match[1] or f"（{match[2]}）" for match in parts if match]
    return "".join(numbers)
