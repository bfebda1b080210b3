"""Names of files that people send. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath


def safe_name(file_name: str) -> str:
    """Return the last part of a file's name without what no file system should see: ``../../x`` is ``x``."""
    last = PurePosixPath(file_name.replace("\\", "/")).name
    kept = "".join(character for character in last if character.isprintable() and character not in '<>:"|?*/')
    stem, dot, suffix = kept.strip(". ").rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:10]}" if stem else suffix[:100] or "file"
