"""Makes the shipped vectors of the shipped sections again: after many guides were changed, so that a first start stays short.

python -m index.training.sections
"""

from __future__ import annotations

from corpus.shipped import shipped_documents
from index.encoder import ENCODER, shipped_encoder
from index.kept_vectors import KeptVectors
from index.sections import SECTIONS_FILE, section_text, sections_of
from index.terms import default_analyzer


def shipped_section_texts() -> list[str]:
    """Return what is encoded of the shipped documents."""
    analyzer = default_analyzer()
    return [
        section_text(document, passage, analyzer)
        for document in shipped_documents()
        for passage in sections_of(document)
    ]


def main() -> None:
    """Encode them all: a minute on one core."""
    KeptVectors.of(shipped_section_texts(), shipped_encoder()).save(ENCODER / SECTIONS_FILE)


if __name__ == "__main__":
    main()
