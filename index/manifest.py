"""The manifest of a generation: what it was built from and what must lie beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import REBUILD, IndexBrokenError
from index.fingerprint import FORMAT_VERSION

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in ``manifest.json``.

    :ivar next_number: the number that the next passage to be added gets.
    """

    format_version: int
    fingerprint: str
    embedder: str
    dim: int
    documents: int
    passages: int
    questions: int
    vectors: int
    sections: int
    asked: int
    next_number: int
    built_at: str

    def save(self, folder: Path) -> None:
        """Write the manifest; the last file of a generation to be written."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a generation.

        :raises IndexBrokenError: it is missing, damaged, or of another format version.
        """
        path = folder / MANIFEST
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            version = values["format_version"]
            if version == FORMAT_VERSION:
                return cls(**values)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexBrokenError(f"{path}: found no readable manifest ({error!r}); {REBUILD}") from error
        raise IndexBrokenError(f"{path}: found format {version}, wanted {FORMAT_VERSION}; {REBUILD}")


def now() -> str:
    """Return the time in UTC, ISO form, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
