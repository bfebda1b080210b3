"""文件: what was taken in is looked at, rehearsed, confirmed; what is there is compared, superseded, withdrawn."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.desk import page_messages as words
from assistant.desk.actors import Actor, Role
from assistant.desk.documents import Holding
from assistant.desk.release import confirm_upload, go_live, rehearse_upload
from web.pages.desk.common import QUIET, actor_of, chosen, day, done, drawing, guarded, textbox
from web.pages.desk.drawing import diff, preview, rehearsal
from web.state import State

# A plain form: the file goes to a door that takes large bodies, and nothing but that door sees it.
_FORM = (
    '<form method="post" action="/desk/upload" enctype="multipart/form-data" class="desk-upload">'
    f'<label>{words.CHOOSE_FILE} <input type="file" name="file" required></label> '
    f"<button>{words.UPLOAD}</button></form>"
)


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

    def show(self, request: gr.Request) -> tuple[Any, Any]:
        """Return what waits, and what is there."""
        actor = actor_of(self._state, request)
        allowed = actor.role is not None and actor.role.includes(Role.EDITOR)
        waiting = self._uploads.waiting() if allowed else []
        uploads = [(f"{each.document.title}（{each.file_name}）", each.upload_id) for each in waiting]
        holdings = [(_line(each), each.document.document_id) for each in self._holdings.list()]
        return gr.update(choices=uploads, value=None), gr.update(choices=holdings, value=None)

    def open(self, upload_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Return an upload's preview and its version."""
        self._editor(request)
        if not upload_id:
            return "", 0
        upload = self._uploads.get(upload_id)
        return rehearsal(upload.rehearsal) + preview(upload), upload.version

    def rehearse(self, upload_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Ask known questions with and without the document."""
        upload = rehearse_upload(self._state.components, self._editor(request), chosen(upload_id))
        return rehearsal(upload.rehearsal) + preview(upload), upload.version

    def confirm(self, upload_id: str | None, seen: int, request: gr.Request) -> tuple[Any, Any]:
        """Answer from the document from now on."""
        confirm_upload(self._state.components, self._editor(request), chosen(upload_id), version=seen)
        done()
        return self.show(request)

    def discard(self, upload_id: str | None, seen: int, request: gr.Request) -> tuple[Any, Any]:
        """Put an upload away."""
        self._uploads.discard(self._editor(request), chosen(upload_id), version=seen)
        done()
        return self.show(request)

    def look(self, document_id: str | None, request: gr.Request) -> tuple[str, int]:
        """Return what the newest version of a document changed, and the document's state."""
        actor_of(self._state, request)
        if not document_id:
            return "", 0
        held = self._holdings.get(document_id)
        changes = self._holdings.diff(document_id, old=held.number - 1, new=held.number) if held.number > 1 else None
        return (diff(changes) if changes else words.NOTHING), held.version

    def withdraw(self, document_id: str | None, seen: int, request: gr.Request) -> tuple[Any, Any]:
        """Answer from a document no longer, or again."""
        actor, held = self._editor(request), self._holdings.get(chosen(document_id))
        move = self._holdings.withdraw if held.withdrawn_at is None else self._holdings.restore
        move(actor, held.document.document_id, version=seen)
        go_live(self._state.components)
        done()
        return self.show(request)

    def supersede(
        self, document_id: str | None, seen: int, successor: str, since: str, request: gr.Request
    ) -> tuple[Any, Any]:
        """Say what replaces a document, and from which day on."""
        changes: dict[str, Any] = {"replaced_by": successor.strip() or None, "repealed_date": day(since)}
        self._holdings.amend(self._editor(request), chosen(document_id), version=seen, changes=changes)
        go_live(self._state.components)
        done()
        return self.show(request)


def _line(held: Holding) -> str:
    document = held.document
    life = (
        words.STATES["withdrawn"]
        if held.withdrawn_at
        else words.period(document.effective_date, document.repealed_date)
    )
    return f"{document.title}（{document.document_number or document.document_id}）· {held.number} · {life}"


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
            holdings = gr.Radio([], label=words.HOLDINGS, elem_id="holdings")
            withdraw = gr.Button(f"{words.WITHDRAW} / {words.RESTORE}")
            successor = textbox(words.SUPERSEDED_BY, max_length=200)
            since = textbox(words.SUPERSEDED_ON, placeholder="2027-01-01", max_length=10)
            supersede = gr.Button(words.SUPERSEDE)
        with gr.Column(scale=2):
            shown = drawing(elem_id="preview")
            changes = drawing(elem_id="version-diff")
    lists = [uploads, holdings]
    page.load(guarded(events.show), None, lists, **QUIET)
    uploads.change(guarded(events.open), [uploads], [shown, seen], **QUIET)
    rehearse.click(guarded(events.rehearse), [uploads], [shown, seen], **QUIET)
    confirm.click(guarded(events.confirm), [uploads, seen], lists, **QUIET)
    discard.click(guarded(events.discard), [uploads, seen], lists, **QUIET)
    holdings.change(guarded(events.look), [holdings], [changes, held_seen], **QUIET)
    withdraw.click(guarded(events.withdraw), [holdings, held_seen], lists, **QUIET)
    supersede.click(guarded(events.supersede), [holdings, held_seen, successor, since], lists, **QUIET)
