"""Zip archives from strangers: opened only after their directory has been checked, read only in memory."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from corpus.errors import BrokenFileError, EncryptedFileError, FileTooLargeError, UnsafeArchiveError
from corpus.readers.base import MIB, Limits

_LEAVES_FOLDER = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800


@contextmanager
def open_archive(data: bytes, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Yield a checked archive. Nothing is unpacked to disk, and no entry gives more than its stated size.

    :raises UnsafeArchiveError: too many entries, far more content than bytes, a name outside the folder, a link.
    :raises EncryptedFileError: when an entry needs a password.
    :raises BrokenFileError: when it is no archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, len(data), limits)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise BrokenFileError(f"found a damaged or unusual archive: {error}") from error


def _check(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.max_entries:
        raise UnsafeArchiveError(f"found {len(entries)} entries in the archive, wanted at most {limits.max_entries}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_bytes:
        raise UnsafeArchiveError(
            f"found an archive of {unpacked // MIB} MiB unpacked, wanted at most {limits.max_unpacked_bytes // MIB} MiB"
        )
    if unpacked > limits.ratio_floor and unpacked > limits.max_ratio * packed:
        raise UnsafeArchiveError(f"found an archive that unpacks to {unpacked // packed} times its size")
    for entry in entries:
        if _LEAVES_FOLDER.search(entry.filename):
            raise UnsafeArchiveError(f"found the name {entry.filename!r}, which leaves the archive's folder")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnsafeArchiveError(f"found {entry.filename!r}, which is a link")
        if entry.flag_bits & _ENCRYPTED:
            raise EncryptedFileError(f"found {entry.filename!r} behind a password; unpack it and add it without one")


def entry_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; names that Windows wrote in GBK are read as such."""
    if entry.flag_bits & _UTF8_NAME or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Return the content of one entry.

    :raises FileTooLargeError: when it is above the limit for one file.
    :raises BrokenFileError: when it is damaged or packed in a way that Python does not know.
    """
    if entry.file_size > limits.max_bytes:
        raise FileTooLargeError(f"found {entry.file_size // MIB} MiB, wanted at most {limits.max_bytes // MIB} MiB")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BrokenFileError(f"found a damaged or unusual archive entry: {error}") from error


@contextmanager
def open_part(archive: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[io.BufferedIOBase]:
    """Yield one part of an office file for reading.

    :raises BrokenFileError: when there is no such part.
    :raises FileTooLargeError: when it is above the limit for one part.
    """
    try:
        entry = archive.getinfo(name)
    except KeyError as error:
        raise BrokenFileError(f"found no part {name} in the file") from error
    if entry.file_size > limits.max_part_bytes:
        raise FileTooLargeError(
            f"found {name} of {entry.file_size // MIB} MiB, wanted at most {limits.max_part_bytes // MIB} MiB"
        )
    with archive.open(entry) as part:
        yield part  # type: ignore[misc]
