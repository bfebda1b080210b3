"""Writes a static embedding in the form that both the product and sentence-transformers read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from index.arrays import FloatArray
from index.embedder import StaticEmbedder
from index.terms import Analyzer

UNKNOWN = "[UNK]"
NAME, VERSION = "static-zh", "2"
MODULES = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
TRAINED_ON = (
    "LawRefBook statutes (public domain); STARD train questions and LeCoQA answers and keywords to them (MIT); "
    "lawyer-llama questions with statutes (Apache-2.0); LawBench consultations (Apache-2.0); this project's lay "
    "questions and guides"
)


def embedder_of(vectors: FloatArray, vocabulary: Sequence[str], *, name: str, analyzer: Analyzer) -> StaticEmbedder:
    """Return an embedder over word vectors; unknown words count as nothing."""
    weights = np.vstack([np.zeros((1, vectors.shape[1]), dtype=np.float32), vectors])
    tokens = {word: number for number, word in enumerate([UNKNOWN, *vocabulary])}
    tokenizer = Tokenizer(WordLevel(tokens, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return StaticEmbedder(tokenizer=tokenizer, weights=weights, name=name, analyzer=analyzer)


def save(embedder: StaticEmbedder, folder: Path) -> None:
    """Write tokenizer, weights in half precision (no measurable loss), modules and our own configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    embedder.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    save_file({"embedding.weight": embedder.weights.astype(np.float16)}, folder / "model.safetensors")
    config = {"name": NAME, "version": VERSION, "dim": embedder.dim, "trained_on": TRAINED_ON}
    for name, values in (("modules.json", MODULES), ("config.json", config)):
        (folder / name).write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
