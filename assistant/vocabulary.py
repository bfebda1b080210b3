"""The names that the texts themselves have for their matters, as they are in the index in use."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.indexes import Indexes
from assistant.understanding import Understander, topic_pattern


class CorpusUnderstander(Understander):
    """Reads messages as :class:`Understander` does and knows the other names of every document in the index.

    A new index brings new names; nothing need be started again.
    """

    def __init__(self, *, indexes: Indexes, normalise: Callable[[str], str]) -> None:
        super().__init__(normalise=normalise)
        self._indexes = indexes
        self._generation = ""

    @property
    def _topic(self) -> re.Pattern[str]:
        index = self._indexes.in_use()
        if index.generation != self._generation:
            names = [alias for document in index.documents.values() for alias in document.aliases]
            # The pattern first: another thread that sees the generation must see its names.
            self._pattern = topic_pattern(names, self._normalise)
            self._generation = index.generation
        return self._pattern

    def _guess(self, previous: str, text: str) -> float | None:
        return self._indexes.in_use().goes_on(previous, text)
