"""How long it takes until a new text can be searched: one guide more in a large index, and a thousand articles of law.

    python -m benchmarks.ingest CORPUS.jsonl.gz --rounds 5

The corpus is in the form that :mod:`index.evaluation` reads, some 60,000 articles. Everything is done as the command
line and the desk do it: the library in a database, the index beside it, both in a passing folder. Times are wall clock
and end when the new text has been found by a search.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from assistant import wiring
from assistant.settings import Settings
from assistant.wiring import Components
from corpus.ingest import ingest
from corpus.records import Document
from index.evaluation import read_statutes

ARTICLES = 1000
GUIDE = """---
id: benchmark-guide
kind: guide
title: 旱獭标识怎么申请
topic: 品牌
aliases: [旱獭标识]
---
## 谁能办
合作社可以申请旱獭标识，这是第{number}次修改。

## 收多少钱
申请旱獭标识不收费。
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    laws = read_statutes(arguments.corpus)
    with tempfile.TemporaryDirectory() as folder:
        times = list(one_guide(Path(folder), laws, arguments.rounds))
        print(f"one guide more in {sum(len(law.passages) for law in laws):,} passages: {told(times)}")
    with tempfile.TemporaryDirectory() as folder:
        times = list(thousand_articles(Path(folder), laws, arguments.rounds))
        print(f"{ARTICLES:,} articles of law taken in and searchable: {told(times)}")


def told(times: list[float]) -> str:
    return f"median {median(times):.2f} s, from {min(times):.2f} to {max(times):.2f} s, {len(times)} rounds"


def one_guide(folder: Path, laws: list[Document], rounds: int) -> Iterator[float]:
    parts = wiring.build(Settings(data_dir=folder / "var"))
    for law in laws:
        parts.library.add(law)
    parts.indexes.ensure()
    path = folder / "guide.md"
    for number in range(rounds):
        path.write_text(GUIDE.format(number=number), encoding="utf-8")
        yield taken_in(parts, path, "合作社能申请旱獭标识吗")
    parts.database.close()


def thousand_articles(folder: Path, laws: list[Document], rounds: int) -> Iterator[float]:
    for number in range(rounds):
        texts = folder / f"laws-{number}"
        texts.mkdir()
        articles = 0
        for law in laws:
            if articles < ARTICLES and len(law.passages) > 20:
                articles += len(law.passages)
                body = "\n\n".join(f"{passage.locator} {passage.text}" for passage in law.passages)
                text = f"# {law.title}\n\n2020年1月1日 全国人民代表大会常务委员会通过\n\n<!-- INFO END -->\n\n{body}\n"
                (texts / f"{law.document_id}.md").write_text(text, encoding="utf-8")
        parts = wiring.build(Settings(data_dir=folder / f"var-{number}"))
        parts.indexes.ensure()
        yield taken_in(parts, texts, law_question(laws))
        parts.database.close()


def law_question(laws: list[Document]) -> str:
    return next(law for law in laws if len(law.passages) > 20).passages[3].text[:40]


def taken_in(parts: Components, path: Path, question: str) -> float:
    started = time.perf_counter()
    report = ingest([path], library=parts.library)
    parts.indexes.ensure()
    hits = parts.indexes.retriever().search(question, as_of=dt.date.max).hits
    taken = time.perf_counter() - started
    assert not report.failures
    assert {hit.document.document_id for hit in hits} & {file.document_id for file in report.files}
    return taken


if __name__ == "__main__":
    main()
