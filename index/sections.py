"""The vectors of sections: of what is no law, one a passage, made by the sentence encoder.

Those of the shipped guides, plan and gaps are shipped too, so that a first start need not make them: ``sections.safetensors``
beside the encoder, a vector for each text's hash. A text that was changed since is encoded when the index is built.
"""

from __future__ import annotations

import functools

from corpus.records import Document, Kind, Passage
from index.encoder import ENCODER
from index.kept_vectors import KeptVectors
from index.terms import Analyzer

SECTIONS_FILE = "sections.safetensors"


def section_text(document: Document, passage: Passage, analyzer: Analyzer) -> str:
    """Return what is encoded of a passage: title, heading and text, normalised; the encoder reads as far as it can."""
    heading = passage.heading.removeprefix(document.title)
    return analyzer.normalise(f"{document.title} {heading}\n{passage.text}")


def sections_of(document: Document) -> tuple[Passage, ...]:
    """Return the passages that get a vector: all but those of laws, which are too many and ranked otherwise."""
    return () if document.kind is Kind.LAW else document.passages


@functools.cache
def shipped_section_vectors() -> KeptVectors:
    """Return the vectors of the shipped sections.

    :raises EmbedderError: the file is missing or damaged.
    """
    return KeptVectors.open(ENCODER / SECTIONS_FILE)
