"""The page that a citation opens: a document, readable on a phone, the cited passage highlighted."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from assistant import messages
from assistant.presentation import STATUS_WORDS
from assistant.service import today_in_shanghai
from web.deps import StateDep
from web.routes.documents import find_document

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent


@functools.cache
def environment() -> Environment:
    """Return the templates; everything is escaped but what :func:`render_markdown` made."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
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
    html = environment().get_template("document.html").render(
        document=document,
        status=STATUS_WORDS[document.status(today)],
        passages=passages,
        cited=passage,
        disclaimer=messages.DISCLAIMER,
        help=messages.HUMAN_HELP,
        name=messages.ASSISTANT_NAME,
    )
    return HTMLResponse(html)
