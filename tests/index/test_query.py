from __future__ import annotations

import pytest

from index.query import CLAUSES, LEAST_CLAUSE, clauses


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("商标续展要多少钱？", ["商标续展要多少钱？"]),
        ("牌子让邻居抄了，咋整", ["牌子让邻居抄了，咋整"]),
        ("我在科区开个麻辣烫叫胖嫂，呼市有个胖嫂给我发信息，叫我改名", ["我在科区开个麻辣烫叫胖嫂", "呼市有个胖嫂给我发信息", "叫我改名"]),
        ("？！", ["？！"]),
        ("", [""]),
    ],
)  # fmt: skip
def test_short_clauses_stay_together(query: str, told: list[str]) -> None:
    assert clauses(query) == told


def test_there_are_no_more_parts_than_are_read_and_nothing_is_lost() -> None:
    query = "，".join(f"第{number}件事说起来话长着呢" for number in range(10))
    told = clauses(query)
    assert len(told) == CLAUSES
    assert "，".join(told) == query
    assert all(len(part) >= LEAST_CLAUSE for part in told)
