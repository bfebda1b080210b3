"""Advisory file locks between processes; they vanish with the process that holds them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], *, share: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes], *, share: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if share else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def try_lock(path: Path, *, share: bool = False) -> IO[bytes] | None:
    """Lock ``path`` (made when absent) and return the open file; None when another process holds it.

    The lock lasts until the file is closed. Several may hold it with ``share``; Windows knows exclusive locks only, there
    a second reader gets None.
    """
    file = path.open("ab")
    try:
        _lock(file, share=share)
    except OSError:
        file.close()
        return None
    return file
