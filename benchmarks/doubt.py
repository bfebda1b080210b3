"""Risk against coverage: what each threshold on the probability of an answer lets through; prints Markdown.

    python -m benchmarks.doubt [QUESTIONS.jsonl ...]

The golden questions (and further files of that form) on one side, ``index/training/negatives.jsonl``, which no text
answers, on the other. The last two columns are the whole assistant, with gaps and the rules of ``assistant/beyond.py``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant import wiring
from assistant.evaluation import evaluate, read_questions
from assistant.replies import Answer
from assistant.service import Assistant
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "golden_questions.jsonl"
NEGATIVES = ROOT / "index" / "training" / "negatives.jsonl"
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="*", default=[GOLDEN])
    files = parser.parse_args().questions
    asked = [question for path in files for question in read_questions(path)]
    answerable = [each.turns[0] for each in asked if each.kind == "answer" and len(each.turns) == 1]
    lines = NEGATIVES.read_text(encoding="utf-8").splitlines()
    negatives = [str(json.loads(line)["query"]) for line in lines]
    print(
        f"{len(answerable)} answerable single questions, {len(negatives)} that nothing answers, {len(asked)} in all.\n"
    )
    print(
        "| threshold | answerable over it | unanswerable over it | right in the end | unanswerable answered in the end |"
    )
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for threshold in THRESHOLDS:
            with assistant_at(threshold, Path(folder)) as assistant:
                over = [
                    sum(passes(assistant, query, threshold) for query in group) for group in (answerable, negatives)
                ]
                right = evaluate(assistant, asked).passed
                wrong = sum(isinstance(assistant.ask(query).reply, Answer) for query in negatives)
            print(f"| {threshold:.2f} | {over[0]} | {over[1]} | {right} | {wrong} |", flush=True)


@contextmanager
def assistant_at(threshold: float, folder: Path) -> Iterator[Assistant]:
    """Yield an assistant that answers from ``threshold`` on."""
    parts, assistant = wiring.ready(Settings(data_dir=folder, answer_threshold=threshold))
    yield assistant
    parts.database.close()


def passes(assistant: Assistant, query: str, threshold: float) -> bool:
    """Return whether the evidence for ``query`` is trusted."""
    return assistant.search(query, top_k=8).probability >= threshold


if __name__ == "__main__":
    main()
