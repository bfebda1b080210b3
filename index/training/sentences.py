"""Makes the sentence encoder again: a small transformer distilled from a multilingual one that was tuned on our questions.

    python -m index.training.sentences --teacher DIR --bench DIR --out index/models/encoder --folds WORK

``--teacher`` is a folder with ``config.json``, ``model.safetensors`` and ``tokenizer.json`` of
``intfloat/multilingual-e5-small`` (MIT), ``--bench`` the training data that :mod:`index.training.sources` reads. ``--folds``
is where more encoders are written, each without the lay questions of one fold, as ``python -m benchmarks.lay_questions``
needs them. Two minutes an encoder on a GPU; days on a CPU.
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
from index.training.more_questions import with_more
from index.training.sentence_export import save
from index.training.sentence_stages import Distilled
from index.training.sentence_texts import SentenceTexts, frequent_words, sentence_texts
from index.training.sources import read_training_data


def main() -> None:
    """Read the arguments, train and write the encoder."""
    parser = argparse.ArgumentParser(prog="python -m index.training.sentences", description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=Path, required=True, help="the folder of multilingual-e5-small")
    parser.add_argument("--bench", type=Path, required=True, help="the folder with the training data")
    parser.add_argument("--out", type=Path, required=True, help="where the encoder is written")
    parser.add_argument("--folds", type=Path, help="where the encoders of the folds are written")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    texts = read_texts(options.bench, None)
    distilled = Distilled(texts, options.teacher, device=torch.device(options.device))
    save(distilled.train(texts), distilled.tokenizer, options.out)
    for fold in range(FOLDS) if options.folds else ():
        network = distilled.train(read_texts(options.bench, fold))
        save(network, distilled.tokenizer, options.folds / f"fold-{fold}")


def read_texts(bench: Path, fold: int | None) -> SentenceTexts:
    """Return what the shipped encoder is trained on, without the lay questions of ``fold``."""
    documents = with_more(shipped_documents())
    if fold is not None:
        documents, _ = hold_out(documents, fold, dt.date.max)  # the day only says which of them can be asked
    data = read_training_data(bench, lay_questions=shipped_questions())
    return sentence_texts(documents, data, frequent_words(), default_analyzer())


if __name__ == "__main__":
    main()
