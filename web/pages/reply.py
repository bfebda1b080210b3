"""The page of one reply, ``/r/{reply_id}``: whole, with its sources; 👍/👎 and 转人工 as plain forms, no script.

The id is the key: 128 random bits, known to whoever got the reply.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from assistant import messages as general
from assistant.channels import messages
from assistant.replies import Answer, Handoff
from assistant.sessions import Feedback
from web.deps import Limited, StateDep
from web.door import PLAIN_PAGE_HEADERS
from web.pages.document import environment, render_markdown
from web.pages.rendering import linked, sources

router = APIRouter(include_in_schema=False)

TicketId = Annotated[str, Query(pattern=r"^[0-9A-Z-]{0,20}$")]
Reason = Literal["wrong", "outdated", "wrong_citation", "unclear", "other", ""]


@router.get("/r/{reply_id}", response_class=HTMLResponse)
def page(reply_id: str, state: StateDep, said: Literal["thanks", ""] = "", ticket: TicketId = "") -> Response:
    """Show a stored reply as it was given."""
    turn = state.components.conversations.reply(reply_id)
    reply = turn.reply
    citations = reply.citations if isinstance(reply, Answer | Handoff) else ()
    html = (
        environment()
        .get_template("reply.html")
        .render(
            words=messages,
            general=general,
            reply_id=turn.reply_id,
            query=turn.query,
            text=render_markdown(linked(reply.text, citations)),
            notices=reply.notices if isinstance(reply, Answer | Handoff) else (),
            sources=Markup(sources(citations)),  # rendering escapes every field
            as_of=turn.as_of,
            said=general.FEEDBACK_THANKS if said else messages.page_person_done(ticket) if ticket else "",
        )
    )
    return HTMLResponse(html, headers={**PLAIN_PAGE_HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


@router.post("/r/{reply_id}/feedback", dependencies=[Limited])
def rate(
    reply_id: str,
    state: StateDep,
    rating: Annotated[Literal["up", "down"], Form()],
    reason: Annotated[Reason, Form()] = "",
) -> Response:
    """Store 👍 or 👎 and come back to the page."""
    state.components.conversations.rate(reply_id, Feedback(rating=rating, reason=reason or None))
    return RedirectResponse(f"/r/{reply_id}?said=thanks", status_code=303)


@router.post("/r/{reply_id}/person", dependencies=[Limited])
def person(reply_id: str, state: StateDep, phone: Annotated[str, Form(max_length=30)] = "") -> Response:
    """Pass the question to the desk and come back to the page."""
    visitor = state.components.channels.visitors.of_reply(reply_id)
    ticket_id = state.components.desk.intake.open(reply_id, visitor=visitor, contact=phone)
    return RedirectResponse(f"/r/{reply_id}?ticket={ticket_id}", status_code=303)
