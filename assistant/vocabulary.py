"""The names that the texts themselves have for their matters, as they are in the index in use."""

from __future__ import annotations

from collections.abc import Callable

from assistant.indexes import Indexes
from assistant.understanding import Understander


class CorpusUnderstander(Understander):
    """Reads messages as :class:`Understander` does and knows the other names of every document in the index.

    A new index brings new names; nothing need be started again.
    """

    def __init__(self, *, indexes: Indexes, normalise: Callable[[str], str]) -> None:
        super().__init__(normalise=normalise)
        self._indexes = indexes
        self._generation = ""
        self._informed: Understander = self

    def _topics(self, text: str) -> frozenset[str]:
        index = self._indexes.current()
        if index.generation != self._generation:
            names = [alias for document in index.documents.values() for alias in document.aliases]
            self._informed = Understander(topic_words=names, normalise=self._normalise)
            self._generation = index.generation
        return self._informed._topics(text)
