"""How often a lay question finds its section when neither the index nor any model has seen that question.

The lay questions of each fold are held out; sentence encoder, trees and index are made without them. ``--encoders`` is the
folder of the folds' encoders (``python -m index.training.sentences --fold N``), minutes a fold on a GPU. Without it only
the indexes are made (a minute) and the lists are fused without the guide ranker; the shipped embedding has then seen the
questions.

    python -m benchmarks.lay_questions [--encoders DIR] [--misses 30]
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
from index.training.guides import NEGATIVES, Material, cross_fit, make_folds, open_encoders
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
    parser.add_argument("--encoders", type=Path, help="the folder with the folds' sentence encoders")
    parser.add_argument("--misses", type=int, default=0, help="how many wrongly answered questions to list")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    options = parser.parse_args()
    if options.encoders is None:
        asked = first_stage(options.as_of)
    else:
        with ExitStack() as stack:
            material = Material.read(NEGATIVES, options.as_of)
            asked, _ = cross_fit(make_folds(material, open_encoders(options.encoders), stack), options.as_of)
    for name, value in measures(asked).items():
        target = f"   (target {TARGETS[name]:.2f})" if name in TARGETS else ""
        print(f"{name:18} {value:8.3f}{target}")
    for miss in [each for each in asked if each.rank != 1][: options.misses]:
        best = miss.result.hits[0].passage.passage_id if miss.result.hits else "-"
        print(f"{miss.question.query} | {miss.question.passage_id} rank {miss.rank} | found {best}")


if __name__ == "__main__":
    main()
