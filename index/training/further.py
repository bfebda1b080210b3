"""Teaches the shipped sentence encoder what was asked since it was distilled, beside its teacher.

    python -m index.training.further --teacher DIR --bench DIR --out index/models/encoder

``--teacher`` and ``--bench`` as for :mod:`index.training.sentences`. The teacher, three times as deep, learns which section
answers which question; then the encoder learns it too, and to see questions, sections and texts that nothing answers as the
teacher does. A question is compared with all sections: with those of the step as they are read now, with the others as they
were read last. Six minutes on a GPU, days on a CPU; then run ``index.training.sections``, ``asked``, ``matters``,
``follow_ups`` and ``judging``, which go by its vectors.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from corpus.shipped import shipped_documents
from index.arrays import IntArray
from index.encoder import ENCODER, TOKENIZER
from index.evaluation import read_lines
from index.lay_questions import shipped_questions
from index.sections import sections_of
from index.terms import Analyzer, default_analyzer
from index.training.follow_ups import SECOND_TURNS
from index.training.matters import NEGATIVES
from index.training.more_questions import with_more
from index.training.sentence_export import read_back, save
from index.training.sentence_losses import distance, divergence, ranking_losses
from index.training.sentence_network import SentenceNetwork, read_teacher
from index.training.sentence_stages import Stage, optimise
from index.training.sentence_texts import Sections, plain, sections_asked
from index.training.sentence_tokens import (
    PASSAGE_PREFIX,
    QUERY_PREFIX,
    QUESTION_TOKENS,
    SECTION_TOKENS,
    PaddedTexts,
    cut,
    mark,
    read_tokenizer,
)
from index.training.sources import read_training_data
from index.training.stories import answered_firsts, answered_later, stories

_SCALE, _LIKENESS_SCALE = 25.0, 20.0
_QUESTIONS_SHARE = 0.5  # of the loss between questions of one section
_NEVER = -1e4
_SHORTEST_CUT = 94  # of sections: for each step a length is drawn from this one to the longest
_CHUNKS = 4  # texts of a step are read in so many parts, alike in length: less padding


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be turned; the values are those of the second of two goes of the shipped encoder (``models/README.md``).

    :ivar often: share of a step's questions that are of stories.
    :ivar siblings: sections of the same documents that are read beside those that answer.
    :ivar read_again: after so many steps all sections are read anew.
    """

    tuning: Stage = Stage(steps=440, learning_rate=7e-5, warm_up=60)  # noqa: RUF009 - frozen
    following: Stage = Stage(steps=660, learning_rate=2e-4, warm_up=60)  # noqa: RUF009
    questions: int = 384
    unlabelled: int = 384
    often: float = 0.5
    siblings: int = 96
    read_again: int = 150
    dropout: float = 0.08
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What a network makes of one step.

    :ivar asked: (n,) which questions; ``answers`` (m,) which sections were read; both int64.
    :ivar questions: (n, dim) vectors; ``sections`` (m, dim).
    :ivar every: (all sections, dim), those that were not read as they were read last.
    :ivar loss: how far questions are from preferring their own sections, and questions of these.
    """

    asked: torch.Tensor
    answers: torch.Tensor
    questions: torch.Tensor
    sections: torch.Tensor
    every: torch.Tensor
    loss: torch.Tensor


class Task:
    """A network that learns which of all sections answer a question.

    :param asked: all sections, and the questions with the sections that answer each, the best first.
    :param often: positions of the questions that :attr:`Recipe.often` is about.
    :param prefixed: whether the network knows questions and sections apart by a prefix.
    """

    def __init__(
        self,
        network: SentenceNetwork,
        tokenizer: Tokenizer,
        asked: Sections,
        often: Sequence[int],
        recipe: Recipe,
        *,
        prefixed: bool = False,
    ) -> None:
        self.network, self._recipe = network, recipe
        self._device = network.words.weight.device
        query, passage = (QUERY_PREFIX, PASSAGE_PREFIX) if prefixed else ("", "")
        sections, questions = (
            cut(asked.texts, tokenizer, SECTION_TOKENS),
            cut(asked.questions, tokenizer, QUESTION_TOKENS),
        )
        self.sections = PaddedTexts.of(sections, tokenizer, self._device, passage)
        self.questions = PaddedTexts.of(questions, tokenizer, self._device, query)
        self._best = np.array([answers[0] for answers in asked.answers])
        self._right = torch.zeros((len(asked.questions), len(asked.texts)), dtype=torch.bool, device=self._device)
        for question, answers in enumerate(asked.answers):
            self._right[question, list(answers)] = True
        self._siblings, self._same = asked.siblings, defaultdict(list)
        for question, section in enumerate(self._best.tolist()):
            self._same[section].append(question)
        self._often = np.array(often, dtype=np.int64)
        self._others = np.setdiff1d(np.arange(len(asked.questions)), self._often)
        self._random = np.random.default_rng(recipe.seed)
        self._steps, self._before = 0, torch.empty(0)

    def draw(self) -> IntArray:
        """Return (n,) int64, the positions of one step's questions, each at most once."""
        pick = self._random.choice
        often = pick(
            self._often, min(round(self._recipe.often * self._recipe.questions), len(self._often)), replace=False
        )
        return np.concatenate([often, pick(self._others, self._recipe.questions - len(often), replace=False)])

    def loss(self) -> torch.Tensor:
        """Return the loss of one step, a scalar, with questions drawn at random."""
        return self.step().loss

    def step(self) -> Read:
        """Read what one step compares."""
        if self._steps % self._recipe.read_again == 0:
            self._before = self.network.encode(self.sections)
        self._steps += 1
        asked, pick = self.draw(), self._random.choice
        best = self._best[asked]
        beside = [pick(self._siblings[section]) for section in best[: self._recipe.siblings]]
        others = np.array([pick(self._same[section]) for section in best])
        numbers, same, answers = (
            torch.from_numpy(each).to(self._device) for each in (asked, others, np.unique([*best, *beside]))
        )
        longest = int(self._random.integers(_SHORTEST_CUT, SECTION_TOKENS + 5))
        both = by_length(self.network, self.questions, torch.cat([numbers, same]), dropout=self._recipe.dropout)
        sections = by_length(self.network, self.sections, answers, longest=longest)
        questions, theirs = both[: len(asked)], both[len(asked) :]
        every = self._before.index_copy(0, answers, sections)
        likeness = questions @ every.T
        right = self._right[numbers]
        far = (likeness * _SCALE).logsumexp(1) - (likeness * _SCALE).masked_fill(~right, _NEVER).logsumexp(1)
        alike = ranking_losses(questions, theirs, right[:, torch.from_numpy(best).to(self._device)], _SCALE)
        loss = far.mean() + _QUESTIONS_SHARE * (alike * (numbers != same)).mean()
        return Read(numbers, answers, questions, sections, every, loss)


