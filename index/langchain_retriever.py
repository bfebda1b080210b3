"""The retriever as LangChain's ``BaseRetriever``, so that it fits into a chain; apart, because LangChain is slow to import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.retriever import Filters, Hit, Retriever


class LangChainRetriever(BaseRetriever):
    """Wraps a :class:`~index.retriever.Retriever`.

    Each LangChain document carries ``passage_id``, ``document_id``, ``title``, ``locator``, ``score`` and ``status``.

    :ivar today: returns the day that questions are about.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    today: Callable[[], dt.date]
    top_k: int = Field(default=5, ge=1)
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun | None = None, **_kwargs: Any
    ) -> list[LangChainDocument]:
        result = self.retriever.search(query, as_of=self.today(), top_k=self.top_k, filters=self.filters)
        return [as_langchain_document(hit) for hit in result.hits]


def as_langchain_document(hit: Hit) -> LangChainDocument:
    """Return a hit as a LangChain document."""
    passage = hit.passage
    metadata = {
        "passage_id": passage.passage_id,
        "document_id": passage.document_id,
        "title": hit.document.title,
        "locator": passage.locator,
        "score": hit.score,
        "status": hit.status.value,
    }
    return LangChainDocument(page_content=passage.text, metadata=metadata, id=passage.passage_id)
