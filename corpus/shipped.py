"""The texts that ship with the product."""

from __future__ import annotations

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
            documents.append(read_markdown(path.read_text(encoding="utf-8")))
        except CorpusError as error:
            raise type(error)(f"{path.name}: {error}") from error
    return documents
