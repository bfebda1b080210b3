"""How often a curated answer is given when it should be, and when it should not.

    python -m benchmarks.curated_matching [--rounds 3] [--fit]

A few hundred sections of the shipped guides are taken out of the index and play curated answers, each with one to three of
its lay questions. Asked are: the section's other lay questions (about the same matter, mostly not the same question),
its known questions in other words, held-out questions of the other sections, known ones of those in other words, and
questions that nothing answers. Two minutes on one core. ``--fit`` fits the weights of ``assistant/desk/matching.py`` anew.
The embedding has learnt the lay questions, and the weights were fitted on the same data: the figures are better here than
they will be for new questions. An embedding trained without these sections, tried with earlier weights, stayed within .02.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.desk.matching import match
from benchmarks.paraphrase import paraphrases
from corpus.records import Document, Kind, Passage, Status
from corpus.shipped import shipped_documents
from index.embedder import load_embedder
from index.known_questions import KnownQuestions, Near
from index.store import Index, IndexStore
from index.training.lay_folds import LayQuestion, hold_out

AS_OF = dt.date(2026, 11, 23)
NEGATIVES = Path(__file__).parents[1] / "index" / "training" / "negatives.jsonl"
CURATED, OTHERS = 200, 500


@dataclass(frozen=True)
class Asked:
    """A query, how near the best questions of each curated answer are, and which one is right, if any."""

    kind: str
    right: str | None
    near: dict[str, list[Near]]
    rival: float


def sections(documents: list[Document]) -> dict[str, Passage]:
    """Return the passages that have lay questions and are in force, by id."""
    return {
        passage.passage_id: passage
        for document in documents
        for passage in document.passages
        if document.kind is not Kind.LAW and passage.questions
        and document.status(AS_OF, passage) in (Status.CURRENT, Status.EXPIRED)
    }  # fmt: skip


def one_round(index: Index, held: list[LayQuestion], curated: list[Passage], seed: int) -> Iterator[Asked]:
    dice, retriever, analyzer = random.Random(seed), index.retriever(), index.parts.analyzer
    queries, questions, owners, told = list[tuple[str, str, str | None]](), list[str](), list[str](), list[str]()
    for passage in curated:
        mine = dice.sample(passage.questions, len(passage.questions))
        known, others = mine[: (count := dice.randint(1, 3))], mine[count:]
        for question in known:
            questions.append(question)
            owners.append(passage.passage_id)
            told.append("\n".join((passage.text, *known)))
        queries += [("same matter", question, passage.passage_id) for question in others]
        queries += [("same question", question, passage.passage_id) for question in reworded(known, analyzer, seed)]
    ours = {passage.passage_id for passage in curated}
    queries += [("other matter", each.query, None) for each in dice.sample(held, OTHERS) if each.passage_id not in ours]
    stocked = [q for doc in index.documents for passage in index.passages_of(doc) for q in passage.questions]
    queries += [("corpus question", each, None) for each in reworded(dice.sample(stocked, OTHERS // 2), analyzer, seed)]
    lines = NEGATIVES.read_text(encoding="utf-8").splitlines() if seed == 0 else []
    queries += [("nothing answers", json.loads(line)["query"], None) for line in lines]
    shelf = KnownQuestions(questions, told, parts=index.parts)
    for kind, query, right in queries:
        near = defaultdict[str, list[Near]](list)
        for each in shelf.nearest(query):
            near[owners[each.position]].append(each)
        hits = retriever.search(query, as_of=AS_OF, top_k=8).hits[:3]
        yield Asked(kind, right, dict(near), max((hit.question_score for hit in hits), default=0.0))


def reworded(questions: list[str], analyzer: object, seed: int) -> list[str]:
    lay = [LayQuestion(question, "", "") for question in questions]
    return [each.query for each in paraphrases(lay, analyzer=analyzer, seed=seed)]  # type: ignore[arg-type]


def by_overlap(asked: Asked) -> str | None:
    """Return the answer that the overlap alone would give, as it was before."""
    best = max(asked.near, key=lambda each: max(near.overlap for near in asked.near[each]))
    overlap = max(near.overlap for near in asked.near[best])
    return best if overlap >= max(0.6, asked.rival) else None


def by_match(asked: Asked) -> str | None:
    fits = {each: match(near, (), rival=asked.rival) for each, near in asked.near.items()}
    best = max(fits, key=lambda each: fits[each].score)
    return best if fits[best].caught else None


def fit(asked: list[Asked]) -> None:
    rows = [
        (*(max(getattr(n, name) for n in near) for name in ("overlap", "cosine", "covered")), each.rival, which == each.right)
        for each in asked for which, near in each.near.items()
    ]  # fmt: skip
    data = np.array(rows, dtype=float)
    for name, columns in (("same question", [0, 1, 3]), ("told by the answer", [2, 1, 3])):
        model = LogisticRegression(C=10, max_iter=1000).fit(data[:, columns], data[:, 4])
        print(name, "weights", model.coef_[0].round(2), "constant", model.intercept_.round(2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    documents, embedder = shipped_documents(), load_embedder(embedding_model=None)
    known = sections(documents)
    curated = random.Random(11).sample([each for each in known.values() if len(each.questions) >= 4], CURATED)
    kept, held = hold_out(documents, 0, AS_OF)
    gone = {passage.passage_id for passage in curated}
    rest = [replace(each, passages=tuple(p for p in each.passages if p.passage_id not in gone)) for each in kept]
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        store.build([each for each in rest if each.passages], embedder=embedder)
        index = store.open(embedder)
        asked = [each for seed in range(options.rounds) for each in one_round(index, held, curated, seed)]
        index.close()
    print(f"{'':16} {'asked':>6} {'overlap: right':>15} {'wrong':>6} {'now: right':>12} {'wrong':>6}")
    for kind in dict.fromkeys(each.kind for each in asked):
        of_kind = [each for each in asked if each.kind == kind]
        shares = []
        for rule in (by_overlap, by_match):
            given = [(rule(each), each.right) for each in of_kind]
            right = sum(found is not None and found == wanted for found, wanted in given)
            wrong = sum(found is not None and found != wanted for found, wanted in given)
            shares += [right / len(given), wrong / len(given)]
        print(f"{kind:16} {len(of_kind):6} {shares[0]:15.3f} {shares[1]:6.3f} {shares[2]:12.3f} {shares[3]:6.3f}")
    if options.fit:
        fit(asked)


if __name__ == "__main__":
    main()
