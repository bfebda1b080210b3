"""A link of a LangChain chain that is a plain function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import Input, Output


class Link(Runnable[Input, Output]):
    """Calls ``function``; the ``RunnableLambda`` for it looks up its signature four times whenever it is called."""

    def __init__(self, function: Callable[[Input], Output]) -> None:
        self._function = function

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:  # noqa: A002
        """Return what the function makes of ``input``."""
        return self._function(input)
