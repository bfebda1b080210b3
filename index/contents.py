"""What lies in a generation's folder besides the search indexes: its documents, their digests and the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.records import Document
from index.builder import number_documents
from index.catalogue import Numbered
from index.errors import REBUILD, IndexBrokenError
from index.lay_questions import shipped_questions
from index.parts import MAX_QUESTIONS
from index.serial import document_from_json, document_to_json

DOCUMENTS_FILE, DIGESTS_FILE = "documents.jsonl", "digests.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it lies on disk.

    :ivar line: the number of its first passage, a tab, and the document as JSON.
    :ivar first: that number; the passages after it have the following ones.
    :ivar questions: how many entries it has in the index of questions.
    """

    line: str = field(repr=False)
    digest: str
    first: int
    passages: int
    questions: int

    @property
    def numbers(self) -> range:
        """The numbers of its passages."""
        return range(self.first, self.first + self.passages)


def entry_of(numbered: Numbered, digest: str) -> Entry:
    """Return the entry of a document.

    :param digest: of the document as it was given to the build.
    """
    passages = numbered.document.passages
    return Entry(
        line=f"{numbered.first}\t{document_to_json(numbered.document)}\n",
        digest=digest,
        first=numbered.first,
        passages=len(passages),
        questions=sum(len(passage.questions[:MAX_QUESTIONS]) for passage in passages),
    )


def numbered_entries(pairs: Sequence[tuple[Document, str]], *, first: int) -> tuple[list[Numbered], dict[str, Entry]]:
    """Return documents, given with their digests, with lay questions and numbers from ``first`` on; and their entries."""
    digests = {document.document_id: digest for document, digest in pairs}
    numbered = number_documents((shipped_questions().attach(document) for document, _ in pairs), first=first)
    return numbered, {
        each.document.document_id: entry_of(each, digests[each.document.document_id]) for each in numbered
    }


def write_entries(folder: Path, entries: Mapping[str, Entry]) -> None:
    """Write the documents and digests files; ``entries`` by document id, in the order of their numbers."""
    with (folder / DOCUMENTS_FILE).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(entry.line for entry in entries.values())
    table = {
        document_id: [entry.digest, entry.first, entry.passages, entry.questions]
        for document_id, entry in entries.items()
    }
    (folder / DIGESTS_FILE).write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")


def read_entries(folder: Path) -> dict[str, Entry]:
    """Read both files again, without making documents of the lines.

    :raises IndexBrokenError: one is missing or damaged, or they do not belong together.
    """
    try:
        with (folder / DOCUMENTS_FILE).open(encoding="utf-8", newline="\n") as file:
            pairs = zip(_read_table(folder).items(), file, strict=True)
            return {document_id: Entry(line, *values) for (document_id, values), line in pairs}
    except (OSError, ValueError, TypeError) as error:
        raise IndexBrokenError(f"{folder}: documents and digests cannot be read ({error!r}); {REBUILD}") from error


def read_digests(folder: Path) -> dict[str, str]:
    """Read each document's digest, in the order of the documents.

    :raises IndexBrokenError: the file is missing or damaged.
    """
    try:
        return {document_id: str(values[0]) for document_id, values in _read_table(folder).items()}
    except (LookupError, TypeError) as error:
        raise IndexBrokenError(f"{folder}: digests cannot be read ({error!r}); {REBUILD}") from error


def read_documents(folder: Path, known: Iterable[Document | None]) -> list[Numbered]:
    """Read the documents.

    :param known: for each, in order, the document itself where that is at hand already.
    :raises IndexBrokenError: the file is missing, a line is damaged, or there are more or fewer than wanted.
    """
    path = folder / DOCUMENTS_FILE
    numbered: list[Numbered] = []
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for line, document in zip(file, known, strict=True):
                first, _, json_text = line.partition("\t")
                numbered.append(Numbered(first=int(first), document=document or document_from_json(json_text)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexBrokenError(f"{path}: line {len(numbered) + 1} cannot be read ({error!r}); {REBUILD}") from error
    return numbered


def _read_table(folder: Path) -> dict[str, list[Any]]:
    try:
        table: dict[str, list[Any]] = json.loads((folder / DIGESTS_FILE).read_text(encoding="utf-8"))
        table.items()
    except (OSError, ValueError, AttributeError) as error:
        raise IndexBrokenError(f"{folder / DIGESTS_FILE}: cannot be read ({error!r}); {REBUILD}") from error
    return table


def totals(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many documents, passages and questions there are."""
    entries = list(entries)
    return {
        "documents": len(entries),
        "passages": sum(entry.passages for entry in entries),
        "questions": sum(entry.questions for entry in entries),
    }
