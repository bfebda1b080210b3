"""How often a lay question finds its section when neither the index nor any model has seen that question.

Every lay question of the shipped guides is held out once; word vectors, trees and index are made without it, so this
takes as long as the training does: about twenty minutes on one core. With ``--first-stage`` only the indexes are made
(a minute) and the lists are fused without the guide ranker; the shipped embedding has then seen the questions.

    python -m benchmarks.lay_questions [--statutes corpus.jsonl.gz] [--work DIR] [--misses 30] [--first-stage]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from contextlib import ExitStack
from pathlib import Path

from corpus.shipped import shipped_documents
from index.embedder import load_embedder
from index.retriever import Retriever
from index.store import IndexStore
from index.training.guides import WordVectors, cross_fit, make_folds
from index.training.lay_folds import FOLDS, hold_out
from index.training.lay_measures import Asked, ask, measures

TARGETS = {"passage first": 0.80, "passage in three": 0.93}


def first_stage(as_of: dt.date) -> list[Asked]:
    """Ask every held-out question without the guide ranker."""
    embedder, asked = load_embedder(embedding_model=None), []
    for fold in range(FOLDS):
        kept, held = hold_out(shipped_documents(), fold, as_of)
        with tempfile.TemporaryDirectory() as folder:
            store = IndexStore(Path(folder))
            store.build(kept, embedder=embedder)
            asked += ask(Retriever(parts=store.open(embedder).parts), held, as_of)
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statutes", type=Path, help="texts of the field for the word vectors' start")
    parser.add_argument("--work", type=Path, help="the folder that index.training.guides kept the folds' vectors in")
    parser.add_argument("--misses", type=int, default=0, help="how many wrongly answered questions to list")
    parser.add_argument("--first-stage", action="store_true", help="the fused lists alone")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    options = parser.parse_args()
    if options.first_stage:
        asked = first_stage(options.as_of)
    else:
        with ExitStack() as stack:
            folds = make_folds(
                shipped_documents(), WordVectors(options.statutes, work=options.work), options.as_of, stack
            )
            asked, _ = cross_fit(folds, options.as_of)
    for name, value in measures(asked).items():
        target = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"{name:18} {value:8.3f}{target}")
    for miss in [each for each in asked if each.rank != 1][: options.misses]:
        best = miss.result.hits[0].passage.passage_id if miss.result.hits else "-"
        print(f"{miss.question.query} | {miss.question.passage_id} rank {miss.rank} | found {best}")


if __name__ == "__main__":
    main()
