"""The folder of generations: made under a passing name, switched to atomically, removed when nothing needs them.

::

    <data_dir>/index/CURRENT              the name of the generation that is searched
    <data_dir>/index/<generation>/        what :mod:`index.store` writes, and in-use.lock
    <data_dir>/index/.building-<name>/    not finished; of a process that died when nobody holds .build.lock

A generation is never changed once it has its name. The one before the current is kept, older ones go, and one that a
process has open stays until that process lets go.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from index.errors import REBUILD, IndexBrokenError, IndexBusyError, IndexMissingError
from index.locks import try_lock
from index.manifest import now

CURRENT = "CURRENT"
_BUILDING, _BUILD_LOCK, _USE_LOCK = ".building-", ".build.lock", "in-use.lock"


class Generations:
    """The generations below one folder, which need not be there yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pointer = root / CURRENT
        self._read: tuple[tuple[int, int], str | None] | None = None

    def current(self) -> str | None:
        """Return the name of the current generation, None before there is one; asked at every question."""
        try:
            found = self._pointer.stat()
            mark = (found.st_ino, found.st_mtime_ns)  # another file is put in its place, it is never written to
            if self._read is None or self._read[0] != mark:
                self._read = mark, self._pointer.read_text(encoding="utf-8").strip() or None
            return self._read[1]
        except FileNotFoundError:
            return None

    def folder(self) -> Path:
        """Return the folder of the current generation.

        :raises IndexMissingError: there is none yet.
        :raises IndexBrokenError: it is not there any more.
        """
        generation = self.current()
        if generation is None:
            raise IndexMissingError(f"{self._root}: found no index; {REBUILD}")
        folder = self._root / generation
        if not folder.is_dir():
            raise IndexBrokenError(f"{self._root / CURRENT}: names {generation}, which is not there; {REBUILD}")
        return folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from making generations during the block.

        :raises IndexBusyError: another process is at it.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        lock = try_lock(self._root / _BUILD_LOCK)
        if lock is None:
            raise IndexBusyError(f"{self._root}: another process is building the index; wait until it is done")
        with lock:
            for left in self._root.glob(f"{_BUILDING}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    @contextmanager
    def new(self) -> Iterator[Path]:
        """Yield an empty folder that becomes the current generation when the block ends well; only while locked."""
        stamp = now().replace("-", "").replace(":", "")[:15]
        folder = self._root / f"{_BUILDING}{stamp}-{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._switch(folder, name_of(folder))

    def use(self, folder: Path) -> IO[bytes] | None:
        """Keep a generation from being removed until what is returned is closed."""
        return try_lock(folder / _USE_LOCK, share=True)

    def _switch(self, built: Path, generation: str) -> None:
        before = self.current()
        built.rename(self._root / generation)
        passing = self._root / f"{CURRENT}.new"
        passing.write_text(generation + "\n", encoding="utf-8")
        passing.replace(self._root / CURRENT)
        self._remove_old(keep={generation, before})

    def _remove_old(self, keep: set[str | None]) -> None:
        for folder in self._root.iterdir():
            if not folder.is_dir() or folder.name in keep:
                continue
            lock = try_lock(folder / _USE_LOCK)
            if lock is not None:
                with lock:
                    shutil.rmtree(folder, ignore_errors=True)


def name_of(folder: Path) -> str:
    """Return the name of the generation that lies, or will lie, in ``folder``."""
    return folder.name.removeprefix(_BUILDING)


def copy_folder(source: Path, target: Path) -> None:
    """Copy a generation's folder, or one in it, without its locks.

    A file gets a second name where the disk has such a thing: nothing writes into a file of a generation again, what
    changes (tantivy's lists too) is written anew and put in the old one's place.
    """
    shutil.copytree(
        source, target, ignore=shutil.ignore_patterns("*.lock"), copy_function=_link_or_copy, dirs_exist_ok=True
    )


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
