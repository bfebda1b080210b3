"""文件: what was taken in is looked at, rehearsed, confirmed; what is there is compared, superseded, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import gradio as gr

from assistant.desk import page_messages as words
from assistant.desk.actors import Actor, Role
from assistant.desk.documents import Holding
from assistant.desk.release import Deed, confirm_upload, go_live, rehearse_deed, rehearse_upload
from assistant.desk.uploads import Upload
from assistant.errors import QueryError
from web.pages.desk.common import QUIET, actor_of, chosen, day, done, drawing, guarded, textbox
from web.pages.desk.drawing import diff, preview, rehearsal
from web.state import State

SHOWN = 40
# A plain form: the file goes to a door that takes large bodies, and nothing but that door sees it.
_FORM = (
    '<form method="post" action="/desk/upload" enctype="multipart/form-data" class="desk-upload">'
    f'<label>{words.CHOOSE_FILE} <input type="file" name="file" required></label> '
    f"<button>{words.UPLOAD}</button></form>"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What was tried and may be carried out; ``seen`` is the version that the page showed then."""

    deed: Deed
    document_id: str
    seen: int
    changes: Mapping[str, Any]


class FileEvents:
    """The tab's events. ``seen`` is the version that the page shows."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._uploads = state.components.desk.uploads
        self._holdings = state.components.desk.holdings

    def _editor(self, request: gr.Request) -> Actor:
        actor = actor_of(self._state, request)
        actor.require(Role.EDITOR)
        return actor

    def show(self, said: str, request: gr.Request) -> tuple[Any, Any, Any]:
        """Return what waits, what is there of that name, and what came last and may replace it."""
        actor = actor_of(self._state, request)
        allowed = actor.role is not None and actor.role.includes(Role.EDITOR)
        waiting = self._uploads.waiting() if allowed else []
        uploads = [(f"{each.document.title}（{each.file_name}）", each.upload_id) for each in waiting]
        everything = self._holdings.list()
        found = [each for each in everything if _named(each, said)][:SHOWN]
        own = sorted((each for each in everything if each.added_at), key=lambda each: str(each.added_at), reverse=True)
        return gr.update(choices=uploads, value=None), _choices(found), _choices(own[:SHOWN])

    def open(self, upload_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Return an upload's preview and its version."""
        self._editor(request)
        if not upload_id:
            return "", 0
        upload = self._uploads.get(upload_id)
        return self._drawn(upload)

    def _drawn(self, upload: Upload) -> tuple[str, int]:
        changes = self._holdings.changes_of(upload.document)
        return rehearsal(upload.rehearsal) + preview(upload, changes), upload.version

    def rehearse(self, upload_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Ask known questions with and without the document."""
        return self._drawn(rehearse_upload(self._state.components, self._editor(request), chosen(upload_id)))

    def confirm(self, upload_id: str | None, seen: int, said: str, request: gr.Request) -> tuple[Any, Any, Any]:
        """Answer from the document from now on."""
        confirm_upload(self._state.components, self._editor(request), chosen(upload_id), version=seen)
        done()
        return self.show(said, request)

    def discard(self, upload_id: str | None, seen: int, said: str, request: gr.Request) -> tuple[Any, Any, Any]:
        """Put an upload away."""
        self._uploads.discard(self._editor(request), chosen(upload_id), version=seen)
        done()
        return self.show(said, request)

    def look(self, document_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Return what the newest version of a document changed, and the document's state."""
        actor_of(self._state, request)
        if not document_id:
            return "", 0
        changes = self._holdings.newest_changes(document_id)
        return (diff(changes) if changes else words.NOTHING), self._holdings.get(document_id).version

    def try_withdrawal(self, document_id: str | None, seen: int, request: gr.Request) -> tuple[str, Planned]:
        """Show what withdrawing a document, or restoring a withdrawn one, would change."""
        held = self._holdings.get(chosen(document_id))
        deed = Deed.WITHDRAW if held.withdrawn_at is None else Deed.RESTORE
        return self._tried(Planned(deed, held.document.document_id, seen, {}), request)

    def try_supersession(
        self, document_id: str | None, seen: int, successor: str | None, since: str, request: gr.Request
    ) -> tuple[str, Planned]:
        """Show what superseding a document from a day on would change."""
        changes: dict[str, Any] = {"replaced_by": successor or None, "repealed_date": day(since)}
        return self._tried(Planned(Deed.AMEND, chosen(document_id), seen, changes), request)

    def _tried(self, plan: Planned, request: gr.Request) -> tuple[str, Planned]:
        found = rehearse_deed(
            self._state.components, self._editor(request), plan.deed, plan.document_id, dict(plan.changes)
        )
        title = self._holdings.get(plan.document_id).document.title
        return rehearsal(found, words.would_be(plan.deed, title)), plan

    def carry_out(self, plan: Planned | None, said: str, request: gr.Request) -> tuple[Any, Any, Any, None]:
        """Do what was tried."""
        actor = self._editor(request)
        if plan is None:
            raise QueryError(words.TRY_FIRST)
        match plan.deed:
            case Deed.WITHDRAW:
                self._holdings.withdraw(actor, plan.document_id, version=plan.seen)
            case Deed.RESTORE:
                self._holdings.restore(actor, plan.document_id, version=plan.seen)
            case Deed.AMEND:
                self._holdings.amend(actor, plan.document_id, version=plan.seen, changes=dict(plan.changes))
            case _:
                assert_never(plan.deed)
        go_live(self._state.components)
        done()
        return (*self.show(said, request), None)


def _named(held: Holding, said: str) -> bool:
    document = held.document
    known = f"{document.title} {document.document_number} {document.document_id} {document.issuer}"
    return all(word in known for word in said.split())


def _choices(holdings: Sequence[Holding]) -> Any:
    return gr.update(choices=[(_line(each), each.document.document_id) for each in holdings], value=None)


def _line(held: Holding) -> str:
    document = held.document
    life = (
        words.STATES["withdrawn"]
        if held.withdrawn_at
        else words.period(document.effective_date, document.repealed_date)
    )
    number = words.SHIPPED_MARK if held.shipped else held.number
    return f"{document.title}（{document.document_number or document.document_id}）· {number} · {life}"


def build(state: State, page: gr.Blocks) -> None:
    """Add the tab."""
    events, seen, held_seen = FileEvents(state), gr.State(0), gr.State(0)
    with gr.Row():
        with gr.Column(scale=1):
            drawing(_FORM)
            uploads = gr.Radio([], label=words.WAITING, elem_id="uploads")
            rehearse = gr.Button(words.REHEARSE, elem_id="rehearse")
            confirm = gr.Button(words.CONFIRM, variant="primary", elem_id="confirm")
            discard = gr.Button(words.DISCARD)
            said = textbox(words.FIND_DOCUMENT, max_length=100, elem_id="find-document")
            holdings = gr.Radio([], label=words.HOLDINGS, elem_id="holdings")
            withdraw = gr.Button(words.TRY_WITHDRAW, elem_id="try-withdraw")
            successor = gr.Dropdown([], label=words.SUPERSEDED_BY, elem_id="successor")
            since = textbox(words.SUPERSEDED_ON, placeholder="2027-01-01", max_length=10)
            supersede = gr.Button(words.TRY_SUPERSEDE, elem_id="try-supersede")
            carry_out = gr.Button(words.CARRY_OUT, variant="primary", elem_id="carry-out")
        with gr.Column(scale=2):
            shown = drawing(elem_id="preview")
            changes = drawing(elem_id="version-diff")
    lists, plan = [uploads, holdings, successor], gr.State(None)
    for trigger in (page.load, said.submit):
        trigger(guarded(events.show), [said], lists, **QUIET)
    uploads.change(guarded(events.open), [uploads], [shown, seen], **QUIET)
    rehearse.click(guarded(events.rehearse), [uploads], [shown, seen], **QUIET)
    confirm.click(guarded(events.confirm), [uploads, seen, said], lists, **QUIET)
    discard.click(guarded(events.discard), [uploads, seen, said], lists, **QUIET)
    holdings.change(guarded(events.look), [holdings], [changes, held_seen], **QUIET)
    withdraw.click(guarded(events.try_withdrawal), [holdings, held_seen], [changes, plan], **QUIET)
    supersede.click(guarded(events.try_supersession), [holdings, held_seen, successor, since], [changes, plan], **QUIET)
    carry_out.click(guarded(events.carry_out), [plan, said], [*lists, plan], **QUIET)
