"""The stages of the sentence encoder's training.

A shallow copy of the teacher learns to imitate it on unlabelled texts, once for all encoders of a run; then, for each, the
teacher is tuned on our questions, and the copy follows it, on the questions and the unlabelled texts.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from index.training.sentence_batches import Draw, Sampler, TaskTexts
from index.training.sentence_comparison import Comparison
from index.training.sentence_imitation import Imitation
from index.training.sentence_losses import distance, divergence
from index.training.sentence_network import SentenceNetwork, read_teacher, shallow
from index.training.sentence_texts import SentenceTexts
from index.training.sentence_tokens import SentenceTokens, pruned, read_tokenizer

_LIKENESS_SCALE = 20.0
_TUNED_LENGTHS = (94, 195)  # tokens that the teacher reads of a section, drawn for each step
_WEIGHT_DECAY, _LONGEST_GRADIENT, _LEAST_RATE = 0.01, 1.0, 0.03


@dataclass(frozen=True, slots=True)
class Stage:
    """How long and how fast is learnt: the rate rises for ``warm_up`` steps, then falls in a line."""

    steps: int
    learning_rate: float
    warm_up: int

    def share(self, step: int) -> float:
        """Return which share of the rate holds at a step, from 0."""
        return min((step + 1) / self.warm_up, max(_LEAST_RATE, 1 - step / self.steps))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be turned; the values are those of the shipped encoder.

    :ivar layers: of the teacher, that the student starts with: the best of three choices tried.
    :ivar unlabelled: short and long texts of a step of distilling; ``beside`` of a step of following.
    """

    layers: tuple[int, ...] = (0, 1, 10, 11)
    distilling: Stage = Stage(steps=1600, learning_rate=4e-4, warm_up=80)
    tuning: Stage = Stage(steps=350, learning_rate=7e-5, warm_up=40)
    following: Stage = Stage(steps=700, learning_rate=3e-4, warm_up=40)
    questions: int = 192
    law_questions: int = 64
    unlabelled: tuple[int, int] = (1024, 192)
    beside: tuple[int, int] = (512, 96)
    combined_words: int = 60_000
    dropout: float = 0.08
    seed: int = 0


class Distilled:
    """What all encoders of a run share: the pieces of words, the teacher as it came, and a shallow copy of it.

    :param texts: of all encoders; the copy learns from the unlabelled among them, which hold no lay question.
    :raises ValueError: the teacher is no BERT with a Unigram tokenizer.
    """

    def __init__(
        self, texts: SentenceTexts, teacher_folder: Path, *, device: torch.device, recipe: Recipe | None = None
    ) -> None:
        self._recipe, self._device = recipe or Recipe(), device
        torch.manual_seed(self._recipe.seed)
        wide = read_tokenizer(teacher_folder)
        self.tokenizer, rows = pruned(wide, SentenceTokens.of(texts, wide).used())
        print(f"{len(rows)} pieces", flush=True)
        self._teacher = read_teacher(teacher_folder, rows).to(device)
        self._copy = shallow(self._teacher, self._recipe.layers)
        tokens = SentenceTokens.of(texts, self.tokenizer)
        combined, seed = self._recipe.combined_words, self._recipe.seed
        self._imitation = Imitation(tokens, self.tokenizer, device=device, combined=combined, seed=seed)
        self._imitation.follow(self._teacher)
        optimise(self._copy, lambda: self._imitation.loss(self._copy, self._recipe.unlabelled), self._recipe.distilling)

    def train(self, texts: SentenceTexts) -> SentenceNetwork:
        """Return an encoder that has learnt the questions of ``texts`` and no others."""
        recipe, device = self._recipe, self._device
        print(f"{len(texts.sections.questions)} lay questions", flush=True)
        torch.manual_seed(recipe.seed)
        teacher, student = copy.deepcopy(self._teacher), copy.deepcopy(self._copy)
        tokens = SentenceTokens.of(texts, self.tokenizer)
        prefixed = TaskTexts.of(tokens, self.tokenizer, device, prefixed=True)
        tune(teacher, prefixed, Sampler(texts, device=device, seed=recipe.seed), recipe)
        self._imitation.follow(teacher)
        following = Following(teacher, prefixed, self._imitation, recipe)
        plain = TaskTexts.of(tokens, self.tokenizer, device)
        sampler = Sampler(texts, device=device, seed=recipe.seed + 1)
        optimise(student, lambda: following.loss(student, plain, draw_for(sampler, recipe)), recipe.following)
        return student


def optimise(network: SentenceNetwork, loss: Callable[[], torch.Tensor], stage: Stage) -> None:
    """Make ``loss`` smaller, step by step."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=stage.learning_rate, weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, stage.share)
    for step in range(stage.steps):
        value = loss()
        optimizer.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            print(f"  step {step + 1}: loss {value.item():.3f}", flush=True)


def draw_for(sampler: Sampler, recipe: Recipe) -> Draw:
    """Draw what one step compares."""
    return sampler.draw(recipe.questions, recipe.law_questions)


def tune(teacher: SentenceNetwork, texts: TaskTexts, sampler: Sampler, recipe: Recipe) -> None:
    """Teach the teacher which section answers which question."""
    random = np.random.default_rng(recipe.seed)

    def loss() -> torch.Tensor:
        longest = int(random.integers(*_TUNED_LENGTHS))
        draw = draw_for(sampler, recipe)
        return Comparison.of(teacher, texts, draw, dropout=recipe.dropout, longest=longest).loss()

    optimise(teacher, loss, recipe.tuning)


class Following:
    """The student's last stage: the task itself, and the tuned teacher's view of it.

    :param texts: as the teacher reads them.
    :param imitation: unlabelled texts, with the vectors of the tuned teacher.
    """

    def __init__(self, teacher: SentenceNetwork, texts: TaskTexts, imitation: Imitation, recipe: Recipe) -> None:
        self._questions, self._sections = teacher.encode(texts.questions), teacher.encode(texts.sections)
        self._imitation, self._recipe = imitation, recipe

    def loss(self, student: SentenceNetwork, texts: TaskTexts, draw: Draw) -> torch.Tensor:
        """Return the loss of one step; ``texts`` as the student reads them."""
        ours = Comparison.of(student, texts, draw, dropout=self._recipe.dropout)
        questions, sections = self._questions[draw.questions], self._sections[draw.compared_sections]
        near = divergence(ours.questions @ ours.sections.T * _LIKENESS_SCALE, questions @ sections.T * _LIKENESS_SCALE)
        away = distance(ours.questions, questions) + distance(ours.sections, sections)
        return 0.3 * ours.loss() + 2 * away + near + self._imitation.loss(student, self._recipe.beside)
