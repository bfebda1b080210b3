"""Trains the guide ranker's word vectors: a lay question must be nearer to its section than to any other.

Multiple negatives ranking loss; among the wrong answers of a batch stands a sibling section for every question, because
telling the sections of one guide apart is what is hard. Tokens are words and pairs of characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from index.arrays import FloatArray, IntArray

STEPS, BATCH, WARM_UP = 500, 256, 50
LEARNING_RATE, SCALE = 2e-3, 20.0
QUESTION_DROPOUT, SECTION_DROPOUT = 0.15, 0.3
QUESTION_WEIGHT = 0.5

Texts = Sequence[IntArray]


@dataclass(frozen=True, slots=True)
class Sections:
    """What is trained on, as rows of the embedding.

    :ivar texts: the tokens of each section; ``bodies`` without title and heading.
    :ivar documents: (sections,) which document each belongs to.
    :ivar questions: the tokens of each question; ``answers`` (questions,) the section that each stands under.
    """

    texts: Texts
    bodies: Texts
    documents: IntArray
    questions: Texts
    answers: IntArray


def train(sections: Sections, start: FloatArray, *, steps: int = STEPS, seed: int = 0) -> FloatArray:
    """Return the trained word vectors, of the shape of ``start``."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    sampler = _Sampler(sections, np.random.default_rng(seed))
    weights = torch.from_numpy(start.copy()).requires_grad_(True)
    optimizer = torch.optim.SparseAdam([weights], lr=LEARNING_RATE)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * min((step + 1) / WARM_UP, max(0.05, 1 - step / steps))
        loss = _loss(weights, sampler)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()  # type: ignore[no-untyped-call]
        if (step + 1) % 100 == 0:
            print(f"  step {step + 1}: loss {loss.item():.3f}", flush=True)
    trained: FloatArray = weights.detach().numpy().copy()
    return trained


class _Sampler:
    def __init__(self, sections: Sections, random: np.random.Generator) -> None:
        self.sections, self.random = sections, random
        count = len(sections.texts)
        self._siblings = [np.flatnonzero(sections.documents == sections.documents[n]) for n in range(count)]
        self._of_section: list[list[int]] = [[] for _ in range(count)]
        for question, answer in enumerate(sections.answers.tolist()):
            self._of_section[answer].append(question)

    def batch(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return questions, their sections and a sibling section for each."""
        count = len(self.sections.questions)
        chosen = self.random.choice(count, min(BATCH, count), replace=False)
        right = self.sections.answers[chosen]
        return chosen, right, np.array([self.random.choice(self._siblings[number]) for number in right])

    def text(self, section: int) -> IntArray:
        texts = self.sections.texts if self.random.random() < 0.6 else self.sections.bodies
        return texts[section]

    def other_question(self, question: int) -> IntArray:
        """Return another question of the same section, the section's text when there is none."""
        section = int(self.sections.answers[question])
        others = [other for other in self._of_section[section] if other != question]
        return self.sections.questions[self.random.choice(others)] if others else self.sections.texts[section]


def _loss(weights: torch.Tensor, sampler: _Sampler) -> torch.Tensor:
    chosen, right, siblings = sampler.batch()
    texts = [*(sampler.text(n) for n in right), *(sampler.sections.texts[n] for n in siblings)]
    queries = _means(weights, [sampler.sections.questions[n] for n in chosen], QUESTION_DROPOUT, sampler)
    to_text = _ranking_loss(queries, _means(weights, texts, SECTION_DROPOUT, sampler), right, [*right, *siblings])
    others = [sampler.other_question(int(n)) for n in chosen]
    to_question = _ranking_loss(queries, _means(weights, others, QUESTION_DROPOUT, sampler), right, right)
    return to_text + QUESTION_WEIGHT * to_question


def _ranking_loss(
    queries: torch.Tensor, answers: torch.Tensor, right: IntArray, sections: Sequence[int] | IntArray
) -> torch.Tensor:
    """Row n's answer is answer n; an answer of the same section elsewhere in the batch is not a wrong one."""
    same = torch.from_numpy(right[:, None] == np.asarray(sections)[None, :])
    same[torch.arange(len(right)), torch.arange(len(right))] = False
    similarity = (queries @ answers.T * SCALE).masked_fill(same, -1e4)
    return functional.cross_entropy(similarity, torch.arange(len(right)))


def _means(weights: torch.Tensor, texts: Texts, dropout: float, sampler: _Sampler) -> torch.Tensor:
    kept = [text[sampler.random.random(len(text)) >= dropout] for text in texts]
    kept = [some if len(some) else text[:1] for some, text in zip(kept, texts, strict=True)]
    flat = torch.from_numpy(np.concatenate(kept))
    offsets = torch.from_numpy(np.cumsum([0, *map(len, kept[:-1])]))
    return functional.normalize(functional.embedding_bag(flat, weights, offsets, mode="sum", sparse=True))
