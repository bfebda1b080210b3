"""Builders of small documents, and one small embedding trained on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.records import Document, Facet, Kind, Passage
from index.embedder import StaticEmbedder
from index.parts import indexed_text
from index.store import IndexStore
from index.terms import Analyzer, default_analyzer
from tests.bootstrap import train_bootstrap

TODAY = dt.date(2026, 11, 23)

DocumentMaker = Callable[..., Document]


def make_document(document_id: str, title: str, *sections: tuple[str, str] | Passage, **fields: object) -> Document:
    """Return a document; a section is (heading, text) or a whole passage."""
    passages = []
    for order, section in enumerate(sections):
        if isinstance(section, Passage):
            passages.append(section)
            continue
        heading, text = section
        passages.append(make_passage(document_id, order, heading, text))
    fields.setdefault("kind", Kind.GUIDE)
    return Document(document_id=document_id, title=title, passages=tuple(passages), **fields)  # type: ignore[arg-type]


def make_passage(document_id: str, order: int, heading: str, text: str, **fields: object) -> Passage:
    """Return a passage with the id ``document#order``."""
    return Passage(
        passage_id=f"{document_id}#{order}",
        document_id=document_id,
        locator=heading,
        heading=heading,
        text=text,
        order=order,
        **fields,  # type: ignore[arg-type]
    )


@pytest.fixture
def document() -> DocumentMaker:
    return make_document


@pytest.fixture
def passage() -> Callable[..., Passage]:
    return make_passage


@pytest.fixture(scope="session")
def today() -> dt.date:
    return TODAY


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return default_analyzer()


@pytest.fixture(scope="session")
def guides() -> list[Document]:
    """Three guides, two versions of one rule, a repealed law, and a plan whose period is over."""
    return [
        make_document(
            "trademark",
            "商标注册怎么办",
            make_passage(
                "trademark",
                0,
                "收多少钱",
                "普通商标注册，一个类别官费300元。",
                facet=Facet.FEE,
                questions=("注册商标要花多少钱",),
            ),
            make_passage(
                "trademark",
                1,
                "多长时间",
                "商标局在9个月内审查完毕。",
                facet=Facet.TIME,
                questions=("商标几个月能下来",),
            ),
            make_passage("trademark", 2, "异议期", "初审公告后3个月内可以提异议。", repealed_date=dt.date(2027, 1, 1)),
            make_passage("trademark", 3, "异议期", "初审公告后2个月内可以提异议。", effective_date=dt.date(2027, 1, 1)),
        ),
        make_document(
            "gi",
            "地理标志专用标志怎么用",
            make_passage(
                "gi",
                0,
                "谁能办",
                "产地范围内的生产者可以申请使用专用标志。",
                facet=Facet.WHO,
                questions=("红标谁能用",),
            ),
            make_passage("gi", 1, "收多少钱", "申请使用专用标志不收费。", facet=Facet.FEE, questions=("红标要钱不",)),
            region="内蒙古",
        ),
        make_document(
            "old-law",
            "旧专利法",
            ("第一条", "发明专利权的期限为十五年。"),
            kind=Kind.LAW,
            repealed_date=dt.date(2010, 1, 1),
        ),
        make_document(
            "plan",
            "知识产权规划",
            ("目标", "到2025年每万人发明专利2.5件。"),
            kind=Kind.PLAN,
            period_end=dt.date(2025, 12, 31),
        ),
    ]


@pytest.fixture(scope="session")
def embedder(guides: list[Document], analyzer: Analyzer) -> StaticEmbedder:
    texts = [indexed_text(document, passage) for document in guides for passage in document.passages]
    return train_bootstrap(texts, analyzer=analyzer, dim=16, min_count=1)


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path)
