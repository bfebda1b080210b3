"""What ``python -m assistant check`` says about texts: one sentence a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

NO_PASSAGES = "没有一段正文"
NO_DESK = "未收录事项没有写去哪里问（desk）"
NO_BASIS = "有数字，没有写来源"
_ENTRIES = {"topic": "主题", "audience": "对象", "region": "地区"}


def undated(title: str, document_id: str, published: dt.date | None) -> str:
    """Say that a text does not tell since when its latest version holds, and which command sets it."""
    meanwhile = f"暂按公布日 {published} 起算" if published else "暂当作一直有效"
    command = f"python -m assistant amend {document_id} --effective-date 年-月-日"
    return f"《{title}》没有写明这一版从哪天起施行，{meanwhile}；查到以后请运行：{command}"


def review_overdue(due: dt.date) -> str:
    """Say that a review is late."""
    return f"早该复核了，期限是 {due}"


def unknown_key(key: str) -> str:
    """Say that the head of a file has an entry that nothing reads."""
    return f"文件开头多了一项 {key}，写法见 corpus/README.md"


def other_name(document_id: str, stem: str) -> str:
    """Say that a file's id is not its name."""
    return f"编号写的是 {document_id}，应当和文件名一样：{stem}"


def not_among(key: str, found: str, wanted: Iterable[str]) -> str:
    """Say that an entry's value is none of those there are."""
    return f"{_ENTRIES[key]}（{key}）写的是 {found}，应当是其中之一：{'、'.join(sorted(wanted))}"


def too_early(key: str, found: dt.date, start: dt.date) -> str:
    """Say that a date is not after the one it must follow."""
    return f"{key} 写的是 {found}，应当晚于 {start}"


def dead_link(target: str) -> str:
    """Say that a text refers to one that is not there."""
    return f"指向 {target}，没有这份文件，或者指的是自己"


def ends_before_it_begins(start: dt.date, end: dt.date) -> str:
    """Say that a section's life ends before it begins."""
    return f"“有效”一行从 {start} 开始，却在 {end} 之前就结束"


def too_long(found: int, most: int) -> str:
    """Say that a section has more characters than people read."""
    return f"有 {found} 个字，最好不超过 {most} 个"


def unlisted_source(name: str) -> str:
    """Say that a section names a source that the head of the file does not list."""
    return f"来源 {name} 没有列在文件开头的 sources 里"


def asked_elsewhere(question: str, passage_id: str) -> str:
    """Say that a lay question stands at another passage too."""
    return f"问法“{question}”在 {passage_id} 也有"


def copied(sentence: str) -> str:
    """Say that a sentence is one of the facts' own."""
    return f"照抄了素材里的一句，应当用自己的话：{sentence}"
