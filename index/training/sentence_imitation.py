"""Texts without labels, on which a shallow network learns to give the vectors of its teacher."""

from __future__ import annotations

import itertools

import numpy as np
import torch
from tokenizers import Tokenizer

from index.arrays import IntArray
from index.training.sentence_losses import distance, neighbour_divergence
from index.training.sentence_network import SentenceNetwork
from index.training.sentence_tokens import PASSAGE_PREFIX, QUERY_PREFIX, QUESTION_TOKENS, PaddedTexts, SentenceTokens

SNIPPET, STRIDE = 64, 56  # tokens of a piece of a section, and from one piece to the next
COMMON_WORDS = 2_000  # so many of the most frequent words are not put into questions
_LIKENESS_SCALE, _LIKENESS_SHARE = 20.0, 0.2


class Imitation:
    """Short texts and long ones, as the teacher reads them and as the student does, and the vectors wanted.

    :param combined: how many combinations of two to five words are among the short ones.
    """

    def __init__(
        self, tokens: SentenceTokens, tokenizer: Tokenizer, *, device: torch.device, combined: int, seed: int
    ) -> None:
        self._random = np.random.default_rng(seed)
        groups = (short_texts(tokens, combined, self._random), long_texts(tokens, self._random))
        prefixes = (QUERY_PREFIX, PASSAGE_PREFIX)
        self._for_teacher = [
            PaddedTexts.of(texts, tokenizer, device, prefix) for texts, prefix in zip(groups, prefixes, strict=True)
        ]
        self._for_student = [PaddedTexts.of(texts, tokenizer, device) for texts in groups]
        self._by_length = [torch.argsort(texts.lengths) for texts in self._for_student]
        self._wanted: list[torch.Tensor] = []

    def follow(self, teacher: SentenceNetwork) -> None:
        """Want the vectors that ``teacher`` gives from now on."""
        self._wanted = [teacher.encode(texts) for texts in self._for_teacher]

    def loss(self, student: SentenceNetwork, sizes: tuple[int, int]) -> torch.Tensor:
        """Return how far the student's vectors of one batch, and their likenesses, are from the wanted ones.

        :param sizes: how many short and long texts; those of a batch are about equally long, so that little is padding.
        """
        losses = []
        for texts, order, wanted, size in zip(self._for_student, self._by_length, self._wanted, sizes, strict=True):
            start = int(self._random.integers(max(1, len(order) - size)))
            numbers = order[start : start + size]
            vectors, theirs = student(*texts.batch(numbers)), wanted[numbers]
            near = neighbour_divergence(vectors, theirs, _LIKENESS_SCALE)
            losses.append(distance(vectors, theirs) + _LIKENESS_SHARE * near)
        return torch.stack(losses).sum()


def short_texts(tokens: SentenceTokens, combined: int, random: np.random.Generator) -> list[IntArray]:
    """Return questions about laws, words alone and combined, and each question twice with a word put in."""
    words, questions = tokens.words, tokens.law_questions
    texts = [*questions, *words]
    for _ in range(combined):
        texts.append(np.concatenate([words[at] for at in random.choice(len(words), random.integers(2, 6))]))
    rarer = words[COMMON_WORDS:] or words
    texts += [_disturbed(question, rarer[random.integers(len(rarer))], random) for question in questions * 2]
    return texts


def long_texts(tokens: SentenceTokens, random: np.random.Generator) -> list[IntArray]:
    """Return sections, overlapping pieces of them, and the beginning of every second article."""
    pieces = [text[start : start + SNIPPET] for text in tokens.sections for start in range(0, len(text), STRIDE)]
    openings = [text[: random.integers(16, 100)] for text in itertools.islice(tokens.articles, 0, None, 2)]
    return [*tokens.sections, *pieces, *openings]


def _disturbed(question: IntArray, word: IntArray, random: np.random.Generator) -> IntArray:
    """Return the question with some tokens lost and a word somewhere in it."""
    kept = question[random.random(len(question)) > 0.15] if len(question) > 4 else question
    at = int(random.integers(len(kept) + 1))
    return np.concatenate([kept[:at], word, kept[at:]])[:QUESTION_TOKENS]
