"""统计: what people ask, as drawings to look at and tables to take along."""

from __future__ import annotations

import datetime as dt

import gradio as gr

from assistant.desk import page_messages as words
from assistant.service import today_in_shanghai
from web.desk.statistics import report_of
from web.pages.desk.common import QUIET, actor_of, day, drawing, guarded, textbox
from web.pages.desk.drawing import report
from web.state import State


class FigureEvents:
    """The tab's events."""

    def __init__(self, state: State) -> None:
        self._state = state

    def count(self, since: str, until: str, request: gr.Request) -> tuple[str, str]:
        """Return the figures of a period, and the link to them as a spreadsheet."""
        actor_of(self._state, request)
        last = day(until) or today_in_shanghai()
        first = day(since) or last - dt.timedelta(days=29)
        address = f"/api/v1/desk/statistics/export?since={first}&until={last}&form="
        links = " · ".join(f'<a href="{address}{form}">{words.EXPORT} {form.upper()}</a>' for form in ("xlsx", "csv"))
        return report(report_of(self._state, first, last)), links


def build(state: State, page: gr.Blocks) -> None:
    """Add the tab."""
    events = FigureEvents(state)
    with gr.Row():
        since, until = (textbox(each, placeholder="2026-11-01", max_length=10) for each in (words.SINCE, words.UNTIL))
        count = gr.Button(words.COUNT, variant="primary", scale=0, min_width=80)
        links = drawing()
    shown = drawing(elem_id="report")
    for trigger in (page.load, count.click, since.submit, until.submit):
        trigger(guarded(events.count), [since, until], [shown, links], **QUIET)
