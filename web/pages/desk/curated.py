"""审定答案: written, compared with what it rests on, approved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import gradio as gr

from assistant.desk import page_messages as words
from assistant.desk.curated_records import CuratedAnswer, CuratedState, CuratedText
from assistant.desk.preview import preview
from assistant.service import today_in_shanghai
from web.desk.curated import REVIEW_AFTER, sources_of
from web.desk.schemas import OutsideSource
from web.pages.desk.common import QUIET, actor_of, chosen, day, done, drawing, guarded, lines, textbox
from web.pages.desk.drawing import curated_preview
from web.state import State

SHOWN = 100
FOUND = 8
STATES = {words.ALL: None, **{name: CuratedState(state) for state, name in words.STATES.items()}}


class CuratedEvents:
    """The tab's events. ``seen`` is the version that the page shows, 0 for a new answer."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._curated = state.components.desk.curated

    def show(self, which: str, said: str, kept: str | None, request: gr.Request) -> Any:
        """Return the list; what lost its ground meanwhile waits for review, what is open stays chosen."""
        actor_of(self._state, request)
        parts = self._state.components
        if parts.indexes.ready:
            parts.desk.shelf.sweep(parts.indexes.current())
        found, _total = self._curated.find(state=STATES.get(which), words=said, page_size=SHOWN)
        today = today_in_shanghai()
        value = kept if any(answer.curated_id == kept for answer in found) else None
        return gr.update(choices=[(_line(answer, today), answer.curated_id) for answer in found], value=value)

    def open(self, curated_id: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Return an answer's fields, why it waits, and its version; empty fields for a new one."""
        actor_of(self._state, request)
        return _opened(self._curated.get(curated_id)) if curated_id else _empty()

    def save(  # noqa: PLR0913 - Gradio hands over one argument for each field of the form
        self,
        curated_id: str | None,
        seen: int,
        question: str,
        similar: str,
        negative: str,
        text: str,
        passages: str,
        outside: str,
        topic: str,
        valid_from: str,
        valid_until: str,
        review_due: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Write a draft."""
        actor = actor_of(self._state, request)
        split = [line.partition("｜") for line in lines(outside)]
        others = [OutsideSource(title=title[:200], reference=rest[:200]) for title, _, rest in split if title]
        content = CuratedText(
            question=question, text=text, similar=lines(similar), negative=lines(negative), topic=topic,
            sources=sources_of(self._state, lines(passages), others), valid_from=day(valid_from),
            valid_until=day(valid_until), review_due=day(review_due) or today_in_shanghai() + REVIEW_AFTER,
        )  # fmt: skip
        if curated_id and seen:
            answer = self._curated.edit(actor, curated_id, version=seen, content=content)
        else:
            answer = self._curated.create(actor, content)
        done()
        return _opened(answer)

    def preview(self, curated_id: str | None, request: gr.Request) -> str:
        """Return which recent questions it would catch; nothing for one that is not saved yet."""
        actor_of(self._state, request)
        return curated_preview(preview(self._state.components, curated_id)) if curated_id else ""

    def approve(self, curated_id: str | None, seen: int, request: gr.Request) -> tuple[Any, ...]:
        """Let it be found."""
        parts = self._state.components
        actor = actor_of(self._state, request)
        index = parts.indexes.current()
        answer = parts.desk.shelf.approve(actor, chosen(curated_id), version=seen, index=index)
        done()
        return _opened(answer)

    def withdraw(self, curated_id: str | None, seen: int, request: gr.Request) -> tuple[Any, ...]:
        """Let it be found no longer."""
        answer = self._curated.withdraw(actor_of(self._state, request), chosen(curated_id), version=seen)
        done()
        return _opened(answer)

    def look_up(self, query: str, request: gr.Request) -> Any:
        """Return passages of the corpus to choose from."""
        actor_of(self._state, request)
        hits = self._state.assistant.search(query, top_k=FOUND).hits
        choices = [
            (f"《{hit.document.title}》{hit.passage.locator}：{hit.passage.text[:50]}", hit.passage.passage_id)
            for hit in hits
        ]
        return gr.update(choices=choices, value=None, visible=True)


def add_passage(passage_id: str | None, passages: str) -> str:
    """Return the list of passages with one more."""
    return "\n".join(dict.fromkeys([*lines(passages), passage_id])) if passage_id else passages


def _line(answer: CuratedAnswer, today: dt.date) -> str:
    late = answer.content.review_due < today
    return words.curated_line(answer.state.value, answer.content.question, review_late=late)


def _empty() -> tuple[Any, ...]:
    review_due = today_in_shanghai() + REVIEW_AFTER
    return "", "", "", "", "", "", "", "", "", review_due.isoformat(), "", 0


def _opened(answer: CuratedAnswer) -> tuple[Any, ...]:
    content = answer.content
    inside = [source.passage_id for source in content.sources if source.passage_id]
    outside = [f"{source.title}｜{source.reference}" for source in content.sources if not source.passage_id]
    state = words.STATES[answer.state.value] + (f"：{answer.reason}" if answer.reason else "")
    return (
        content.question, "\n".join(content.similar), "\n".join(content.negative), content.text, "\n".join(inside),
        "\n".join(outside), content.topic, str(content.valid_from or ""), str(content.valid_until or ""),
        content.review_due.isoformat(), state, answer.version,
    )  # fmt: skip


def build(state: State, page: gr.Blocks) -> None:
    """Add the tab."""
    events, seen = CuratedEvents(state), gr.State(0)
    with gr.Row():
        which = gr.Radio(list(STATES), value=words.ALL, label=words.WHICH, min_width=320)
        said = textbox(words.WORDS, max_length=100, min_width=240)
        refresh = gr.Button(words.REFRESH, scale=0, min_width=80)
        new = gr.Button(words.CURATED_NEW, scale=0, min_width=120)
    with gr.Row():
        with gr.Column(scale=1):
            listed = gr.Radio([], label=words.CURATED_LIST, elem_id="curated-list")
        with gr.Column(scale=2):
            status = textbox("", show_label=False, interactive=False, container=False)
            question = textbox(words.CURATED_QUESTION, max_length=200)
            with gr.Row():
                similar = textbox(words.SIMILAR, lines=3)
                negative = textbox(words.NEGATIVE, lines=3)
            text = textbox(words.CURATED_TEXT, lines=6, max_length=1200)
            look_up = textbox(words.FIND_PASSAGES, max_length=200)
            passage = gr.Radio([], label=words.FIND, visible=False)
            with gr.Row():
                passages = textbox(words.PASSAGES, lines=2)
                outside = textbox(words.OUTSIDE, lines=2)
            with gr.Row():
                topic = textbox(words.TOPIC, max_length=64)
                valid_from, valid_until, review_due = (
                    textbox(each, placeholder="2027-01-01", max_length=10)
                    for each in (words.VALID_FROM, words.VALID_UNTIL, words.REVIEW_DUE)
                )
            with gr.Row():
                save = gr.Button(words.SAVE)
                approve = gr.Button(words.APPROVE, variant="primary", elem_id="approve")
                withdraw = gr.Button(words.WITHDRAW)
                look = gr.Button(words.PREVIEW_CURATED, elem_id="preview-curated")
            caught = drawing(elem_id="curated-preview")
    fields = [question, similar, negative, text, passages, outside, topic, valid_from, valid_until, review_due]
    shown = [*fields, status, seen]
    for trigger in (page.load, refresh.click, which.change, said.submit):
        trigger(guarded(events.show), [which, said, listed], [listed], **QUIET)
    listed.change(guarded(events.open), [listed], shown, **QUIET)
    listed.change(lambda: "", None, [caught], **QUIET)
    look.click(guarded(events.preview), [listed], [caught], **QUIET)
    new.click(_empty, None, shown, **QUIET)
    save.click(guarded(events.save), [listed, seen, *fields], shown, **QUIET).then(
        guarded(events.show), [which, said, listed], [listed], **QUIET
    )
    approve.click(guarded(events.approve), [listed, seen], shown, **QUIET).then(
        guarded(events.show), [which, said, listed], [listed], **QUIET
    )
    withdraw.click(guarded(events.withdraw), [listed, seen], shown, **QUIET).then(
        guarded(events.show), [which, said, listed], [listed], **QUIET
    )
    look_up.submit(guarded(events.look_up), [look_up], [passage], **QUIET)
    passage.input(add_passage, [passage, passages], [passages], **QUIET)
