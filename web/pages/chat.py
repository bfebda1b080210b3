"""The page at ``/``: ask, read, open the source, find a person."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI

from web.state import State


def mount(app: FastAPI, state: State) -> FastAPI:
    """Return ``app`` with the page mounted at ``/``."""
    with gr.Blocks() as page:
        gr.Markdown("...")
    return gr.mount_gradio_app(app, page, path="/")
