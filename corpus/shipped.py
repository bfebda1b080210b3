"""The texts that ship with the product."""

from __future__ import annotations

import functools
from pathlib import Path

from corpus.errors import CorpusError
from corpus.readers.markdown import read_markdown
from corpus.records import Document

DOCUMENTS_DIR = Path(__file__).parent / "documents"


def shipped_documents(folder: Path = DOCUMENTS_DIR) -> list[Document]:
    """Read every Markdown file of the shipped corpus, sorted by path.

    :raises CorpusError: naming the file that cannot be read, and why.
    """
    documents = []
    for path in sorted(folder.rglob("*.md")):
        try:
            documents.append(_read(path, path.stat().st_mtime_ns))
        except CorpusError as error:
            raise type(error)(f"{path.name}: {error}") from error
    return documents


@functools.cache
def _read(path: Path, changed: int) -> Document:
    """Return a text, read once as long as its file's day of change stays ``changed``: the desk asks for them often."""
    return read_markdown(path.read_text(encoding="utf-8"))