class Following:
    """The encoder's stage: the task itself, and the tuned teacher's view of it and of texts that nothing answers.

    :param teacher: its task, learnt; ``unlabelled`` texts.
    """

    def __init__(
        self, task: Task, teacher: Task, tokenizer: Tokenizer, unlabelled: Sequence[str], recipe: Recipe
    ) -> None:
        self._task, self._recipe = task, recipe
        tokens, device = cut(unlabelled, tokenizer, QUESTION_TOKENS), task.sections.ids.device
        self._texts = PaddedTexts.of(tokens, tokenizer, device)
        prefixed = PaddedTexts.of(tokens, tokenizer, device, QUERY_PREFIX)
        network = teacher.network
        self._questions, self._sections, self._others = map(
            network.encode, (teacher.questions, teacher.sections, prefixed)
        )
        self._random = np.random.default_rng(recipe.seed)

    def loss(self) -> torch.Tensor:
        """Return the loss of one step, a scalar."""
        read = self._task.step()
        drawn = self._random.choice(len(self._others), min(self._recipe.unlabelled, len(self._others)), replace=False)
        numbers = torch.from_numpy(drawn).to(read.asked.device)
        others = by_length(self._task.network, self._texts, numbers)
        pairs = (
            (read.questions, self._questions[read.asked]),
            (read.sections, self._sections[read.answers]),
            (others, self._others[numbers]),
        )
        away = torch.stack([distance(vectors, wanted) for vectors, wanted in pairs]).sum()
        near = torch.stack(
            [
                divergence(vectors @ read.every.T * _LIKENESS_SCALE, wanted @ self._sections.T * _LIKENESS_SCALE)
                for vectors, wanted in (pairs[0], pairs[2])
            ]
        ).sum()
        return 0.3 * read.loss + 2 * away + near


