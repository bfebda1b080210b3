"""The index in use: opened once, brought up to date when the texts or the embedding changed, swapped while serving."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assistant.errors import IndexNotReadyError
from corpus.held import Held
from corpus.records import Document
from index.embedder import Embedder
from index.errors import EmbedderMismatchError, IndexBrokenError, IndexMissingError
from index.retriever import Retriever
from index.store import Index, IndexStore

Progress = Callable[[str, int, int], None]


class Indexes:
    """Keeps one open :class:`Index`.

    :param documents: gives every document that may be quoted, as it is when it is called.
    :param like: one that is open and holds nearly the same: what is the same is shared.
    """

    def __init__(
        self,
        *,
        store: IndexStore,
        embedder: Embedder,
        documents: Callable[[], Iterable[Document | Held]],
        like: Index | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._documents = documents
        self._changing = threading.Lock()
        self._index: Index | None = None
        self._like = like
        self._passed_over: str | None = None

    def current(self) -> Index:
        """Return the index in use; what another process (``ingest``, ``withdraw``) has made since is opened first.

        Whoever asks first waits for that, half a second in 60,000 passages; who asks meanwhile gets the one before.

        :raises IndexNotReadyError: as :meth:`in_use` does.
        """
        index = self.in_use()
        newest = self._store.current()
        if newest not in (index.generation, self._passed_over) and self._changing.acquire(blocking=False):
            try:
                return self.open()
            except IndexNotReadyError:
                self._passed_over = newest  # damaged, or made with another embedding: not tried again at every question
            finally:
                self._changing.release()
        return self.in_use()

    def in_use(self) -> Index:
        """Return the index in use without looking for a newer one: for what follows :meth:`current` in a question.

        :raises IndexNotReadyError: when none is open; says what was found, what was wanted and what to do.
        """
        if self._index is None:
            raise IndexNotReadyError("found no open index, wanted one; run: python -m assistant index")
        return self._index

    def retriever(self) -> Retriever:
        """Return the retriever over :meth:`in_use`; raises as that does."""
        return self.in_use().retriever()

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return self._index is not None

    def open(self) -> Index:
        """Open the generation that the data folder names.

        :raises IndexNotReadyError: when it is missing, broken or was built with another embedding.
        """
        try:
            index = self._store.open(self._embedder, before=self._index or self._like)
        except (IndexMissingError, IndexBrokenError, EmbedderMismatchError) as error:
            raise IndexNotReadyError(str(error)) from error
        if self._index is not None:
            gc.unfreeze()  # a server takes what it started with out of collection; the index before is to go
        index.retriever()  # made here, once: not by each of those who ask next
        self._index = index
        return index

    def build(self, progress: Progress | None = None) -> Index:
        """Build a new generation from the documents as they are now, and use it; the old one serves until then."""
        with self._changing:
            self._store.build(self._documents(), embedder=self._embedder, progress=progress)
            return self.open()

    def ensure(self, progress: Progress | None = None) -> Index:
        """Bring the index up to date with the documents as they are now, and use it; the old one serves until then."""
        with self._changing:
            generation = self._store.refresh(self._documents, embedder=self._embedder, progress=progress)
            if self._index is not None and self._index.generation == generation:
                return self._index
            try:
                return self.open()
            except IndexNotReadyError:
                # Its manifest is that of the documents, but something else of it is damaged.
                self._store.build(self._documents(), embedder=self._embedder, progress=progress)
                return self.open()

    def candidate(self, folder: Path | str, document_id: str, document: Document | None) -> Indexes:
        """Return another one, below ``folder``, over the documents as they would be; not brought up to date yet.

        :param document: what would stand in the place of the document ``document_id``; None takes that away.
        """

        def documents() -> Iterator[Document | Held]:
            yield from (each for each in self._documents() if each.document_id != document_id)
            if document is not None:
                yield document

        store = self._store.copied_to(Path(folder))
        return Indexes(store=store, embedder=self._embedder, documents=documents, like=self.current())
