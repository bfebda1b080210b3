"""Original files, stored by content."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

_SUFFIX = re.compile(r"\.[0-9a-z]{1,8}")


class Originals:
    """A folder in which each file's name is the SHA-256 of its content; writing one twice changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes, suffix: str) -> str:
        """Store the content, complete on disk on return.

        :param suffix: such as ``.pdf``; anything unusual is left out.
        :returns: the path below the folder, such as ``5c/5c0e….pdf``.
        """
        digest = hashlib.sha256(content).hexdigest()
        name = digest + (suffix.lower() if _SUFFIX.fullmatch(suffix.lower()) else "")
        target = self._folder / digest[:2] / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(target, content)
        return f"{digest[:2]}/{name}"

    def path(self, stored: str) -> Path:
        """Return where a stored file lies."""
        return self._folder / stored


def _write_whole(target: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(target)
