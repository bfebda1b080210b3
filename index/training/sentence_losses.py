"""What a step of the sentence encoder's training makes smaller; vectors are (n, dim) rows of unit length."""

from __future__ import annotations

import torch
from torch.nn import functional

_NEVER = -1e4  # a likeness that counts for nothing


def ranking_losses(queries: torch.Tensor, answers: torch.Tensor, right: torch.Tensor, scale: float) -> torch.Tensor:
    """Return (queries,): how far each query is from preferring its answer to all others.

    Multiple negatives ranking loss.

    :param answers: (answers, dim), at least as many as queries; the answer of a query stands at its position.
    :param right: (queries, answers) bool, what else answers a query and so is no wrong answer.
    """
    own = torch.arange(len(queries), device=queries.device)
    others = right.clone()
    others[own, own] = False
    likeness = (queries @ answers.T * scale).masked_fill(others, _NEVER)
    return functional.cross_entropy(likeness, own, reduction="none")


def distance(vectors: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return one minus the mean cosine of each vector with the wanted one."""
    return (1 - (vectors * wanted).sum(1)).mean()


def divergence(likeness: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return the mean Kullback-Leibler divergence of each row's softmax from that of the wanted likenesses."""
    return functional.kl_div(likeness.log_softmax(1), wanted.softmax(1), reduction="batchmean")


def neighbour_divergence(vectors: torch.Tensor, wanted: torch.Tensor, scale: float) -> torch.Tensor:
    """Return how much the vectors' likeness to one another differs from that of the wanted vectors."""
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    ours, theirs = ((each @ each.T * scale).masked_fill(itself, _NEVER) for each in (vectors, wanted))
    return divergence(ours, theirs)
