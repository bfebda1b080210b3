"""Which facets a question asks about, and where in it: what it costs, who may, how long it takes. Pure."""

from __future__ import annotations

import re

from corpus.records import Facet

FACET_WORDS: dict[Facet, str] = {
    Facet.MATERIALS: r"材料|资料|证件|(?<![么咋样法能])证明(?!商标)|手续(?!费)|表格|要带|带啥|带什么|交啥|交什么|交哪些|提交什么|准备什么|准备啥|拿啥|拿什么",
    Facet.FEE: r"多少钱|费用|手续费|费.{0,4}多少|收费|花钱|几块|几个钱|价钱|价格|官费|交钱|要钱|贵不贵|免费|花多少|多少费|几成|几折",
    Facet.TIME: r"多久|多长时间|几天|几个月|几年|啥时候|什么时候|期限|时限|周期|保护期|有效期|最快|多快|多少天|时间",
    Facet.WHO: r"谁能|谁可以|哪些人|什么人|啥人|条件|资格|门槛|个人能|个人可以|个人行|谁来办|谁去办",
    Facet.WHERE: r"在哪|去哪|到哪|哪里办|哪儿|(?<![更改换变了])地址(?![变改换])|(?<![打来])电话|窗口|网址|网站|哪个部门|找谁|上哪",
    Facet.BASIS: r"依据|法律规定|哪条|第几条|哪个办法|哪个文件|什么文件|法条|文号",
    Facet.WHAT: r"是什么|是啥|啥是|什么是|什么意思|啥意思|指的是|啥叫|什么叫",
    Facet.STEPS: r"怎么办|咋办|流程|步骤|(?<!小)程序|怎么申请|咋申请|怎么弄|咋弄|咋整|如何|怎样|怎么报|咋报|怎么做",
}
_FACET_PATTERNS = {facet: re.compile(words) for facet, words in FACET_WORDS.items()}


def facets_in(text: str) -> frozenset[Facet]:
    """Return the facets that ``text`` asks about; several at once are usual, none is too."""
    return frozenset(facet for facet, pattern in _FACET_PATTERNS.items() if pattern.search(text))


def up_to_second(text: str) -> str:
    """Return ``text`` up to the second thing that it asks about in one breath: 注册要多少钱几个月下证 → 注册要多少钱.

    The whole text when it asks about one thing only.
    """
    matches = [match for pattern in _FACET_PATTERNS.values() if (match := pattern.search(text))]
    starts = sorted(match.start() for match in matches)
    first_end = min((match.end() for match in matches), default=0)
    second = next((start for start in starts[1:] if start >= first_end), None)
    return text if second is None else text[:second].rstrip(" ，,、和跟还要")


def asked_first(text: str, facet: Facet | None) -> int:
    """Return where in ``text`` a facet is asked about, for sorting; its length for one that is not."""
    match = _FACET_PATTERNS[facet].search(text) if facet in _FACET_PATTERNS else None
    return len(text) if match is None else match.start()


def without_facets(text: str, instead: str) -> str:
    """Return ``text`` with the words that ask about facets replaced by ``instead``."""
    for pattern in _FACET_PATTERNS.values():
        text = pattern.sub(instead, text)
    return text
