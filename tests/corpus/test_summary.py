"""The table in the corpus's README says what is there."""

from __future__ import annotations

from corpus.shipped import DOCUMENTS_DIR, shipped_documents
from corpus.summary import topic_table


def test_the_readme_tells_what_the_corpus_holds() -> None:
    readme = (DOCUMENTS_DIR.parent / "README.md").read_text(encoding="utf-8")
    assert topic_table(shipped_documents()) in readme, "run: python -m assistant check --table"
