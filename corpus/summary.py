"""What the shipped corpus holds, by topic, as the table in ``corpus/README.md``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from corpus.records import Document, Facet, Kind

HEADER = (
    "| topic | guides | plans | gaps | sections | common questions | lay questions |\n|---|---|---|---|---|---|---|"
)


def topic_table(documents: Iterable[Document]) -> str:
    """Return a Markdown table: one row a topic, last the total."""
    by_topic: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_topic[document.topic].append(document)
    everything = [document for group in by_topic.values() for document in group]
    rows = [_row(topic, by_topic[topic]) for topic in sorted(by_topic)]
    return "\n".join([HEADER, *rows, _row("**total**", everything)])


def _row(name: str, documents: list[Document]) -> str:
    passages = [passage for document in documents for passage in document.passages]
    common = sum(passage.facet is Facet.FAQ for passage in passages)
    cells = [
        name,
        *(sum(document.kind is kind for document in documents) for kind in (Kind.GUIDE, Kind.PLAN, Kind.GAP)),
        len(passages) - common,
        common,
        sum(len(passage.questions) for passage in passages),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"
