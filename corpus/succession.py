"""Which text follows which: the versions of one law, and texts that a later one repeals by name. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.records import Document, Kind

_NOT_A_WORD = re.compile(r"[\W_]+")
_STATE = "中华人民共和国"
_SUCCEEDING = {Kind.LAW, Kind.POLICY}


def title_key(title: str) -> str:
    """Return what two versions of one text have in common: the title without 中华人民共和国, spaces and punctuation."""
    return _NOT_A_WORD.sub("", title).removeprefix(_STATE)


def make_document_id(kind: Kind, title: str, start: dt.date | None) -> str:
    """Return a short, stable ASCII id such as ``law-20240120-5c0e8a71``; versions of one text share the last part.

    :param start: see :attr:`Document.starts`; texts without any date have no middle part.
    """
    family = hashlib.sha256(title_key(title).encode()).hexdigest()[:8]
    return "-".join(part for part in (kind.value, start.strftime("%Y%m%d") if start else "", family) if part)


def with_succession(documents: Iterable[Document]) -> list[Document]:
    """Set ``repealed_date`` and ``replaced_by`` of texts that another one in the collection follows.

    A text is followed by the next version of itself, or by the first later text that names it in ``replaces``
    (by id or title). A date or successor that the text itself states is kept.
    """
    given = list(documents)
    families: dict[str, list[Document]] = defaultdict(list)
    named: dict[str, list[Document]] = defaultdict(list)
    for document in given:
        if document.kind in _SUCCEEDING and document.starts is not None:
            families[title_key(document.title)].append(document)
        for name in document.replaces:
            named[title_key(name)].append(document)
    return [
        _ended(
            document,
            families[title_key(document.title)] if document.kind in _SUCCEEDING else (),
            named.get(title_key(document.title), []) + named.get(title_key(document.document_id), []),
        )
        for document in given
    ]


def _ended(document: Document, family: Sequence[Document], repealing: Sequence[Document]) -> Document:
    start = document.starts
    if document.repealed_date is not None or start is None:
        return document
    later = [
        (begins, other.document_id)
        for other in (*family, *repealing)
        if (begins := other.starts) is not None and begins > start
    ]
    if not later:
        return document
    begins, successor = min(later)
    return replace(document, repealed_date=begins, replaced_by=document.replaced_by or successor)
