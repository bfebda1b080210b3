from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.records import Document, Kind, Passage
from index.arrays import FloatArray
from index.embedder import unit_rows
from index.terms import Analyzer
from index.topic_guess import TopicGuess
from index.training import matters
from index.training.matters import PARTS, Material
from index.training.stories import held_out, stories

TODAY = dt.date(2026, 11, 23)


def small_guide(document_id: str, topic: str) -> Document:
    passages = tuple(
        Passage(
            passage_id=f"{document_id}#{order}",
            document_id=document_id,
            locator=heading,
            heading=heading,
            text=f"{topic}{text}",
            order=order,
            questions=tuple(f"{topic}{question}" for question in questions),
        )
        for order, (heading, text, questions) in enumerate(
            [
                ("收多少钱", "每件收费300元。", ("要多少钱", "收费不", "花多少", "费用高不高", "免费吗")),
                ("多长时间", "九个月办完。", ("要多久", "几个月", "哪天下来", "快不快", "等多少天")),
            ]
        )
    )
    return Document(document_id=document_id, title=f"{topic}怎么办", kind=Kind.GUIDE, passages=passages)


@pytest.fixture(scope="module")
def small() -> list[Document]:
    return [small_guide("a", "商标注册"), small_guide("b", "专利申请"), small_guide("c", "版权登记")]


class ByFirstSign:
    """Encodes every text by its first character and, a little, by its last: texts that begin alike lie together."""

    name, dim = "by first sign", 64

    def encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[ord(text[0]) % self.dim] += 1.0
            row[ord(text[-1]) % self.dim] += 0.2
        return unit_rows(vectors)

    def encode_query(self, text: str) -> FloatArray:
        vector: FloatArray = self.encode([text])[0]
        return vector


def test_what_stories_ask_of_other_windows_is_off_topic(tmp_path: Path) -> None:
    (tmp_path / "negatives.jsonl").write_text('{"query": "哪家代理好", "kind": "near-topic"}\n', encoding="utf-8")
    material = Material.read(tmp_path / "negatives.jsonl", TODAY)
    others = [story.first for story in stories() if story.expected[0] == ()]
    assert list(material.negatives) == ["哪家代理好", *others]
    assert list(material.off_topic) == [False, *[True] * len(others)]


def test_the_topic_guess_leaves_out_a_part_of_what_was_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: dict[str, list[str]] = {}

    def remember(documents: object, told: list[str], off_topic: list[str], **how: object) -> None:
        learnt.update(ours=told, others=off_topic)

    monkeypatch.setattr(matters, "topic_guess", remember)
    material = Material([], ["哪家代理好", "社保卡丢了", "驾照到期"], [False, True, True], TODAY)
    held = held_out()
    firsts = {story.first: story.expected[0] == () for story in held}
    for part in (None, 1):
        material.topic_guess([], ByFirstSign(), without=part)
        left = {story.first for at, story in enumerate(held) if part is None or at % PARTS != part}
        assert left & {*learnt["ours"]} == {first for first in left if not firsts[first]}
        assert {*learnt["others"]} - {*firsts} == {"社保卡丢了", "驾照到期"} - ({"社保卡丢了"} if part == 1 else set())
        assert {*learnt["others"]} & {*firsts} == {first for first in left if firsts[first]}


def test_the_topic_guess_learns_both_sides_and_leaves_what_is_like_neither_open(
    small: list[Document], analyzer: Analyzer
) -> None:
    others = [f"{first}{last}" for first in "社医" for last in "保多少钱办证电话去哪几点"]
    encoder = ByFirstSign()
    unanswered = ["歌让人唱了", "歌谱让人印了"]
    guess = TopicGuess(matters.topic_guess(small, unanswered, others, encoder=encoder, analyzer=analyzer))
    assert guess.encoder == encoder.name
    ours = [question for document in small for passage in document.passages for question in passage.questions]
    assert min(guess.score(encoder.encode_query(question)) for question in [*ours, *unanswered]) > 0
    assert max(guess.score(encoder.encode_query(question)) for question in others) < 0
    unlike = abs(guess.score(encoder.encode_query("囧囧")))
    assert unlike < abs(guess.score(encoder.encode_query(ours[0])))
    assert unlike < abs(guess.score(encoder.encode_query(others[0])))


def test_a_question_without_the_names_of_its_matter_keeps_what_is_asked() -> None:
    names = {"商标", "注册商标", "续展", ""}
    asked = ["注册商标过期了还能补办吗？", "商标续展", "专利年费多少钱", "商标，要交哪些证明"]
    assert matters.without_names(asked, names) == ["过期了还能补办吗", "要交哪些证明"]
