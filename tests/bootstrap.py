"""A static embedding from nothing but the texts themselves: PPMI of neighbouring words, cut down by SVD.

Small, deterministic and offline: tests need an embedding that is not the shipped one.
The recipe (window 8, context exponent 0.75, singular values dropped, rows times idf) follows Levy and Goldberg (2014).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from index.arrays import FloatArray
from index.embedder import StaticEmbedder, unit_rows
from index.terms import Analyzer

WINDOW = 8
CONTEXT_EXPONENT = 0.75
UNKNOWN = "[UNK]"


def train_bootstrap(texts: Iterable[str], *, analyzer: Analyzer, dim: int = 128, min_count: int = 2) -> StaticEmbedder:
    """Train a static embedding on ``texts``; the same texts give the same vectors."""
    documents = [analyzer.words(analyzer.normalise(text)) for text in texts]
    counts = Counter(word for words in documents for word in words)
    vocabulary = sorted(word for word, count in counts.items() if count >= min_count)
    vectors = _word_vectors(documents, vocabulary, dim)
    weights = np.vstack([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    tokens = {token: index for index, token in enumerate([UNKNOWN, *vocabulary])}
    tokenizer = Tokenizer(WordLevel(tokens, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return StaticEmbedder(tokenizer=tokenizer, weights=weights, name=f"bootstrap-zh-{len(tokens)}", analyzer=analyzer)


def save_bootstrap(embedder: StaticEmbedder, folder: Path) -> None:
    """Write ``embedder`` in the form that :meth:`StaticEmbedder.open` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    embedder.tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": embedder.weights.astype(np.float16)}, folder / "model.safetensors")
    name, _, version = embedder.name.rpartition("-")
    config = {"name": name, "version": version}
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2), encoding="utf-8")


def _word_vectors(documents: Sequence[Sequence[str]], vocabulary: Sequence[str], dim: int) -> FloatArray:
    """Return (len(vocabulary), dim) float32: unit rows of the PPMI matrix's left singular vectors, times idf."""
    index = {word: number for number, word in enumerate(vocabulary)}
    encoded = [[index[word] for word in words if word in index] for words in documents]
    matrix = _positive_pmi(_cooccurrences(encoded, len(vocabulary)))
    rank = min(dim, len(vocabulary) - 1)
    if rank < 1:
        return np.zeros((len(vocabulary), dim), dtype=np.float32)
    start = np.random.default_rng(0).standard_normal(len(vocabulary))
    left, _, _ = sp.linalg.svds(matrix, k=rank, v0=start)
    padded = np.zeros((len(vocabulary), dim), dtype=np.float32)
    padded[:, :rank] = left[:, ::-1]
    frequencies = Counter(number for words in encoded for number in set(words))
    idf = [math.log(1 + len(encoded) / (1 + frequencies[number])) for number in range(len(vocabulary))]
    weighted: FloatArray = unit_rows(padded) * np.array(idf, dtype=np.float32)[:, None]
    return weighted


def _cooccurrences(encoded: Sequence[Sequence[int]], size: int) -> sp.csr_matrix:
    """Return (size, size) counts of words within :data:`WINDOW` of each other; nearer pairs weigh more."""
    pairs: Counter[tuple[int, int]] = Counter()
    for words in encoded:
        for distance in range(1, WINDOW + 1):
            weight = 8 if distance <= 2 else 9 - distance
            for left, right in zip(words, words[distance:], strict=False):
                pairs[left, right] += weight
    if not pairs:
        return sp.csr_matrix((size, size))
    rows, columns = np.array(list(pairs), dtype=np.int64).T
    upper = sp.csr_matrix((np.array(list(pairs.values()), dtype=np.float64) / 8, (rows, columns)), shape=(size, size))
    return (upper + upper.T).tocsr()


def _positive_pmi(counts: sp.csr_matrix) -> sp.csr_matrix:
    """Return max(0, log P(w, c) / (P(w) P(c)^0.75)), sparse."""
    total = counts.sum()
    if total == 0:
        return counts
    words = np.asarray(counts.sum(axis=1)).ravel()
    contexts = np.asarray(counts.sum(axis=0)).ravel() ** CONTEXT_EXPONENT
    matrix = counts.tocoo()
    pmi = np.log(matrix.data * contexts.sum() / (words[matrix.row] * contexts[matrix.col]))
    keep = pmi > 0
    return sp.csr_matrix((pmi[keep], (matrix.row[keep], matrix.col[keep])), shape=counts.shape)
