"""Makes the sentence encoder again: a small transformer distilled from a multilingual one that was tuned on our questions.

    python -m index.training.sentences --teacher DIR --bench DIR --out index/models/encoder

``--teacher`` is a folder with ``config.json``, ``model.safetensors`` and ``tokenizer.json`` of
``intfloat/multilingual-e5-small`` (MIT), ``--bench`` the training data that :mod:`index.training.sources` reads. With
``--fold N`` the lay questions of that fold are held out, as ``python -m index.training.guides`` needs it; without it all
are learnt. A few minutes on a GPU; days on a CPU.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import torch

from corpus.shipped import shipped_documents
from index.lay_questions import shipped_questions
from index.terms import default_analyzer
from index.training.lay_folds import FOLDS, hold_out
from index.training.sentence_export import save
from index.training.sentence_stages import train
from index.training.sentence_texts import SentenceTexts, frequent_words, sentence_texts
from index.training.sources import read_training_data


def main() -> None:
    """Read the arguments, train and write the encoder."""
    parser = argparse.ArgumentParser(prog="python -m index.training.sentences", description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=Path, required=True, help="the folder of multilingual-e5-small")
    parser.add_argument("--bench", type=Path, required=True, help="the folder with the training data")
    parser.add_argument("--out", type=Path, required=True, help="where the encoder is written")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="hold out the lay questions of this fold")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    texts = read_texts(options.bench, options.fold)
    network, tokenizer = train(texts, options.teacher, device=torch.device(options.device))
    save(network, tokenizer, options.out)


def read_texts(bench: Path, fold: int | None) -> SentenceTexts:
    """Return what the shipped encoder is trained on, without the lay questions of ``fold``."""
    documents = shipped_documents()
    if fold is not None:
        documents, _ = hold_out(documents, fold, dt.date.max)  # the day only says which of them can be asked
    data = read_training_data(bench, lay_questions=shipped_questions())
    return sentence_texts(documents, data, frequent_words(), default_analyzer())


if __name__ == "__main__":
    main()
