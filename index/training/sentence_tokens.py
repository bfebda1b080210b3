"""Texts as numbers of tokens: the teacher's tokenizer, pruned to the pieces that occur, and texts padded on a device."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from torch.nn import functional

from index.arrays import IntArray
from index.training.sentence_texts import SentenceTexts

START, PADDING, END, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
QUERY_PREFIX, PASSAGE_PREFIX = "query:", "passage:"  # the blank after it is the text's own
SECTION_TOKENS, ARTICLE_TOKENS, QUESTION_TOKENS, WORD_TOKENS = 190, 128, 96, 8  # most tokens of a text, without marks
_BLANK = "▁"  # Metaspace's sign for it
_CHINESE = re.compile(r"[一-鿿，。？！、：；（）《》]+")
_AT_ONCE = 2_000  # texts that are cut together, so that memory stays small

Batch = tuple[torch.Tensor, torch.Tensor]
"""Token numbers (texts, longest) int64, and which of them are there, (texts, longest) bool."""


@dataclass(frozen=True, slots=True)
class SentenceTokens:
    """The texts in numbers, without marks; see :class:`SentenceTexts`."""

    sections: list[IntArray]
    questions: list[IntArray]
    articles: list[IntArray]
    law_questions: list[IntArray]
    words: list[IntArray]

    @classmethod
    def of(cls, texts: SentenceTexts, tokenizer: Tokenizer) -> SentenceTokens:
        """Cut everything."""
        return cls(
            sections=cut(texts.sections.texts, tokenizer, SECTION_TOKENS),
            questions=cut(texts.sections.questions, tokenizer, QUESTION_TOKENS),
            articles=cut(texts.articles.texts, tokenizer, ARTICLE_TOKENS),
            law_questions=cut(texts.articles.questions, tokenizer, QUESTION_TOKENS),
            words=cut(texts.words, tokenizer, WORD_TOKENS),
        )

    def used(self) -> set[int]:
        """Return the tokens that occur."""
        groups = (self.sections, self.questions, self.articles, self.law_questions, self.words)
        return {int(token) for group in groups if group for token in np.unique(np.concatenate(group))}


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read the teacher's ``tokenizer.json``, neither cutting nor padding.

    :raises ValueError: it is no Unigram tokenizer.
    """
    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    if not isinstance(tokenizer.model, Unigram):
        raise ValueError(f"{folder}: found a tokenizer of {tokenizer.model!r}, wanted Unigram, as XLM-R has")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut(texts: Sequence[str], tokenizer: Tokenizer, longest: int) -> list[IntArray]:
    """Return the token numbers of each text, at most ``longest``, without marks."""
    tokens = []
    for start in range(0, len(texts), _AT_ONCE):
        for encoding in tokenizer.encode_batch(list(texts[start : start + _AT_ONCE]), add_special_tokens=False):
            tokens.append(np.array(encoding.ids[:longest], dtype=np.int64))
    return tokens


def pruned(tokenizer: Tokenizer, used: Iterable[int]) -> tuple[Tokenizer, list[int]]:
    """Return a tokenizer with fewer pieces, and which rows of the teacher's they are.

    Kept are marks, ``used`` pieces, those of the prefixes and all that consist of Chinese characters. What is made of
    kept pieces is cut as before: the best way of all ways is the best of fewer, too.
    """
    pieces: list[tuple[str, float]] = json.loads(tokenizer.to_str())["model"]["vocab"]
    kept = {*used, *(int(token) for tokens in cut([QUERY_PREFIX, PASSAGE_PREFIX], tokenizer, 9) for token in tokens)}
    kept |= {mark(tokenizer, name) for name in (START, PADDING, END, UNKNOWN)}
    kept |= {row for row, (piece, _) in enumerate(pieces) if _CHINESE.fullmatch(piece.replace(_BLANK, ""))}
    rows = sorted(kept)
    vocabulary = [(pieces[row][0], float(pieces[row][1])) for row in rows]
    small = Tokenizer(Unigram(vocabulary, unk_id=rows.index(mark(tokenizer, UNKNOWN)), byte_fallback=False))
    small.pre_tokenizer = Metaspace(replacement=_BLANK, prepend_scheme="always", split=True)
    return small, rows


def mark(tokenizer: Tokenizer, name: str) -> int:
    """Return the number of a mark.

    :raises ValueError: the tokenizer has no such mark.
    """
    number: int | None = tokenizer.token_to_id(name)
    if number is None:
        raise ValueError(f"found no {name} among the tokenizer's pieces, wanted it as XLM-R has it")
    return number


@dataclass(frozen=True, slots=True)
class PaddedTexts:
    """Many texts on a device, each between its marks.

    :ivar ids: (texts, longest) int32; ``lengths`` (texts,) int64, marks included.
    :ivar opening: how many tokens stand before each text: start mark and prefix.
    """

    ids: torch.Tensor
    lengths: torch.Tensor
    opening: int

    @classmethod
    def of(cls, texts: Sequence[IntArray], tokenizer: Tokenizer, device: torch.device, prefix: str = "") -> PaddedTexts:
        """Put marks around ``texts`` and ``prefix`` before each."""
        opening = [mark(tokenizer, START), *(cut([prefix], tokenizer, 9)[0] if prefix else ())]
        marked = [np.array([*opening, *text, mark(tokenizer, END)], dtype=np.int32) for text in texts]
        ids = np.zeros((len(marked), max(map(len, marked))), dtype=np.int32)
        for row, text in zip(ids, marked, strict=True):
            row[: len(text)] = text
        lengths = torch.tensor([len(text) for text in marked], dtype=torch.int64, device=device)
        return cls(torch.from_numpy(ids).to(device), lengths, len(opening))

    def batch(self, numbers: torch.Tensor, *, longest: int | None = None, dropout: float = 0.0) -> Batch:
        """Return the texts ``numbers``, (n,) int64.

        :param longest: cut texts to so many tokens.
        :param dropout: hide this share of the tokens after the opening, in every second text.
        """
        lengths = self.lengths[numbers].clamp(max=longest or self.ids.shape[1])
        width = int(lengths.max())
        there = torch.arange(width, device=lengths.device) < lengths[:, None]
        if dropout:
            kept = torch.rand(there.shape, device=there.device) >= dropout
            kept |= torch.rand((len(there), 1), device=there.device) < 0.5
            kept[:, : self.opening] = True
            there &= kept
        return self.ids[numbers, :width].long(), there


def joined(*batches: Batch) -> Batch:
    """Return the batches below one another, as wide as the widest."""
    width = max(ids.shape[1] for ids, _ in batches)
    return (
        torch.cat([functional.pad(ids, (0, width - ids.shape[1])) for ids, _ in batches]),
        torch.cat([functional.pad(there, (0, width - there.shape[1])) for _, there in batches]),
    )
