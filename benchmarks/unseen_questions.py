"""What the assistant makes of questions in words that stand beside no section: nothing here was indexed or trained on.

    python -m benchmarks.unseen_questions [--misses 30]

``unseen_questions.tsv``: a passage and questions that it answers, drafted with a language model from the section's text
with the order to use other words than its lay questions (dialect, a story first, what a person sees, slips). Harder than
what visitors type, and a section counts only if it is the very one: read the figures beside those of the golden questions.
``unseen_answers.tsv``: a question and what else answers it by itself, as readers said who had every section before them and
saw no answer of ours; where nothing else does, it is not there.
``unseen_off_topic.txt``: questions for other windows that share words with ours (年费, 转让, 登记), ``unseen_near_topic.txt``:
questions on our matters that no text answers (a case, a verdict, a price on the market); also in no training.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import messages, wiring
from assistant.replies import Abstention, Answer
from assistant.service import Assistant
from assistant.settings import Settings

QUESTIONS = Path(__file__).parent / "unseen_questions.tsv"
ANSWERS = Path(__file__).parent / "unseen_answers.tsv"
OFF_TOPIC = Path(__file__).parent / "unseen_off_topic.txt"
NEAR_TOPIC = Path(__file__).parent / "unseen_near_topic.txt"
AS_OF = dt.date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, its passage, the ranks of the passage and of its document from 1 (0: not found), and the reply.

    :ivar answer_rank: the rank of the first passage that answers, that one or another.
    :ivar leads: whether an answer leads with a section of the document.
    :ivar doubted: whether an answer says that another guide may be meant.
    """

    query: str
    passage_id: str
    rank: int
    document_rank: int
    answer_rank: int
    kind: str
    leads: bool
    doubted: bool


def questions(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (passage id, question)."""
    for line in path.read_text(encoding="utf-8").splitlines():
        passage_id, asked = line.split("\t")
        yield from ((passage_id, query) for query in asked.split("｜"))


def answers(path: Path) -> dict[str, frozenset[str]]:
    """Return question → what else answers it."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {query: frozenset(others.split()) for query, others in lines}


def outcome(assistant: Assistant, passage_id: str, query: str, others: frozenset[str] = frozenset()) -> Outcome:
    """Search and ask.

    :param others: what else answers the question.
    """
    found = [hit.passage.passage_id for hit in assistant.search(query, as_of=AS_OF).hits]
    documents = [each.split("#")[0] for each in found]
    reply = assistant.ask(query, as_of=AS_OF).reply
    kind = "answered" if isinstance(reply, Answer) else "declined" if isinstance(reply, Abstention) else "handed over"
    document_id = passage_id.split("#")[0]
    return Outcome(
        query=query,
        passage_id=passage_id,
        rank=_rank(passage_id, found),
        document_rank=_rank(document_id, documents),
        answer_rank=next((rank for rank, each in enumerate(found, 1) if each in {passage_id, *others}), 0),
        kind=kind,
        leads=isinstance(reply, Answer) and reply.citations[0].document_id == document_id,
        doubted=isinstance(reply, Answer) and messages.NOTICE_RIVALS in reply.notices,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--misses", type=int, default=0, help="how many questions to list that did not find their section"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts, assistant = wiring.ready(Settings(data_dir=Path(folder)))
        also = answers(ANSWERS)
        asked = [
            outcome(assistant, passage_id, query, also.get(query, frozenset()))
            for passage_id, query in questions(QUESTIONS)
        ]
        others, near = (
            [assistant.ask(query, as_of=AS_OF).reply for query in path.read_text(encoding="utf-8").splitlines()]
            for path in (OFF_TOPIC, NEAR_TOPIC)
        )
        parts.database.close()
    answered = [each for each in asked if each.kind == "answered"]
    shares = {
        "section first": [each.rank == 1 for each in asked],
        "section in three": [1 <= each.rank <= 3 for each in asked],
        "a section that answers first": [each.answer_rank == 1 for each in asked],
        "one that answers in three": [1 <= each.answer_rank <= 3 for each in asked],
        "guide first": [each.document_rank == 1 for each in asked],
        "answered": [each.kind == "answered" for each in asked],
        "answered where the section is first": [
            each.kind == "answered" for each in asked if each.rank == 1 and not each.passage_id.endswith("#gap")
        ],
        "answers that lead with the guide": [each.leads for each in answered],
        "others of them that offer another": [each.doubted for each in answered if not each.leads],
        "those that lead with it and do too": [each.doubted for each in answered if each.leads],
        "handed over": [each.kind == "handed over" for each in asked],
        "declined as no matter of this window": [each.kind == "declined" for each in asked],
    }
    print(f"{len(asked)} questions")
    for name, values in shares.items():
        print(f"{name:38} {sum(values) / max(len(values), 1):.3f}")
    print(f"other windows' questions answered      {sum(isinstance(each, Answer) for each in others)} of {len(others)}")
    print(f"questions that nothing answers         {sum(isinstance(each, Answer) for each in near)} of {len(near)}")
    for miss in [each for each in asked if each.rank != 1][: options.misses]:
        print(f"{miss.query} | {miss.passage_id} rank {miss.rank} | {miss.kind}")


def _rank(wanted: str, found: list[str]) -> int:
    return found.index(wanted) + 1 if wanted in found else 0


if __name__ == "__main__":
    main()
