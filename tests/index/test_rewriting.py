from __future__ import annotations

import pytest

from index.rewriting import Rewriter, read_rules


def whole(text: str) -> list[str]:
    return list(text)


def test_rewrites_every_spoken_form_of_a_line() -> None:
    rewriter = Rewriter(read_rules("咋 咋样 = 怎么"))
    assert rewriter.rewrite("咋样办，咋弄", whole) == "怎么办，怎么弄"


def test_drops_a_form_with_nothing_on_the_right() -> None:
    assert Rewriter(read_rules("俺 =")).rewrite("俺要办", whole) == "要办"


def test_prefers_the_longest_form() -> None:
    assert Rewriter(read_rules("地标 = 甲\n地标产品 = 乙")).rewrite("地标产品", whole) == "乙"


def test_leaves_a_form_inside_a_longer_word_alone() -> None:
    rewriter = Rewriter(read_rules("地标 = 地理标志"))
    assert rewriter.rewrite("土地标准", lambda text: ["土地", "标准"]) == "土地标准"
    assert rewriter.rewrite("地标怎么办", lambda text: ["地标", "怎么", "办"]) == "地理标志怎么办"


def test_does_not_write_twice_what_already_stands_there() -> None:
    rewriter = Rewriter(read_rules("外观 = 外观设计"))
    assert rewriter.rewrite("外观设计和外观", lambda text: ["外观", "设计", "和", "外观"]) == "外观设计和外观设计"


def test_related_words_widen_but_do_not_replace() -> None:
    rewriter = Rewriter(read_rules("假货 ~ 侵权 假冒"))
    assert rewriter.rewrite("卖假货", whole) == "卖假货"
    assert rewriter.related("卖假货") == ("侵权", "假冒")
    assert rewriter.related("卖真货") == ()


def test_refuses_a_line_without_a_sign() -> None:
    with pytest.raises(ValueError, match="地标 地理标志"):
        read_rules("地标 地理标志")


def test_a_comment_is_no_rule() -> None:
    assert read_rules("# 地标 = 地理标志\n\n").same == {}
