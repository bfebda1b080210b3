"""Trains the word vectors: a question's mean must be nearest to the mean of the passage that answers it.

Multiple negatives ranking loss over mixed batches: all other passages of the batch are wrong answers (a passage that
occurs twice is not), and so are passages that BM25-like word overlap ranks high for a judged question. Words are
dropped at random. One thread: on busy cores a second one makes torch several times slower.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn import functional

from index.arrays import FloatArray
from index.training.tokens import Tokens

BATCH_MIX = {
    "judged": 160, "lay": 100, "guide": 40, "leco_ans_art": 40, "leco_kw_art": 40, "answer": 24,
    "chosen": 64, "cited": 24, "head": 40, "following": 20, "cloze": 80, "hard": 256,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be turned; the values are those of the shipped model."""

    steps: int = 1000
    learning_rate: float = 5e-3
    warm_up: int = 100
    scale: float = 20.0
    word_dropout: float = 0.3
    longest_passage: int = 200
    seed: int = 0
    mix: Mapping[str, int] = field(default_factory=lambda: BATCH_MIX)


@dataclass(slots=True)
class _Batch:
    queries: list[list[int]]
    passages: list[list[int]]
    ids: list[int]


def train(
    tokens: Tokens,
    start: FloatArray,
    *,
    hard: Mapping[int, Sequence[int]],
    held_out: Collection[int] = (),
    recipe: Recipe | None = None,
) -> FloatArray:
    """Return the trained word vectors, of the shape of ``start``.

    :param hard: position of a judged question → positions of passages that look right and are not.
    :param held_out: positions of judged questions that training must not see.
    """
    recipe = recipe or Recipe()
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    sampler = _Sampler(tokens, hard=hard, held_out=frozenset(held_out), recipe=recipe)
    weights = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = torch.optim.Adam([weights], lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / recipe.warm_up) * max(0.0, 1 - step / recipe.steps)
    )
    for step in range(recipe.steps):
        batch = sampler.batch()
        queries = _means(weights, batch.queries, sampler)
        similarity = queries @ _means(weights, batch.passages, sampler).T * recipe.scale
        loss = functional.cross_entropy(similarity.masked_fill(_same(batch), -1e4), torch.arange(len(batch.queries)))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if (step + 1) % 250 == 0:
            print(f"  step {step + 1}: loss {loss.item():.3f}", flush=True)
    trained: FloatArray = weights.detach().numpy().copy()
    return trained


class _Sampler:
    """Draws mixed batches."""

    def __init__(
        self, tokens: Tokens, *, hard: Mapping[int, Sequence[int]], held_out: frozenset[int], recipe: Recipe
    ) -> None:
        self._tokens, self._recipe = tokens, recipe
        self._random = random.Random(recipe.seed)
        self.noise = np.random.default_rng(recipe.seed)
        self._pairs = {
            source: [pair for pair in pairs if pair.question not in held_out] for source, pairs in tokens.pairs.items()
        }
        self._hard = [numbers for question, numbers in hard.items() if question not in held_out and len(numbers)]

    @property
    def dropout(self) -> float:
        return self._recipe.word_dropout

    def batch(self) -> _Batch:
        """Draw one batch."""
        batch = _Batch([], [], [])
        for source, count in self._recipe.mix.items():
            for _ in range(count):
                self._add(batch, source)
        for _ in range(self._recipe.mix.get("hard", 0) if self._hard else 0):
            wrong = self._random.choice(self._random.choice(self._hard))
            batch.passages.append(self._tokens.passages[wrong][: self._recipe.longest_passage])
            batch.ids.append(wrong)
        return batch

    def _add(self, batch: _Batch, source: str) -> None:
        tokens, longest = self._tokens, self._recipe.longest_passage
        if source == "following":
            before, after = self._random.choice(tokens.neighbours)
            self._put(batch, tokens.bodies[before][:longest], tokens.passages[after][:longest], after)
        elif source == "head":
            number = self._random.randrange(len(tokens.passages))
            self._put(batch, tokens.heads[number], tokens.bodies[number][:longest], number)
        elif source == "cloze":
            self._add_cloze(batch)
        elif self._pairs.get(source):
            pair = self._random.choice(self._pairs[source])
            answer = tokens.passages[pair.passage] if pair.passage >= 0 else pair.text
            self._put(batch, pair.query, answer[:longest], pair.passage)

    def _add_cloze(self, batch: _Batch) -> None:
        """Take a few words out of a passage: they are the query, the rest is the answer."""
        number = self._random.randrange(len(self._tokens.passages))
        body = self._tokens.bodies[number]
        if len(body) < 8:
            return
        length = self._random.randint(3, min(12, len(body) // 2))
        start = self._random.randrange(len(body) - length)
        rest = body[:start] + body[start + length :]
        self._put(batch, body[start : start + length], rest[: self._recipe.longest_passage], number)

    @staticmethod
    def _put(batch: _Batch, query: list[int], passage: list[int], number: int) -> None:
        # Queries stand before the extra wrong answers, so that query n's answer is passage n.
        batch.queries.append(query)
        batch.passages.append(passage)
        batch.ids.append(number if number >= 0 else -1 - len(batch.ids))


def _means(weights: torch.Tensor, texts: Sequence[Sequence[int]], sampler: _Sampler) -> torch.Tensor:
    flat = torch.from_numpy(np.concatenate([np.asarray(text, dtype=np.int64) for text in texts]))
    offsets = torch.from_numpy(np.cumsum([0, *map(len, texts[:-1])]))
    kept = torch.from_numpy((sampler.noise.random(len(flat)) >= sampler.dropout).astype(np.float32))
    return functional.normalize(functional.embedding_bag(flat, weights, offsets, mode="sum", per_sample_weights=kept))


def _same(batch: _Batch) -> torch.Tensor:
    """Return which passages of the batch are the right answer of another row, so not wrong ones."""
    ids = np.asarray(batch.ids)
    count = len(batch.queries)
    same = ids[:count, None] == ids[None, :]
    same[np.arange(count), np.arange(count)] = False
    return torch.from_numpy(same)
