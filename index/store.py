"""The index on disk: built whole, or made from the generation before with what has changed; checked when it is opened.

A generation's folder holds ``lexical/``, ``dense.faiss``, ``dense_ids.npy``, the same of ``sections`` and
``asked``, ``documents.jsonl``, ``digests.json`` and ``manifest.json``; :mod:`index.generations` says how one follows another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.held import Held, held
from corpus.records import Document
from index.asked import AskedQuestions, shipped_asked_questions
from index.builder import LEXICAL_DIR, Builder, Progress
from index.contents import Entry, numbered_entries, read_entries, totals, write_entries
from index.dense import ASKED, PASSAGES, SECTIONS, DenseIndex
from index.embedder import Embedder
from index.errors import REBUILD, EmbedderMismatchError, IndexBrokenError, IndexBusyError, IndexMissingError
from index.fingerprint import FORMAT_VERSION, combined
from index.generation import Index, open_generation
from index.generations import Generations, copy_folder, name_of
from index.manifest import Manifest, now
from index.terms import Analyzer, default_analyzer

__all__ = ["Index", "IndexStore"]

Documents = Iterable[Document | Held]


@dataclass(frozen=True, slots=True)
class _Base:
    """The generation that an update starts from."""

    folder: Path
    manifest: Manifest
    entries: dict[str, Entry]


class IndexStore:
    """The index folder below a data folder.

    :param analyzer: makes terms of texts; the shipped one when None.
    :param asked: what is known to be asked about sections; what ships when None.
    """

    def __init__(
        self, data_dir: Path, *, analyzer: Analyzer | None = None, asked: AskedQuestions | None = None
    ) -> None:
        self._generations = Generations(data_dir / "index")
        self._analyzer = analyzer or default_analyzer()
        self._asked = asked

    def _builder(self, folder: Path, *, embedder: Embedder, progress: Progress | None) -> Builder:
        asked = self._asked or shipped_asked_questions()
        return Builder(folder, asked=asked, embedder=embedder, analyzer=self._analyzer, progress=progress)

    def refresh(
        self, documents: Callable[[], Documents], *, embedder: Embedder, progress: Progress | None = None
    ) -> str:
        """Make sure that the current generation holds exactly these documents as they are, and return its id.

        Does nothing, an update or a whole build, whichever is the least that will do.

        :param documents: called when no other process is building any more, so that nothing it took in is lost.
        :param progress: called with the step's name, how many are done and how many there are.
        :raises IndexBusyError: another process is building, and the documents are not those of the current generation.
        """
        try:
            with self._generations.locked():
                wanted = {each.document_id: each for each in map(held, documents())}
                if not self.stale(self._mark(wanted.values(), embedder)):
                    return str(self.current())
                return self._made(wanted, embedder=embedder, progress=progress)
        except IndexBusyError:
            if self.stale(self._mark(map(held, documents()), embedder)):
                raise
            return str(self.current())

    def build(self, documents: Documents, *, embedder: Embedder, progress: Progress | None = None) -> str:
        """Index ``documents`` as a new generation, make it the current one and return its id.

        :raises IndexBusyError: another process is building.
        """
        with self._generations.locked():
            return self._build(map(held, documents), embedder=embedder, progress=progress)

    def update(
        self,
        *,
        added: Documents = (),
        removed: Iterable[str] = (),
        embedder: Embedder,
        progress: Progress | None = None,
    ) -> str:
        """Make a new generation from the current one, with some documents added, replaced or removed.

        A document whose id is in the index already is replaced. The ranking is that of a full build but for rounding in
        the rarity of terms.

        :raises IndexError_: as :meth:`open` does; what cannot be opened cannot be updated.
        :raises IndexBusyError: another process is building.
        """
        with self._generations.locked():
            folder, manifest = self._checked(embedder)
            base = _Base(folder, manifest, read_entries(folder))
            pairs = [(each.read(), each.digest) for each in map(held, added)]
            return self._update(base, added=pairs, removed=removed, embedder=embedder, progress=progress)

    def copied_to(self, data_dir: Path) -> IndexStore:
        """Return a store below another folder that begins with this one's current generation.

        :raises IndexMissingError: there is none.
        """
        copy = IndexStore(data_dir, analyzer=self._analyzer)
        folder = self._generations.folder()
        with copy._generations.locked(), copy._generations.new() as target:
            copy_folder(folder, target)
        return copy

    def current(self) -> str | None:
        """Return the id of the current generation, None before the first build."""
        return self._generations.current()

    def open(self, embedder: Embedder, *, before: Index | None = None) -> Index:
        """Open the current generation.

        :param before: one that is open; documents that are the same in both are not read again.
        :raises IndexMissingError: nothing has been built.
        :raises IndexBrokenError: the generation is damaged, incomplete, or of another format.
        :raises EmbedderMismatchError: it was built with another embedding model.
        """
        folder, manifest = self._checked(embedder)
        lock = self._generations.use(folder)
        return open_generation(folder, manifest, embedder=embedder, analyzer=self._analyzer, lock=lock, before=before)

    def stale(self, mark: str) -> bool:
        """Return whether there is no readable current generation with the fingerprint ``mark``."""
        try:
            return Manifest.read(self._generations.folder()).fingerprint != mark
        except (IndexMissingError, IndexBrokenError):
            return True

    def _checked(self, embedder: Embedder) -> tuple[Path, Manifest]:
        """Return the current generation's folder and manifest; raises as :meth:`open` does."""
        folder = self._generations.folder()
        manifest = Manifest.read(folder)
        if (manifest.embedder, manifest.dim) != (embedder.name, embedder.dim):
            found = f"index was built with {manifest.embedder} (dim {manifest.dim})"
            raise EmbedderMismatchError(f"{found}, settings ask for {embedder.name} (dim {embedder.dim}); {REBUILD}")
        return folder, manifest

    def _base(self, embedder: Embedder) -> _Base | None:
        """Return the current generation, None where it is not what would be made of its documents today.

        Its fingerprint is over the words, rules and questions as well: the same digests give it only with all of these.
        """
        try:
            folder, manifest = self._checked(embedder)
            entries = read_entries(folder)
        except (IndexMissingError, IndexBrokenError, EmbedderMismatchError):
            return None
        digests = (entry.digest for entry in entries.values())
        same = combined(digests, embedder=embedder, analyzer=self._analyzer) == manifest.fingerprint
        return _Base(folder, manifest, entries) if same else None

    def _mark(self, documents: Iterable[Held], embedder: Embedder) -> str:
        return combined((each.digest for each in documents), embedder=embedder, analyzer=self._analyzer)

    def _made(self, wanted: Mapping[str, Held], *, embedder: Embedder, progress: Progress | None) -> str:
        """Make a generation of these documents, from the one before where that pays."""
        base = self._base(embedder)
        if base is None:
            return self._build(wanted.values(), embedder=embedder, progress=progress)
        known = {(document_id, entry.digest) for document_id, entry in base.entries.items()}
        added = [(each.read(), each.digest) for each in wanted.values() if (each.document_id, each.digest) not in known]
        gone = base.entries.keys() - wanted.keys()
        if not _worth_updating(base, [document for document, _ in added], gone):
            return self._build(wanted.values(), embedder=embedder, progress=progress)
        return self._update(base, added=added, removed=gone, embedder=embedder, progress=progress)

    def _build(self, documents: Iterable[Held], *, embedder: Embedder, progress: Progress | None) -> str:
        with self._generations.new() as folder:
            numbered, entries = numbered_entries([(each.read(), each.digest) for each in documents], first=0)
            with self._builder(folder, embedder=embedder, progress=progress) as builder:
                made = {
                    PASSAGES: DenseIndex(*builder.add(numbered)),
                    SECTIONS: DenseIndex(*builder.sections(numbered)),
                    ASKED: DenseIndex(*builder.asked(numbered)),
                }
            counts = {**_saved(made, folder), "next_number": _passages(entries)}
            self._describe(folder, entries, counts=counts, embedder=embedder)
        return name_of(folder)

    def _update(
        self,
        base: _Base,
        *,
        added: Sequence[tuple[Document, str]],
        removed: Iterable[str],
        embedder: Embedder,
        progress: Progress | None,
    ) -> str:
        with self._generations.new() as folder:
            numbered, fresh = numbered_entries(added, first=base.manifest.next_number)
            replaced = {*removed, *fresh} & base.entries.keys()
            numbers = np.array([n for each in replaced for n in base.entries[each].numbers], dtype=np.int64)
            copy_folder(base.folder / LEXICAL_DIR, folder / LEXICAL_DIR)
            with self._builder(folder, embedder=embedder, progress=progress) as builder:
                builder.remove(numbers)
                fresh_vectors = {
                    PASSAGES: builder.add(numbered),
                    SECTIONS: builder.sections(numbered),
                    ASKED: builder.asked(numbered),
                }
            changed = {name: DenseIndex.open(base.folder, name) for name in fresh_vectors}
            for name, (vectors, ids) in fresh_vectors.items():
                changed[name].change(removed=numbers, vectors=vectors, ids=ids)
            kept = {each: entry for each, entry in base.entries.items() if each not in replaced}
            next_number = base.manifest.next_number + _passages(fresh)
            counts = {**_saved(changed, folder), "next_number": next_number}
            self._describe(folder, kept | fresh, counts=counts, embedder=embedder)
        return name_of(folder)

    def _describe(
        self, folder: Path, entries: Mapping[str, Entry], *, counts: Mapping[str, int], embedder: Embedder
    ) -> None:
        write_entries(folder, entries)
        digests = (entry.digest for entry in entries.values())
        Manifest(
            format_version=FORMAT_VERSION,
            fingerprint=combined(digests, embedder=embedder, analyzer=self._analyzer),
            embedder=embedder.name,
            dim=embedder.dim,
            **totals(entries.values()),
            **counts,
            built_at=now(),
        ).save(folder)


def _saved(indexes: Mapping[str, DenseIndex], folder: Path) -> dict[str, int]:
    """Write the dense indexes and return how many vectors each has, by its field of the manifest."""
    for name, index in indexes.items():
        index.save(folder, name)
    return {"vectors" if name == PASSAGES else name: index.count for name, index in indexes.items()}


def _worth_updating(base: _Base, changed: Sequence[Document], gone: Iterable[str]) -> bool:
    """Return whether every second passage number, at least, would still be in use.

    Numbers are never given twice and arrays have a place for each; a whole build begins anew.
    """
    next_number = base.manifest.next_number + sum(len(document.passages) for document in changed)
    replaced = {*gone, *(document.document_id for document in changed)}
    lost = sum(base.entries[each].passages for each in replaced if each in base.entries)
    passages = base.manifest.passages - lost + next_number - base.manifest.next_number
    return next_number <= 2 * passages


def _passages(entries: Mapping[str, Entry]) -> int:
    return sum(entry.passages for entry in entries.values())
