from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.diff import Change, compare
from corpus.records import Document, Kind, Passage


def law(*texts: str) -> Document:
    passages = tuple(
        Passage(f"law#a{number}", "law", f"第{number}条", "某办法", text, number)
        for number, text in enumerate(texts, 1)
    )
    return Document("law", "某办法", Kind.LAW, passages=passages)


def told(before: Document, after: Document) -> list[tuple[str, str, str]]:
    marks = {Change.SAME: "", Change.ADDED: "+", Change.REMOVED: "-"}
    return [
        (change.change.value, change.locator, "".join(f"{marks[p.change]}{p.text}" for p in change.pieces))
        for change in compare(before, after).passages
    ]


def test_shows_the_figure_that_changed_within_its_article() -> None:
    before, after = law("制定本办法。", "补贴500元。"), law("制定本办法。", "补贴800元。")
    assert told(before, after) == [("changed", "第2条", "补贴-500+800元。")]
    assert compare(before, after).same == 1


def test_shows_articles_that_came_and_went() -> None:
    before, after = law("制定本办法。", "补贴500元。"), law("制定本办法。")
    assert told(before, after) == [("removed", "第2条", "-补贴500元。")]
    assert told(after, before) == [("added", "第2条", "+补贴500元。")]


def test_an_inserted_article_leaves_the_others_alone() -> None:
    before = law("制定本办法。", "补贴500元。", "自公布之日起施行。")
    after = law("制定本办法。", "申请人应当是农民合作社。", "补贴500元。", "自公布之日起施行。")
    assert [change for change, _, _ in told(before, after)] == ["added"]
    assert compare(before, after).same == 3


def test_shows_what_changed_in_the_header() -> None:
    before = law("制定本办法。")
    after = replace(before, repealed_date=dt.date(2027, 1, 1), issuer="市局")
    assert [(each.name, each.before, each.after) for each in compare(before, after).fields] == [
        ("issuer", "", "市局"), ("repealed_date", "", "2027-01-01")
    ]  # fmt: skip


def test_nothing_changed_is_an_empty_diff() -> None:
    found = compare(law("一", "二"), law("一", "二"))
    assert (found.fields, found.passages, found.same) == ((), (), 2)


texts = st.lists(st.text(alphabet="商标补贴元0123。", min_size=1, max_size=12), max_size=6)


@given(before=texts, after=texts)
def test_both_texts_can_be_read_back_from_a_diff(before: list[str], after: list[str]) -> None:
    found = compare(law(*before), law(*after))
    for kept, dropped, all_texts in ((Change.ADDED, Change.REMOVED, after), (Change.REMOVED, Change.ADDED, before)):
        told_texts = [
            "".join(piece.text for piece in change.pieces if piece.change is not dropped)
            for change in found.passages
            if change.change in (kept, Change.CHANGED)
        ]
        assert not [text for text in told_texts if text not in all_texts]
        assert len(told_texts) + found.same == len(all_texts)
