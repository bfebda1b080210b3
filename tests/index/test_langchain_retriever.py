from __future__ import annotations

import datetime as dt

from corpus.records import Document, Kind
from index.embedder import StaticEmbedder
from index.langchain_retriever import LangChainRetriever
from index.retriever import Filters
from index.store import IndexStore


def test_gives_langchain_documents_with_what_a_citation_needs(
    store: IndexStore, guides: list[Document], embedder: StaticEmbedder, today: dt.date
) -> None:
    store.build(guides, embedder=embedder)
    chain = LangChainRetriever(retriever=store.open(embedder).retriever(), today=lambda: today, top_k=2)
    documents = chain.invoke("红标要钱不")
    assert len(documents) == 2
    assert documents[0].page_content == "申请使用专用标志不收费。"
    score = documents[0].metadata.pop("score")
    assert 0 < score <= 1
    assert documents[0].metadata == {
        "passage_id": "gi#1",
        "document_id": "gi",
        "title": "地理标志专用标志怎么用",
        "locator": "收多少钱",
        "status": "current",
    }


def test_asks_about_the_day_it_is_given(store: IndexStore, guides: list[Document], embedder: StaticEmbedder) -> None:
    store.build(guides, embedder=embedder)
    chain = LangChainRetriever(
        retriever=store.open(embedder).retriever(),
        today=lambda: dt.date(2027, 2, 1),
        filters=Filters(kinds=frozenset({Kind.GUIDE})),
    )
    assert chain.invoke("商标异议期")[0].metadata["passage_id"] == "trademark#3"
