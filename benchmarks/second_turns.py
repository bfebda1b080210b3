"""Whether the assistant knows what a message in a conversation goes on with; none of these was learnt.

    python -m benchmarks.second_turns [--misses 30]

``second_turns.tsv``: kind, first message, second message, passages that answer the second. ``follow_up`` goes on with the
first (我学文的行不), ``new_matter`` names another matter of ours, ``other_window`` is for another authority or none.
``conversations.jsonl``: conversations of three to five messages and, for each, the passages that answer it; none where it is
for another window or small talk. Both drafted with a language model that saw the guides and nothing else of this project.
Beside them the questions of ``unseen_questions`` are asked after a first message that has nothing to do with them: what
stands alone should be answered as it is alone.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import wiring
from assistant.replies import Abstention, Answer, Clarification, Handoff, Reply
from assistant.service import Assistant
from assistant.settings import Settings
from benchmarks.unseen_questions import AS_OF, OFF_TOPIC, QUESTIONS, questions

SECOND_TURNS = Path(__file__).parent / "second_turns.tsv"
CONVERSATIONS = Path(__file__).parent / "conversations.jsonl"


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages, what each is, and the passages that answer it."""

    kinds: tuple[str, ...]
    messages: tuple[str, ...]
    wanted: tuple[frozenset[str], ...]


def second_turns(path: Path = SECOND_TURNS) -> Iterator[Conversation]:
    """Yield the conversations of two messages; what the first wants is not said."""
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, first, second, passages = line.split("\t")
        yield Conversation(("", kind), (first, second), (frozenset(), frozenset(filter(None, passages.split("|")))))


def conversations(path: Path = CONVERSATIONS) -> Iterator[Conversation]:
    """Yield the longer ones."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = tuple(frozenset(each) for each in row["expected"])
        places = ("first", "second", *["later"] * (len(wanted) - 2))
        kinds = tuple(
            place if passages else "no question of ours" for place, passages in zip(places, wanted, strict=True)
        )
        yield Conversation(kinds, tuple(row["turns"]), wanted)


def after_something_else(firsts: Sequence[str]) -> Iterator[Conversation]:
    """Yield the unseen questions, ours and other windows', each after one of ``firsts``, always the same."""
    draw = random.Random(5)
    for passage_id, query in questions(QUESTIONS):
        yield Conversation(("", "unseen, ours"), (draw.choice(firsts), query), (frozenset(), frozenset({passage_id})))
    for query in OFF_TOPIC.read_text(encoding="utf-8").splitlines():
        yield Conversation(("", "unseen, other window"), (draw.choice(firsts), query), (frozenset(), frozenset()))


def outcome(reply: Reply, wanted: frozenset[str]) -> str:
    """Return what became of a message: led by a passage or guide that was wanted, by another, asked back, or not answered."""
    if isinstance(reply, Answer):
        lead = reply.citations[0]
        guides = {passage_id.split("#")[0] for passage_id in wanted}
        right = any(citation.passage_id in wanted for citation in reply.citations)
        return "other guide" if lead.document_id not in guides else "right section" if right else "right guide"
    if isinstance(reply, Clarification):
        return "asked back"
    if isinstance(reply, Handoff) and any(citation.passage_id in wanted for citation in reply.citations):
        return "right section"  # a gap
    return "declined" if isinstance(reply, Abstention) else "handed over"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--misses", type=int, default=0, help="how many messages to list that were not answered as wanted"
    )
    options = parser.parse_args()
    short = list(second_turns())
    asked = [*short, *conversations(), *after_something_else([each.messages[0] for each in short])]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    misses = []
    with tempfile.TemporaryDirectory() as folder:
        parts, assistant = wiring.ready(Settings(data_dir=Path(folder)))
        for conversation in asked:
            for kind, messages, became in asked_through(assistant, conversation):
                counts[kind][became] += 1
                if kind and not became.startswith("right"):
                    misses.append(f"{kind}: {' / '.join(messages)} | {became}")
        parts.database.close()
    counts.pop("")
    for kind, became in counts.items():
        total = sum(became.values())
        print(f"{kind:22} {total:5}  " + "  ".join(f"{name} {number}" for name, number in became.most_common()))
    print("\n".join(misses[: options.misses]))


def asked_through(assistant: Assistant, conversation: Conversation) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield what each message is, the messages up to it, and what became of it."""
    session_id: str | None = None
    for number, message in enumerate(conversation.messages):
        turn = assistant.ask(message, session_id=session_id, as_of=AS_OF)
        session_id = turn.session_id
        became = outcome(turn.reply, conversation.wanted[number])
        yield conversation.kinds[number], conversation.messages[: number + 1], became


if __name__ == "__main__":
    main()