def by_length(
    network: SentenceNetwork,
    texts: PaddedTexts,
    numbers: torch.Tensor,
    *,
    longest: int | None = None,
    dropout: float = 0.0,
) -> torch.Tensor:
    """Return (len(numbers), dim), the vectors of the texts ``numbers``, read in parts that are alike in length.

    ``longest`` and ``dropout`` see :meth:`PaddedTexts.batch`.
    """
    order = torch.argsort(texts.lengths[numbers])
    parts = (part for part in torch.tensor_split(numbers[order], _CHUNKS) if len(part))
    vectors = torch.cat([network(*texts.batch(part, longest=longest, dropout=dropout)) for part in parts])
    return vectors[torch.argsort(order)]


def all_questions(analyzer: Analyzer) -> tuple[Sections, list[int]]:
    """Return the shipped sections with all questions, later messages of stories too, and which positions stories have."""
    documents = with_more(shipped_documents())
    asked = sections_asked(documents, analyzer)
    passages = (passage for document in documents for passage in sections_of(document))
    at = {passage.passage_id: number for number, passage in enumerate(passages)}
    later = answered_later()
    questions = [*asked.questions, *(plain(text, analyzer) for text, _ in later)]
    answers = [*asked.answers, *([at[each] for each in answers] for _, answers in later)]
    told = {plain(message, analyzer) for message in answered_firsts()}
    often = [number for number, question in enumerate(asked.questions) if question in told]
    return replace(asked, questions=questions, answers=answers), [*often, *range(len(asked.questions), len(questions))]


def unlabelled_texts(law_questions: Iterable[str], known: Iterable[str], analyzer: Analyzer) -> list[str]:
    """Return every message of the stories, questions about laws and for other windows, and second messages, less those ``known``."""
    told = (f"{story.first} {message}" for story in stories() for message in story.turns[1:])
    messages = (message for story in stories() for message in story.turns)
    negatives = (str(row["query"]) for row in read_lines(NEGATIVES))
    seconds = (line.split("\t")[2] for line in SECOND_TURNS.read_text(encoding="utf-8").splitlines())
    texts = {plain(text, analyzer) for group in (told, messages, negatives, seconds, law_questions) for text in group}
    return sorted(texts - {"", *known})


def rows_of(tokenizer: Tokenizer, wide: Tokenizer) -> list[int]:
    """Return which rows of the teacher's table the pieces of ``tokenizer`` have.

    :raises ValueError: the teacher lacks one.
    """
    pieces = [piece for piece, _ in json.loads(tokenizer.to_str())["model"]["vocab"]]
    return [mark(wide, piece) for piece in pieces]


def main() -> None:
    """Read the arguments, train and write the encoder."""
    parser = argparse.ArgumentParser(prog="python -m index.training.further", description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=Path, required=True, help="the folder of multilingual-e5-small")
    parser.add_argument("--bench", type=Path, required=True, help="the folder with the training data")
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="the encoder that learns")
    parser.add_argument("--out", type=Path, required=True, help="where it is written")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    torch.backends.cuda.enable_cudnn_sdp(False)  # it plans anew for every shape: three times as slow
    tokenizer, device, recipe = Tokenizer.from_file(str(options.encoder / TOKENIZER)), options.device, Recipe()
    torch.manual_seed(recipe.seed)
    asked, often = all_questions(default_analyzer())
    data = read_training_data(options.bench, lay_questions=shipped_questions())
    others = unlabelled_texts((pair.query for pair in data.pairs), asked.questions, default_analyzer())
    print(f"{len(asked.questions)} questions, {len(often)} of them of stories, {len(others)} other texts", flush=True)
    deep = read_teacher(options.teacher, rows_of(tokenizer, read_tokenizer(options.teacher))).to(device)
    teacher = Task(deep, tokenizer, asked, often, recipe, prefixed=True)
    optimise(deep, teacher.loss, recipe.tuning)
    network = read_back(options.encoder).to(device)
    following = Following(Task(network, tokenizer, asked, often, recipe), teacher, tokenizer, others, recipe)
    optimise(network, following.loss, recipe.following)
    save(network, tokenizer, options.out)


if __name__ == "__main__":
    main()
