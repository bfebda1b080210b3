"""The texts that a chat model is given, one file each, and their loader; nothing else."""

from __future__ import annotations

from importlib import resources


def load_prompt(name: str) -> str:
    """Return the text of ``prompts/{name}.md``, without white space around it.

    :raises FileNotFoundError: when there is none of that name.
    """
    return resources.files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
