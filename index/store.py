"""Generations of the index on disk: built beside, switched atomically, checked when they are opened.

::

    <data_dir>/index/CURRENT              the name of the generation that is searched
    <data_dir>/index/<generation>/        lexical/  dense.faiss  dense_ids.npy  documents.jsonl  digests.json  manifest.json

A generation is never changed once it has its name. The one before the current is kept, older ones go, and one that a
process has open stays until that process lets go.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from corpus.records import Document
from index.builder import LEXICAL_DIR, Builder, Progress, number_documents
from index.catalogue import Numbered
from index.contents import Entry, entry_of, read_entries, totals, write_entries
from index.dense import DenseIndex
from index.embedder import Embedder
from index.errors import REBUILD, EmbedderMismatchError, IndexBrokenError, IndexBusyError, IndexMissingError
from index.fingerprint import FORMAT_VERSION, combined, document_digest
from index.generation import Index, open_generation
from index.lay_questions import shipped_questions
from index.locks import try_lock
from index.manifest import Manifest, now
from index.terms import Analyzer, default_analyzer

__all__ = ["Index", "IndexStore"]

CURRENT = "CURRENT"
_BUILDING, _BUILD_LOCK, _USE_LOCK = ".building-", ".build.lock", "in-use.lock"


class IndexStore:
    """The index folder below a data folder.

    :param analyzer: makes terms of texts; the shipped one when None.
    """

    def __init__(self, data_dir: Path, *, analyzer: Analyzer | None = None) -> None:
        self._root = data_dir / "index"
        self._analyzer = analyzer or default_analyzer()

    def build(self, documents: Iterable[Document], *, embedder: Embedder, progress: Progress | None = None) -> str:
        """Index ``documents`` as a new generation, make it the current one and return its id.

        :param progress: called with the step's name, how many are done and how many there are.
        :raises IndexBusyError: another process is building.
        """
        with self._new_generation() as folder:
            builder = Builder(folder, embedder=embedder, analyzer=self._analyzer, progress=progress)
            numbered, entries = self._numbered(documents, first=0)
            with builder:
                vectors, ids = builder.add(numbered)
            DenseIndex(vectors, ids).save(folder)
            self._describe(folder, entries, vectors=len(ids), next_number=_after(numbered, 0), embedder=embedder)
        return self._switch(folder)

    def update(self, *, added: Iterable[Document] = (), removed: Iterable[str] = (), embedder: Embedder) -> str:
        """Make a new generation from the current one, with some documents added, replaced or removed.

        A document whose id is in the index already is replaced. Costs as much as the copy of a folder, so a second or
        two for one guide in 60,000 passages; the ranking is that of a full build but for rounding in the rarity of
        terms.

        :raises IndexError_: as :meth:`open` does; what cannot be opened cannot be updated.
        :raises IndexBusyError: another process is building.
        """
        old, manifest = self._checked(embedder)
        with self._new_generation() as folder:
            shutil.copytree(old / LEXICAL_DIR, folder / LEXICAL_DIR)
            builder = Builder(folder, embedder=embedder, analyzer=self._analyzer)
            entries = read_entries(old)
            numbered, fresh = self._numbered(added, first=manifest.next_number)
            gone = [entries.pop(document_id) for document_id in {*removed, *fresh} if document_id in entries]
            numbers = np.array([n for e in gone for n in range(e.first, e.first + e.passages)], dtype=np.int64)
            with builder:
                builder.remove(numbers)
                vectors, ids = builder.add(numbered)
            kept_vectors, kept_ids = DenseIndex.open(old).without(numbers)
            DenseIndex(np.vstack([kept_vectors, vectors]), np.concatenate([kept_ids, ids])).save(folder)
            next_number = _after(numbered, manifest.next_number)
            count = len(kept_ids) + len(ids)
            self._describe(folder, entries | fresh, vectors=count, next_number=next_number, embedder=embedder)
        return self._switch(folder)

    def current(self) -> str | None:
        """Return the id of the current generation, None before the first build."""
        try:
            return (self._root / CURRENT).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def open(self, embedder: Embedder) -> Index:
        """Open the current generation.

        :raises IndexMissingError: nothing has been built.
        :raises IndexBrokenError: the generation is damaged, incomplete, or of another format.
        :raises EmbedderMismatchError: it was built with another embedding model.
        """
        folder, manifest = self._checked(embedder)
        lock = try_lock(folder / _USE_LOCK, share=True)
        return open_generation(folder, manifest, embedder=embedder, analyzer=self._analyzer, lock=lock)

    def stale(self, mark: str) -> bool:
        """Return whether there is no readable current generation with the fingerprint ``mark``."""
        generation = self.current()
        if generation is None:
            return True
        try:
            return Manifest.read(self._root / generation).fingerprint != mark
        except IndexBrokenError:
            return True

    def _checked(self, embedder: Embedder) -> tuple[Path, Manifest]:
        """Return the current generation's folder and manifest; raises as :meth:`open` does."""
        generation = self.current()
        if generation is None:
            raise IndexMissingError(f"{self._root}: found no index; {REBUILD}")
        folder = self._root / generation
        if not folder.is_dir():
            raise IndexBrokenError(f"{self._root / CURRENT}: names {generation}, which is not there; {REBUILD}")
        manifest = Manifest.read(folder)
        if (manifest.embedder, manifest.dim) != (embedder.name, embedder.dim):
            found = f"index was built with {manifest.embedder} (dim {manifest.dim})"
            raise EmbedderMismatchError(f"{found}, settings ask for {embedder.name} (dim {embedder.dim}); {REBUILD}")
        return folder, manifest

    def _numbered(self, documents: Iterable[Document], *, first: int) -> tuple[list[Numbered], dict[str, Entry]]:
        """Return the documents with their lay questions and numbers, and their entries by id."""
        digests, attached = [], []
        for document in documents:
            digests.append(document_digest(document))
            attached.append(shipped_questions().attach(document))
        numbered = number_documents(attached, first=first)
        entries = {
            entry.document.document_id: entry_of(entry, digest) for entry, digest in zip(numbered, digests, strict=True)
        }
        return numbered, entries

    def _describe(
        self, folder: Path, entries: Mapping[str, Entry], *, vectors: int, next_number: int, embedder: Embedder
    ) -> None:
        write_entries(folder, entries)
        digests = (entry.digest for entry in entries.values())
        Manifest(
            format_version=FORMAT_VERSION,
            fingerprint=combined(digests, embedder=embedder, analyzer=self._analyzer),
            embedder=embedder.name,
            dim=embedder.dim,
            **totals(entries.values()),
            vectors=vectors,
            next_number=next_number,
            built_at=now(),
        ).save(folder)

    @contextmanager
    def _new_generation(self) -> Iterator[Path]:
        """Yield an empty folder under a passing name; it is removed again when the block fails."""
        self._root.mkdir(parents=True, exist_ok=True)
        lock = try_lock(self._root / _BUILD_LOCK)
        if lock is None:
            raise IndexBusyError(f"{self._root}: another process is building the index; wait until it is done")
        with lock:
            self._remove_unfinished()
            folder = self._root / f"{_BUILDING}{uuid.uuid4().hex[:8]}"
            folder.mkdir()
            try:
                yield folder
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def _switch(self, built: Path) -> str:
        """Give the built folder its name, make it current and remove what is no longer needed."""
        stamp = now().replace("-", "").replace(":", "")[:15]
        generation = f"{stamp}-{built.name.removeprefix(_BUILDING)}"
        before = self.current()
        built.rename(self._root / generation)
        passing = self._root / f"{CURRENT}.new"
        passing.write_text(generation + "\n", encoding="utf-8")
        passing.replace(self._root / CURRENT)
        self._remove_old(keep={generation, before})
        return generation

    def _remove_old(self, keep: set[str | None]) -> None:
        for folder in self._generations():
            if folder.name in keep:
                continue
            lock = try_lock(folder / _USE_LOCK)
            if lock is not None:
                with lock:
                    shutil.rmtree(folder, ignore_errors=True)

    def _generations(self) -> list[Path]:
        return [path for path in self._root.iterdir() if path.is_dir() and not path.name.startswith(_BUILDING)]

    def _remove_unfinished(self) -> None:
        """Remove what a build that died has left; the build lock says that none is running."""
        for path in self._root.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)


def _after(numbered: Sequence[Numbered], first: int) -> int:
    """Return the number after the last passage."""
    return first + sum(len(entry.document.passages) for entry in numbered)
