"""Draws what one step of the contrastive training compares: questions, their sections and articles, near misses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

from index.arrays import IntArray
from index.training.sentence_texts import SentenceTexts
from index.training.sentence_tokens import PASSAGE_PREFIX, QUERY_PREFIX, PaddedTexts, SentenceTokens

CHOSEN_SHARE = 4  # one in so many law questions is one whose article a language model chose


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """The texts that are compared, padded, as one network reads them."""

    sections: PaddedTexts
    questions: PaddedTexts
    articles: PaddedTexts
    law_questions: PaddedTexts

    @classmethod
    def of(
        cls, tokens: SentenceTokens, tokenizer: Tokenizer, device: torch.device, *, prefixed: bool = False
    ) -> TaskTexts:
        """Pad them; ``prefixed`` as the teacher knows questions and passages apart."""
        query, passage = (QUERY_PREFIX, PASSAGE_PREFIX) if prefixed else ("", "")
        return cls(
            sections=PaddedTexts.of(tokens.sections, tokenizer, device, passage),
            questions=PaddedTexts.of(tokens.questions, tokenizer, device, query),
            articles=PaddedTexts.of(tokens.articles, tokenizer, device, passage),
            law_questions=PaddedTexts.of(tokens.law_questions, tokenizer, device, query),
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """What is compared in one step: positions of texts, int64.

    :ivar questions: (n,) lay questions, each once.
    :ivar sections: (n,) where they stand; ``siblings`` (n,) a section of the same document for each.
    :ivar others: (n,) another question of the same section, or the same where it has no other.
    :ivar law_questions: (m,), with the ``articles`` (m,) that answer them.
    :ivar right: (n + m, n + m + n) bool, which of sections, articles and siblings answer a lay or law question.
    """

    questions: torch.Tensor
    sections: torch.Tensor
    siblings: torch.Tensor
    others: torch.Tensor
    law_questions: torch.Tensor
    articles: torch.Tensor
    right: torch.Tensor

    @property
    def compared_sections(self) -> torch.Tensor:
        """(2n,) sections, then siblings."""
        return torch.cat([self.sections, self.siblings])


class Sampler:
    """Draws for one training, the same ones from the same seed."""

    def __init__(self, texts: SentenceTexts, *, device: torch.device, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._device = device
        sections, articles = texts.sections, texts.articles
        self._stands_at = np.array([answers[0] for answers in sections.answers])
        self._siblings = sections.siblings
        self._asked = defaultdict(list)
        for question, section in enumerate(self._stands_at.tolist()):
            self._asked[section].append(question)
        self._right = np.zeros((len(sections.questions), len(sections.texts)), dtype=bool)
        for question, answers in enumerate(sections.answers):
            self._right[question, answers] = True
        self._articles = np.array(articles.answers)
        self._chosen, self._found = np.flatnonzero(articles.chosen), np.flatnonzero(~np.array(articles.chosen))

    def draw(self, questions: int, law_questions: int) -> Draw:
        """Draw so many of each."""
        pick = self._random.choice
        lay = pick(len(self._stands_at), questions, replace=False)
        sections = self._stands_at[lay]
        siblings = np.array([pick(self._siblings[section]) for section in sections])
        others = np.array([pick(self._asked[section]) for section in sections])
        chosen = law_questions // CHOSEN_SHARE
        law = np.concatenate([pick(self._found, law_questions - chosen), pick(self._chosen, chosen)])
        right = self._answered(lay, np.concatenate([sections, siblings]), self._articles[law])
        drawn = (lay, sections, siblings, others, law, self._articles[law], right)
        return Draw(*(torch.from_numpy(each).to(self._device) for each in drawn))

    def _answered(self, questions: IntArray, sections: IntArray, articles: IntArray) -> IntArray:
        lay, law = len(questions), len(articles)
        by_section = self._right[np.ix_(questions, sections)]
        right = np.zeros((lay + law, lay + law + lay), dtype=bool)
        right[:lay, :lay], right[:lay, lay + law :] = by_section[:, :lay], by_section[:, lay:]
        right[lay:, lay : lay + law] = articles[:, None] == articles
        return right
