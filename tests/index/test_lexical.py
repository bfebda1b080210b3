from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.arrays import Scope
from index.errors import IndexBrokenError
from index.lexical import TermIndex, TermIndexWriter, term_weights


def build(folder: Path, entries: dict[int, str], slots: int = 1) -> TermIndex:
    writer = TermIndexWriter(folder, ["text"], slots=slots)
    for entry_id, text in entries.items():
        writer.add(entry_id, {"text": text.split()})
    writer.commit()
    writer.close()
    return TermIndex(folder)


def ask(index: TermIndex, text: str, allowed: list[bool] | None = None, limit: int = 10, slots: int = 1) -> list[int]:
    scope = None if allowed is None else only(allowed)
    return index.search({"text": term_weights(text.split())}, scope=scope, limit=limit, slots=slots).ids.tolist()


def only(allowed: list[bool], beside: list[bool] | None = None) -> Scope:
    return Scope(np.array(allowed), np.array(beside or [False] * len(allowed)))


def test_ranks_rarer_and_more_terms_first(tmp_path: Path) -> None:
    index = build(tmp_path, {0: "商标 注册", 1: "商标 续展", 2: "专利 年费", 3: "商标 商标局"})
    assert ask(index, "商标 续展")[0] == 1
    assert 2 not in ask(index, "商标 续展")


def test_scores_fall(tmp_path: Path) -> None:
    index = build(tmp_path, {number: "商标 " * (number + 1) for number in range(5)})
    scores = index.search({"text": {"商标": 1.0}}, scope=None, limit=5).scores
    assert list(scores) == sorted(scores, reverse=True)


@pytest.mark.parametrize("kept", [10, 2500])
def test_entries_that_are_not_allowed_take_no_place(tmp_path: Path, kept: int) -> None:
    index = build(tmp_path, dict.fromkeys(range(5000), "商标"))
    allowed = [number >= 5000 - kept for number in range(5000)]
    found = ask(index, "商标", allowed, limit=10)
    assert len(found) == 10
    assert min(found) >= 5000 - kept


@pytest.mark.parametrize("others", [10, 5000])
def test_what_stands_beside_is_returned_and_takes_no_place(tmp_path: Path, others: int) -> None:
    index = build(tmp_path, {0: "商标 商标", 1: "商标 注册", **dict.fromkeys(range(2, others), "商标 " * 50)})
    scope = only([number != 0 for number in range(others)], [number == 0 for number in range(others)])
    found = index.search({"text": {"商标": 1.0, "注册": 1.0}}, scope=scope, limit=2).ids.tolist()
    assert len([number for number in found if number != 0]) == 2
    assert 1 in found


def test_being_one_of_few_allowed_changes_no_score(tmp_path: Path) -> None:
    index = build(tmp_path, {0: "商标 注册", 1: "商标"})
    every, few = (index.search({"text": {"商标": 1.0}}, scope=scope, limit=2) for scope in (None, only([True, False])))
    assert dict(zip(every.ids.tolist(), every.scores, strict=True))[0] == pytest.approx(few.scores[0])
    assert index.search({"text": {"商标": 1.0}}, scope=only([False, False]), limit=2).ids.tolist() == []


def test_allowed_goes_by_slot_where_entries_have_slots(tmp_path: Path) -> None:
    index = build(tmp_path, {65: "商标", 66: "商标", 129: "商标"}, slots=64)
    assert ask(index, "商标", [False, False, True], slots=64) == [129]


def test_a_term_with_more_weight_counts_more(tmp_path: Path) -> None:
    index = build(tmp_path, {0: "甲 丙", 1: "乙 丁"})
    assert index.search({"text": {"甲": 1.0, "乙": 3.0}}, scope=None, limit=2).ids.tolist() == [1, 0]


def test_terms_are_taken_as_they_are(tmp_path: Path) -> None:
    index = build(tmp_path, {0: "gb/t29490 1350元 第76号"})
    assert ask(index, "第76号") == [0]
    assert ask(index, "76号") == []
    assert index.document_frequency("text", "1350元") == 1


def test_no_terms_find_nothing(tmp_path: Path) -> None:
    index = build(tmp_path, {0: "商标"})
    assert ask(index, "") == []


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    assert ask(build(tmp_path, {}), "商标") == []


def test_removed_entries_are_gone(tmp_path: Path) -> None:
    build(tmp_path, {0: "商标", 1: "商标"})
    writer = TermIndexWriter(tmp_path, ["text"])
    writer.remove([0])
    writer.add(2, {"text": ["商标"]})
    writer.commit()
    writer.close()
    index = TermIndex(tmp_path)
    assert sorted(ask(index, "商标")) == [1, 2]
    assert index.count == 2


def test_a_folder_without_an_index_is_broken(tmp_path: Path) -> None:
    with pytest.raises(IndexBrokenError, match="python -m assistant index"):
        TermIndex(tmp_path)


def test_related_terms_count_less_and_never_twice() -> None:
    assert term_weights(["甲", "甲", "乙"], ["乙", "丙"]) == {"甲": 2.0, "乙": 1.0, "丙": 0.5}
