"""What becomes of conversations as people begin them who know no guide: everyday words, a story first, legal words seldom.

    python -m benchmarks.stories [--misses 30]

``stories.jsonl``: ``turns`` and, for each, ``expected``, the passages that answer it; none where it is for another window,
``null`` where it is a matter of ours that no section answers. Written by a language model in the parts of farmers,
shopkeepers, artists, firms and clerks that had seen neither guides nor anything else of this project, then read by another,
which had all guides and said what answers. Nothing here was learnt; the guides were written with other conversations in sight.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from assistant import wiring
from assistant.settings import Settings
from benchmarks.second_turns import Conversation, asked_through

STORIES = Path(__file__).parent / "stories.jsonl"


def conversations(path: Path = STORIES) -> Iterator[Conversation]:
    """Yield them; a message is ``first`` or ``later``, answered by a section, by none, or another window's."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kinds = tuple(
            f"{'later' if number else 'first'}, {_whose(passages)}" for number, passages in enumerate(row["expected"])
        )
        yield Conversation(kinds, tuple(row["turns"]), tuple(frozenset(each or ()) for each in row["expected"]))


def _whose(passages: list[str] | None) -> str:
    return "nothing answers" if passages is None else "ours" if passages else "other window's"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--misses", type=int, default=0, help="how many messages to list that were not answered as wanted"
    )
    options = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    misses = []
    with tempfile.TemporaryDirectory() as folder:
        parts, assistant = wiring.ready(Settings(data_dir=Path(folder)))
        for conversation in conversations():
            for kind, messages, became in asked_through(assistant, conversation):
                counts[kind][became] += 1
                if kind.endswith("ours") and not became.startswith("right"):
                    misses.append(f"{kind}: {' / '.join(messages)} | {became}")
        parts.database.close()
    for kind, became in sorted(counts.items()):
        print(
            f"{kind:24} {became.total():4}  " + "  ".join(f"{name} {number}" for name, number in became.most_common())
        )
    print("\n".join(misses[: options.misses]))


if __name__ == "__main__":
    main()
