"""Takes files, folders and zip archives into the library: what can be read is added, what cannot is named with its reason.

Each document is added in one transaction; stopped at any moment, a document is there whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from zipfile import ZipInfo

from corpus.errors import CorpusError, DuplicateDocumentError, FileTooLargeError, ReadError
from corpus.library import Library
from corpus.readers.archive import entry_name, open_archive, read_entry
from corpus.readers.base import MIB, Limits
from corpus.readers.sniff import Format, sniff
from corpus.reading import READER_VERSION, read_document

Progress = Callable[[str, int, int], None]
"""Called before each file with its name, its number from 1, and the number of files known so far."""


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; ``error`` is the reason why it was not taken in."""

    name: str
    outcome: Outcome
    document_id: str | None = None
    title: str = ""
    passages: int = 0
    error: CorpusError | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every file, in the order in which they were read."""

    files: tuple[FileReport, ...]

    def count(self, outcome: Outcome) -> int:
        """Return how many files had this outcome."""
        return Counter(file.outcome for file in self.files)[outcome]

    @property
    def failures(self) -> tuple[FileReport, ...]:
        """Return the files that were not taken in."""
        return tuple(file for file in self.files if file.outcome is Outcome.FAILED)

    @property
    def changed(self) -> bool:
        """Tell whether the library holds something new, so that the index should be built again."""
        return any(file.outcome in (Outcome.ADDED, Outcome.UPDATED) for file in self.files)


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, from a folder or out of an archive."""

    name: str
    load: Callable[[], bytes]


def ingest(
    paths: Iterable[Path], *, library: Library, progress: Progress | None = None, limits: Limits | None = None
) -> IngestReport:
    """Take files, folders (with all below them) and zip archives into the library.

    Content that is already there is skipped without reading it again; changed content becomes a new version of its
    document. Hidden files, lock files of office programs and README files in folders are passed over.

    :returns: one report for each file; failures do not stop the rest.
    :raises FileNotFoundError: when a path does not exist; nothing has been taken in then.
    """
    limits = limits or Limits()
    waiting = [found for path in paths for found in _found(path)]
    reports: list[FileReport] = []
    seen: dict[str, str] = {}
    while waiting:
        path = waiting.pop(0)
        for file, remaining in _files(path, limits):
            if progress is not None:
                progress(file.name, len(reports) + 1, len(reports) + 1 + remaining + len(waiting))
            reports.append(_take_in(file, library, limits, seen))
    return IngestReport(tuple(reports))


def _found(path: Path) -> list[Path]:
    if not path.exists():
        raise FileNotFoundError(f"found no file or folder {path}")
    if path.is_file():
        return [path]
    below = (item for item in path.rglob("*") if item.is_file() and not item.is_symlink())
    return sorted(item for item in below if not _is_passed_over(item.relative_to(path)))


def _is_passed_over(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return (
        hidden
        or path.name.startswith("~$")
        or path.stem.upper() == "README"
        or path.name in ("Thumbs.db", "desktop.ini")
    )


def _files(path: Path, limits: Limits) -> Iterator[tuple[_File, int]]:
    """Yield the file, or the files of an archive, each with how many follow it."""
    if not _is_archive(path, limits):
        yield _File(str(path), partial(_load, path, limits)), 0
        return
    with open_archive(_load(path, limits), limits) as archive:
        entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
        for number, entry in enumerate(entries, start=1):
            name = f"{path}/{entry_name(entry)}"
            yield _File(name, partial(read_entry, archive, entry, limits)), len(entries) - number


def _is_archive(path: Path, limits: Limits) -> bool:
    """Tell whether a file is an archive of documents; one that cannot be opened is reported when it is taken in."""
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                return False
        return sniff(_load(path, limits), path.name, limits) is Format.ARCHIVE
    except (CorpusError, OSError):
        return False


def _is_wanted(entry: ZipInfo) -> bool:
    return not entry.is_dir() and not _is_passed_over(Path(entry_name(entry))) and "__MACOSX" not in entry.filename


def _load(path: Path, limits: Limits) -> bytes:
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileTooLargeError(f"found {size / MIB:.0f} MiB, wanted at most {limits.max_bytes // MIB} MiB")
    return path.read_bytes()


def _take_in(file: _File, library: Library, limits: Limits, seen: dict[str, str]) -> FileReport:
    try:
        data = file.load()
        digest = hashlib.sha256(data).hexdigest()
        if (known := library.holds(digest, reader_version=READER_VERSION)) is not None:
            seen.setdefault(known, file.name)
            return FileReport(file.name, Outcome.UNCHANGED, known)
        document = read_document(data, Path(file.name).name, limits=limits)
        if (other := seen.setdefault(document.document_id, file.name)) != file.name:
            raise DuplicateDocumentError(f"found the same document as in {other}; that one was kept")
        addition = library.add(document, original=data, file_name=Path(file.name).name, reader_version=READER_VERSION)
    except DuplicateDocumentError as error:
        return FileReport(file.name, Outcome.DUPLICATE, error=error)
    except CorpusError as error:
        return FileReport(file.name, Outcome.FAILED, error=error)
    except OSError as error:
        reason = ReadError(f"found a file that cannot be read: {error.strerror or error}")
        return FileReport(file.name, Outcome.FAILED, error=reason)
    return FileReport(file.name, Outcome(addition.value), document.document_id, document.title, len(document.passages))
