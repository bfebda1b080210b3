"""The pages of the documents: the list of all, and one, which a citation opens with the cited passage highlighted."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from assistant import messages
from assistant.presentation import STATUS_WORDS, document_url
from assistant.service import today_in_shanghai
from corpus.records import Document
from web.deps import StateDep
from web.door import PLAIN_PAGE_HEADERS
from web.routes.documents import find_document

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_KIND_ORDER = tuple(messages.KIND_WORDS)


@functools.cache
def environment() -> Environment:
    """Return the templates; everything is escaped but what :func:`render_markdown` made."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


def render_markdown(text: str) -> Markup:
    """Return ``text`` as HTML; raw HTML in it is escaped, so a document can never bring a script."""
    return Markup(_markdown().render(text))


@router.get("/documents/{document_id}", response_class=HTMLResponse)
def page(document_id: str, state: StateDep, passage: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Show a document; ``passage`` is the part of a passage id after the ``#``."""
    document = find_document(state, document_id)
    today = today_in_shanghai()
    passages = [
        {
            "anchor": each.passage_id.rsplit("#", 1)[-1],
            "locator": each.locator,
            "heading": each.heading.split(" › ")[-1],
            "html": render_markdown(each.text),
            "basis": each.basis,
            "status": STATUS_WORDS[document.status(today, each)],
            "in_force": document.status(today, each) is document.status(today),
            "effective_date": each.effective_date,
            "repealed_date": each.repealed_date,
        }
        for each in document.passages
    ]
    html = (
        environment()
        .get_template("document.html")
        .render(
            document=document,
            status=STATUS_WORDS[document.status(today)],
            passages=passages,
            cited=passage,
            cited_here=messages.CITED_HERE,
            disclaimer=messages.DISCLAIMER,
            help=messages.HUMAN_HELP,
            name=messages.ASSISTANT_NAME,
        )
    )
    return HTMLResponse(html, headers=PLAIN_PAGE_HEADERS)


@router.get("/documents", response_class=HTMLResponse)
def listing(state: StateDep, query: Annotated[str, Query(max_length=100)] = "") -> Response:
    """List the documents by kind and topic; ``query`` keeps those that have all of its words in what names them."""
    index = state.components.indexes.current()
    wanted = query.split()
    found = [document for document in index.documents.values() if _named(document, wanted)]
    html = (
        environment()
        .get_template("documents.html")
        .render(
            kinds=_by_kind(found, today_in_shanghai()),
            count=len(found),
            total=len(index.documents),
            query=query.strip(),
            words=messages,
            status_words=STATUS_WORDS,
        )
    )
    return HTMLResponse(html, headers=PLAIN_PAGE_HEADERS)


def _named(document: Document, words: Iterable[str]) -> bool:
    names = (document.title, document.topic, document.issuer, document.document_number, *document.aliases)
    text = " ".join(name for name in names if name).casefold()
    return all(word.casefold() in text for word in words)


def _by_kind(documents: Iterable[Document], day: dt.date) -> list[dict[str, Any]]:
    """Return the kinds with their topics with their documents, each in the order in which they are shown."""
    ordered = sorted(documents, key=lambda each: (_KIND_ORDER.index(each.kind), each.topic, each.title))
    return [
        {
            "kind": kind.value,
            "name": messages.KIND_WORDS[kind],
            "note": messages.KIND_NOTES.get(kind, ""),
            "topics": [
                {
                    "name": topic or messages.NO_TOPIC,
                    "documents": [
                        {"document": each, "url": document_url(each.document_id), "status": each.status(day)}
                        for each in same_topic
                    ],
                }
                for topic, same_topic in itertools.groupby(same_kind, key=lambda each: each.topic)
            ],
        }
        for kind, same_kind in itertools.groupby(ordered, key=lambda each: each.kind)
    ]
