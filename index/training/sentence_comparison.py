"""What one network makes of a draw: its vectors, and how well each question is nearest to its answer."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from index.training.sentence_batches import Draw, TaskTexts
from index.training.sentence_losses import ranking_losses
from index.training.sentence_network import SentenceNetwork
from index.training.sentence_tokens import joined

_SCALE = 30.0
_QUESTIONS_SHARE = 0.5  # of the loss between questions of one section


@dataclass(frozen=True, slots=True)
class Comparison:
    """Vectors, rows of unit length, of n lay questions and m law questions.

    :ivar queries: (n + m, dim) lay and law questions; ``others`` (n, dim) further questions of the same sections.
    :ivar passages: (n + m + n, dim) sections, articles and siblings.
    """

    draw: Draw
    queries: torch.Tensor
    others: torch.Tensor
    passages: torch.Tensor

    @classmethod
    def of(
        cls, network: SentenceNetwork, texts: TaskTexts, draw: Draw, *, dropout: float = 0.0, longest: int | None = None
    ) -> Comparison:
        """Encode what was drawn.

        :param dropout: share of tokens hidden in every second lay question.
        :param longest: passages are cut to so many tokens.
        """
        asked = network(
            *joined(
                texts.questions.batch(draw.questions, dropout=dropout),
                texts.law_questions.batch(draw.law_questions),
                texts.questions.batch(draw.others, dropout=dropout),
            )
        )
        passages = network(
            *joined(
                texts.sections.batch(draw.sections, longest=longest),
                texts.articles.batch(draw.articles, longest=longest),
                texts.sections.batch(draw.siblings, longest=longest),
            )
        )
        queries = len(draw.questions) + len(draw.law_questions)
        return cls(draw, asked[:queries], asked[queries:], passages)

    @property
    def questions(self) -> torch.Tensor:
        """(n, dim) lay questions."""
        return self.queries[: len(self.draw.questions)]

    @property
    def sections(self) -> torch.Tensor:
        """(2n, dim) sections, then siblings."""
        lay = len(self.draw.questions)
        return torch.cat([self.passages[:lay], self.passages[len(self.queries) :]])

    def loss(self) -> torch.Tensor:
        """Return how far questions are from preferring their own passages, and questions of their own section."""
        draw, lay = self.draw, len(self.draw.questions)
        to_passages = ranking_losses(self.queries, self.passages, draw.right, _SCALE)
        to_questions = ranking_losses(self.questions, self.others, draw.right[:lay, :lay], _SCALE)
        has_other = draw.questions != draw.others
        return to_passages.mean() + _QUESTIONS_SHARE * (to_questions * has_other).mean()
