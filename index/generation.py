"""One generation, opened: its documents and passages, and a retriever over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from corpus.records import Document, Passage
from index.asked import shipped_question_encoder
from index.builder import QUESTIONS_DIR, TEXTS_DIR
from index.catalogue import Catalogue
from index.contents import read_digests, read_documents
from index.dense import ASKED, SECTIONS, DenseIndex, use_one_thread
from index.embedder import Embedder
from index.encoder import shipped_encoder
from index.errors import REBUILD, IndexBrokenError
from index.follow_up_guess import FollowUps, SecondSigns, shipped_follow_up_guess
from index.guide_ranker import shipped_guide_model
from index.known_questions import KnownQuestions
from index.lexical import TermIndex
from index.manifest import Manifest
from index.parts import SearchParts
from index.reranker import Reranker
from index.retriever import Retriever
from index.terms import Analyzer


class Index:
    """An opened generation.

    :ivar documents: id → the document's own data, without passages.
    :ivar generation: its id.
    :ivar manifest: what it was built from.
    """

    def __init__(
        self,
        *,
        generation: str,
        parts: SearchParts,
        manifest: Manifest,
        digests: Mapping[str, str],
        lock: IO[bytes] | None = None,
    ) -> None:
        self.generation = generation
        self._digests = digests
        self._parts = parts
        self._lock = lock  # held open: keeps the generation's folder from being removed
        self.manifest = manifest
        self.documents: dict[str, Document] = parts.catalogue.documents
        guides = shipped_guide_model()
        signs = SecondSigns(guides.topic_guess, parts) if guides else None
        self._retriever: Retriever | None = None
        self._follow_ups = FollowUps(shipped_follow_up_guess(), signs) if signs else None

    @property
    def parts(self) -> SearchParts:
        """The opened parts; for training, which searches them with other models."""
        return self._parts

    def retriever(self, *, reranker: Reranker | None = None) -> Retriever:
        """Return the retriever over this generation, the same each time; with a reranker of one's own a new one."""
        if reranker is not None:
            return Retriever(parts=self._parts, reranker=reranker, guide_model=shipped_guide_model())
        if self._retriever is None:
            self._retriever = Retriever(parts=self._parts, guide_model=shipped_guide_model())
        return self._retriever

    def goes_on(self, previous: str, message: str) -> float | None:
        """Return the log odds that ``message`` goes on with the question ``previous``; None where nothing tells."""
        return self._follow_ups.score(previous, message) if self._follow_ups else None

    def passage(self, passage_id: str) -> Passage:
        """Return the passage with this id.

        :raises KeyError: there is none.
        """
        return self._parts.catalogue.passage(self._parts.catalogue.number(passage_id))

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document in reading order; none when the document is unknown."""
        return self._parts.catalogue.passages_of(document_id)

    def same_documents(self, digests: Mapping[str, str]) -> Iterator[Document | None]:
        """Yield for each of these ids the whole document, None where it has another digest here or there is none."""
        for document_id, digest in digests.items():
            same = self._digests.get(document_id) == digest
            yield replace(self.documents[document_id], passages=tuple(self.passages_of(document_id))) if same else None

    def known_questions(self, questions: Sequence[str], answers: Sequence[str]) -> KnownQuestions:
        """Return what compares queries with questions that are not in this index."""
        return KnownQuestions(questions, answers, parts=self._parts)

    def close(self) -> None:
        """Let go of the generation's folder; searching goes on working until the process ends."""
        if self._lock is not None:
            self._lock.close()


def open_generation(
    folder: Path,
    manifest: Manifest,
    *,
    embedder: Embedder,
    analyzer: Analyzer,
    lock: IO[bytes] | None,
    before: Index | None = None,
) -> Index:
    """Open the parts in ``folder`` and check them against the manifest and each other.

    :param before: a generation that is open; what both hold is shared, which saves half of the time and of the memory.
    :raises IndexBrokenError: a part is damaged or holds another number of entries than the manifest says.
    """
    use_one_thread()
    digests = read_digests(folder)
    known = before.same_documents(digests) if before is not None else [None] * len(digests)
    parts = SearchParts(
        catalogue=Catalogue(read_documents(folder, known)),
        texts=TermIndex(folder / TEXTS_DIR),
        questions=TermIndex(folder / QUESTIONS_DIR),
        dense=DenseIndex.open(folder),
        sections=DenseIndex.open(folder, SECTIONS),
        asked=DenseIndex.open(folder, ASKED),
        embedder=embedder,
        encoder=shipped_encoder(),
        question_encoder=shipped_question_encoder(),
        analyzer=analyzer,
    )
    found = {
        "documents": len(parts.catalogue.documents),
        "passages": len(parts.catalogue),
        "lexical entries": parts.texts.count,
        "questions": parts.questions.count,
        "vectors": parts.dense.count,
        "dim": parts.dense.dim,
        "sections": parts.sections.count,
        "asked": parts.asked.count,
    }
    wanted = {
        "documents": manifest.documents,
        "passages": manifest.passages,
        "lexical entries": manifest.passages,
        "questions": manifest.questions,
        "vectors": manifest.vectors,
        "dim": manifest.dim,
        "sections": manifest.sections,
        "asked": manifest.asked,
    }
    wrong = [f"{found[name]} {name} for {wanted[name]}" for name in found if found[name] != wanted[name]]
    if wrong:
        raise IndexBrokenError(f"{folder}: found {', '.join(wrong)}; {REBUILD}")
    return Index(generation=folder.name, parts=parts, manifest=manifest, digests=digests, lock=lock)
