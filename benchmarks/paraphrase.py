"""Known questions as another visitor might type them: a word left out, a slip of the finger, something said first.

Held-out questions teach the ranker what to do when nobody has asked alike; most visitors ask alike, in other words.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.terms import Analyzer
from index.training.lay_folds import LayQuestion

SAID_FIRST = (
    *("我是开鲁种辣椒的，", "我家是奈曼的农户，", "我们合作社", "我公司", "俺们村", "库伦这边", "我想问问", "师傅，"),
    *("在通辽", "我一个小厂子，", "朋友说", "去年", "听说", "现在"),
)
SAID_LAST = ("，谢谢", "，着急", "呢", "啊", "，能给说说不", "，具体点", "，我不太懂", "，在线等")
SLIPS = "的地得是事市式标表票利力立理里品牌排费废非证正册侧权全请情商上伤"


def paraphrases(questions: Iterable[LayQuestion], *, analyzer: Analyzer, seed: int = 0) -> Iterator[LayQuestion]:
    """Yield each question once, changed in one to three ways; the same seed gives the same changes."""
    dice = random.Random(seed)
    for question in questions:
        words = analyzer.words(analyzer.normalise(question.query))
        changes = [_drop_word, _swap_words, _slip, _drop_character, _say_first, _say_last]
        for change in dice.sample(changes, dice.choice((1, 1, 2, 2, 3))):
            words = change(words, dice)
        yield replace(question, query="".join(words))


def _drop_word(words: list[str], dice: random.Random) -> list[str]:
    if len(words) < 3:
        return words
    at = dice.randrange(len(words))
    return words[:at] + words[at + 1 :]


def _swap_words(words: list[str], dice: random.Random) -> list[str]:
    if len(words) < 3:
        return words
    at = dice.randrange(len(words) - 1)
    return [*words[:at], words[at + 1], words[at], *words[at + 2 :]]


def _slip(words: list[str], dice: random.Random) -> list[str]:
    text = "".join(words)
    at = dice.randrange(len(text))
    return [text[:at], dice.choice(SLIPS), text[at + 1 :]]


def _drop_character(words: list[str], dice: random.Random) -> list[str]:
    text = "".join(words)
    at = dice.randrange(len(text))
    return [text[:at], text[at + 1 :]] if len(text) > 5 else [text]


def _say_first(words: list[str], dice: random.Random) -> list[str]:
    return [dice.choice(SAID_FIRST), *words]


def _say_last(words: list[str], dice: random.Random) -> list[str]:
    return [*words, dice.choice(SAID_LAST)]
