"""How a Gradio page takes questions."""

from __future__ import annotations

import gradio as gr

AT_ONCE = 32
"""Questions of a page answered at the same time; Gradio's default of one would make people queue."""
LOOK_EVERY_S = 0.02
"""How often Gradio looks for questions. Its own 1 ms, for each page, keeps a server that nobody asks at 5 % of a core,
and those who answer have to hand over the interpreter two thousand times a second."""


def queue(page: gr.Blocks) -> None:
    """Let ``page`` take questions."""
    page.queue(default_concurrency_limit=AT_ONCE)
    page._queue.sleep_when_free = page._queue.progress_update_sleep_when_free = LOOK_EVERY_S
