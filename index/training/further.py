"""Teaches the shipped sentence encoder what was asked since it was distilled: on a CPU, without the teacher.

    python -m index.training.further --out index/models/encoder

Each question is compared with all sections at once. Their vectors stay as they are, and what the network makes of sections
is held near them, so that it still reads both alike. Half an hour on two cores; then run ``index.training.sections``,
``index.training.matters`` and ``index.training.follow_ups``, which go by its vectors.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from corpus.shipped import shipped_documents
from index.arrays import IntArray
from index.encoder import ENCODER, TOKENIZER
from index.sections import sections_of
from index.terms import Analyzer, default_analyzer
from index.training.more_questions import with_more
from index.training.sentence_export import read_back, save
from index.training.sentence_losses import distance
from index.training.sentence_network import SentenceNetwork
from index.training.sentence_stages import Stage, optimise
from index.training.sentence_texts import Sections, plain, sections_asked
from index.training.sentence_tokens import QUESTION_TOKENS, SECTION_TOKENS, PaddedTexts, cut
from index.training.stories import answered_firsts, answered_later

_SCALE = 20.0
_NEVER = -1e4
_CHUNKS = 3  # a step's questions are read in so many parts, alike in length: less padding


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be turned; the values are those of the first of three goes of the shipped encoder (``models/README.md``).

    :ivar questions: of a step; ``often`` how many of them are first messages of stories, which are few.
    :ivar sections: those that are held near their former vectors in a step; ``held`` how much that counts.
    """

    stage: Stage = Stage(steps=700, learning_rate=5e-5, warm_up=30)  # noqa: RUF009 - frozen
    questions: int = 96
    often: int = 48
    sections: int = 8
    held: float = 30.0
    dropout: float = 0.08
    seed: int = 0


class Further:
    """A network, the ``sections`` and ``questions`` it learns from, and the ``vectors`` that the sections had.

    :param asked: all sections, and the questions with the sections that answer each.
    :param often: positions of the questions that are drawn more often than others.
    """

    def __init__(
        self,
        network: SentenceNetwork,
        tokenizer: Tokenizer,
        asked: Sections,
        often: Sequence[int],
        recipe: Recipe | None = None,
    ) -> None:
        self.network, self._recipe = network, recipe or Recipe()
        cpu = torch.device("cpu")
        self.sections = PaddedTexts.of(cut(asked.texts, tokenizer, SECTION_TOKENS), tokenizer, cpu)
        self.questions = PaddedTexts.of(cut(asked.questions, tokenizer, QUESTION_TOKENS), tokenizer, cpu)
        self._answers = asked.answers
        self._often = np.array(often, dtype=np.int64)
        self._others = np.setdiff1d(np.arange(len(asked.questions)), self._often)
        self.vectors = network.encode(self.sections)
        self._random = np.random.default_rng(self._recipe.seed)

    def learn(self) -> None:
        """Learn; words and positions keep their vectors, as there are too few questions for so many."""
        torch.manual_seed(self._recipe.seed)
        for table in (self.network.words, self.network.positions):
            table.requires_grad_(False)
        optimise(self.network, self.loss, self._recipe.stage)

    def loss(self) -> torch.Tensor:
        """Return the loss of one step, a scalar, with questions drawn at random."""
        asked = self.draw()
        asked = asked[np.argsort(self.questions.lengths.numpy()[asked])]
        to_sections = torch.cat([self._far_from_answers(chunk) for chunk in np.array_split(asked, _CHUNKS)])
        held = torch.from_numpy(self._random.choice(len(self.vectors), self._recipe.sections, replace=False))
        away = distance(self.network(*self.sections.batch(held)), self.vectors[held])
        loss: torch.Tensor = to_sections.mean() + self._recipe.held * away
        return loss

    def draw(self) -> IntArray:
        """Return (n,) int64, the positions of one step's questions, each at most once."""
        pick, questions = self._random.choice, self._recipe.questions
        often = pick(self._often, min(self._recipe.often, len(self._often)), replace=False)
        return np.concatenate([often, pick(self._others, questions - len(often), replace=False)])

    def _far_from_answers(self, asked: IntArray) -> torch.Tensor:
        """Return (n,): how far each question is from preferring the sections that answer it to all others."""
        vectors = self.network(*self.questions.batch(torch.from_numpy(asked), dropout=self._recipe.dropout))
        likeness = vectors @ self.vectors.T * _SCALE
        wrong = torch.ones_like(likeness, dtype=torch.bool)
        for row, question in enumerate(asked.tolist()):
            wrong[row, self._answers[question]] = False
        far: torch.Tensor = likeness.logsumexp(1) - likeness.masked_fill(wrong, _NEVER).logsumexp(1)
        return far


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


def main() -> None:
    """Read the arguments, train and write the encoder."""
    parser = argparse.ArgumentParser(prog="python -m index.training.further", description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="the encoder that learns")
    parser.add_argument("--out", type=Path, required=True, help="where it is written")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.encoder / TOKENIZER))
    asked, often = all_questions(default_analyzer())
    print(f"{len(asked.questions)} questions, {len(often)} of them of stories, {len(asked.texts)} sections", flush=True)
    further = Further(read_back(options.encoder), tokenizer, asked, often)
    further.learn()
    save(further.network, tokenizer, options.out)


if __name__ == "__main__":
    main()
