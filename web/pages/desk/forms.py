"""The desk's plain pages: coming in, setting a password, taking a file in, the slip to print. They work without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant import messages as general
from assistant.desk import page_messages as words
from assistant.desk.slip import make_slip
from assistant.errors import AssistantError
from web.deps import Limited, StateDep
from web.desk.documents import MAX_UPLOAD_BYTES
from web.desk.security import COOKIE, Clerk, Editor, LoginFirst, check_same_site, set_cookie, token_of
from web.door import PLAIN_PAGE_HEADERS
from web.errors import problem_body
from web.pages.document import environment, render_markdown

router = APIRouter(prefix="/desk", include_in_schema=False, route_class=LoginFirst)
_HEADERS = {**PLAIN_PAGE_HEADERS, "Cache-Control": "no-store"}
_SLIP_HEADERS = {
    "Content-Security-Policy": PLAIN_PAGE_HEADERS["Content-Security-Policy"] + "; script-src 'self'",
    "Cache-Control": "no-store",
}
Typed = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form."""

    name: str
    label: str = ""
    type: str = "text"
    value: str = ""
    autocomplete: str = "off"


@router.get("", response_class=HTMLResponse)
def desk() -> Response:
    """Lead to the page, whose address ends in a slash."""
    return RedirectResponse("/desk/", status_code=307)


@router.get("/login", response_class=HTMLResponse)
def login_page(done: bool = False) -> Response:
    """Ask who comes in."""
    return _login(said=words.SETUP_DONE if done else "")


@router.post("/login", dependencies=[Limited])
def login(request: Request, state: StateDep, name: Typed, password: Typed) -> Response:
    """Let somebody in, or say that name or password is wrong."""
    check_same_site(request)
    try:
        token, _actor = state.components.desk.logins.open(name, password)
    except AssistantError as error:
        body = problem_body(error)
        return _login(wrong=body.title, status=body.status)
    response = RedirectResponse("/desk/", status_code=303)
    set_cookie(response, request, token)
    return response


@router.post("/logout")
def logout(request: Request, state: StateDep) -> Response:
    """Let somebody out."""
    state.components.desk.logins.close(token_of(request))
    response = RedirectResponse("/desk/login", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/setup", response_class=HTMLResponse)
def setup_page(state: StateDep, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Ask for the password that a one-time link allows to set."""
    try:
        account = state.components.desk.accounts.link_is_for(token)
    except AssistantError as error:
        return _login(wrong=problem_body(error).title, status=401)
    return _setup(token, first=account is None)


@router.post("/setup", dependencies=[Limited])
def setup(state: StateDep, token: Typed, password: Typed, name: Typed = "", display_name: Typed = "") -> Response:
    """Set the password and go to the login."""
    accounts = state.components.desk.accounts
    try:
        first = accounts.link_is_for(token) is None
    except AssistantError as error:
        return _login(wrong=problem_body(error).title, status=401)
    try:
        accounts.redeem(token, password, name=name, display_name=display_name)
    except AssistantError as error:
        body = problem_body(error)
        return _setup(token, first=first, wrong=body.title, status=body.status)
    return RedirectResponse("/desk/login?done=true", status_code=303)


@router.post("/upload", max_body_size=MAX_UPLOAD_BYTES)
def upload(file: UploadFile, actor: Editor, state: StateDep) -> Response:
    """Read a file and come back to the desk, where it waits to be looked at."""
    try:
        state.components.desk.uploads.take(actor, file.file.read(), file.filename or "")
    except AssistantError as error:
        body = problem_body(error)
        return _page("desk_form.html", body.status, heading=words.UPLOAD, wrong=body.title, action="/desk/", fields=[])
    return RedirectResponse("/desk/", status_code=303)


@router.post("/slip/{reply_id}")
def slip(reply_id: str, _actor: Clerk, state: StateDep, text: Annotated[str, Form(max_length=4000)] = "") -> Response:
    """Show the slip of a reply, with the answer as it was edited."""
    turn = state.components.conversations.reply(reply_id)
    index = state.components.indexes.current()
    desk = state.settings.desk_name or general.DEFAULT_DESK
    made = make_slip(turn, text=text or None, desk=desk, documents=index.documents.get, passages_of=index.passages_of)
    html = (
        environment()
        .get_template("slip.html")
        .render(
            words=words,
            disclaimer=general.DISCLAIMER,
            slip={
                "question": made.question,
                "answer": render_markdown(made.answer),
                "materials": made.materials,
                "fee": render_markdown(made.fee) if made.fee else "",
                "time": render_markdown(made.time) if made.time else "",
                "basis": made.basis,
                "desk": made.desk,
                "date": made.date,
            },
        )
    )
    return HTMLResponse(html, headers=_SLIP_HEADERS)


def _login(*, said: str = "", wrong: str = "", status: int = 200) -> Response:
    fields = [
        Field("name", words.LOGIN_NAME, autocomplete="username"),
        Field("password", words.PASSWORD, "password", autocomplete="current-password"),
    ]
    return _page(
        "desk_form.html", status, heading=words.LOGIN, said=said, wrong=wrong, action="/desk/login", fields=fields
    )


def _setup(token: str, *, first: bool, wrong: str = "", status: int = 200) -> Response:
    names = [
        Field("name", words.LOGIN_NAME, autocomplete="username"), Field("display_name", words.DISPLAY_NAME)
    ]  # fmt: skip
    fields = [
        *(names if first else []),
        Field("password", words.NEW_PASSWORD, "password", autocomplete="new-password"),
        Field("token", type="hidden", value=token),
    ]
    heading = words.SETUP_FIRST if first else words.SETUP
    return _page("desk_form.html", status, heading=heading, wrong=wrong, action="/desk/setup", fields=fields)


def _page(template: str, status: int, **values: object) -> Response:
    button = words.SET_PASSWORD if values.get("action") == "/desk/setup" else words.LOGIN
    html = environment().get_template(template).render(words=words, button=button, **values)
    return HTMLResponse(html, status_code=status, headers=_HEADERS)
