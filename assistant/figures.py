"""Every figure of a text as a value that compares equal however it is written. Pure.

Amounts, ratios, periods, dates, times of day, counts and ranges, standard, document, article and phone numbers, web
addresses, and "free of charge" (an amount of 0): 三个月 = 3 个月, 1.5亿元 = 15000万元, 第八十五号 = 第85号.
The terms that the index makes of figures are :mod:`index.figures`; Chinese numerals are read there for both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import prod

from assistant.bounds import Bound, bound
from index.figures import chinese_number

_CHINESE = r"[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二三四五六七八九]+[万亿]*)?"
_ARABIC = r"\d+(?:\.\d+)?(?:\s?[百千万亿]+(?:\d+(?:\.\d+)?[百千万亿]+)*(?:\d{1,4}(?![\d.]))?)?"
_NUMBER = rf"(?:{_ARABIC}|{_CHINESE})"
_TO = r"\s?(?:[-~〜—–―]{1,2}|至|到)\s?"
_UNIT = (
    r"(?:个工作日|个自然日|个百分点|个小时|个星期|个月|工作日|自然日|百分点|小时|分钟|星期|周岁|周年|平方公里|平方米|"
    r"瑞士法郎|美元|欧元|港元|日元|块钱|公里|公顷|公斤|千克|人次|件次|[天日周年元块倍件条款项号类次人家个名位户页份套张种批"
    r"篇亩斤吨米村县字级岁期门场所章部折点])"
)
_SAME_UNIT = {
    "天": "日", "自然日": "日", "个自然日": "日", "块": "元", "块钱": "元", "个工作日": "工作日", "个小时": "小时",
    "个星期": "周", "星期": "周", "个百分点": "百分点", "千克": "公斤", "周岁": "岁", "周年": "年", "号": "第号",
}  # fmt: skip
_ARTICLES = frozenset("个种项份张位名条套")
"""一份, 一种 … are no counts but what English says with *a*."""
_YEAR = r"(?:19\d{2}|20\d{2}|[一二][〇零九][〇零一二三四五六七八九]{2})"
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SHARES = {"百": 100, "千": 1000, "万": 10_000}


@dataclass(frozen=True, slots=True)
class Figure:
    """A canonical value: ``value`` in plain digits (``5~10`` for a range, ISO for dates), ``unit`` what it counts.

    ``text`` is how it was written, ``article`` marks the 一 of 一份, which need not be proved, ``bound`` says whether it
    is the least or the most. None of these is compared.
    """

    value: str
    unit: str
    text: str = field(default="", compare=False)
    article: bool = field(default=False, compare=False)
    bound: Bound = field(default=Bound.NONE, compare=False)


def number(numeral: str) -> str:
    """Return a numeral, Arabic or Chinese, with or without 百千万亿, as plain digits.

    >>> number("1.5亿"), number("一千三百五十"), number("3万5千"), number("一点五")
    ('150000000', '1350', '35000', '1.5')
    """
    numeral = re.sub(r"\s", "", numeral)
    value = _arabic(numeral) if numeral[0].isascii() else _chinese(numeral)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _arabic(numeral: str) -> Decimal:
    parts = re.findall(r"(\d+(?:\.\d+)?)([百千万亿]*)", numeral)
    return sum((Decimal(digits) * prod(_SCALES[each] for each in scales) for digits, scales in parts), Decimal(0))


def _chinese(numeral: str) -> Decimal:
    whole, _, fraction = numeral.partition("点")
    if fraction:
        digits = fraction.rstrip("万亿")
        scale = prod(_SCALES[each] for each in fraction[len(digits) :])
        return (_chinese(whole) + Decimal(f"0.{chinese_digits(digits)}")) * scale
    above, _, below = whole.rpartition("亿")
    value = (_chinese(above) if above else Decimal(0)) * 100_000_000
    value += chinese_number(below) if below else 0
    return value


def chinese_digits(numeral: str) -> str:
    """Return digits read one by one: 二〇二七 → 2027, 零五 → 05."""
    return "".join(str(chinese_number(digit)) for digit in numeral)


def _year(numeral: str) -> str:
    return numeral if numeral.isascii() else chinese_digits(numeral)


def _two(numeral: str) -> str:
    return number(numeral).zfill(2)


_Rule = Callable[[re.Match[str]], Figure | None]


def _date(match: re.Match[str]) -> Figure:
    year, month, day = (part for part in match.groups() if part)
    return Figure(f"{_year(year)}-{_two(month)}-{_two(day)}", "日期")


def _month(match: re.Match[str]) -> Figure:
    year, month = (part for part in match.groups() if part)
    return Figure(f"{_year(year)}-{_two(month)}", "年月")


def _standard(match: re.Match[str]) -> Figure:
    name, digits, year = match.groups()
    return Figure(re.sub(r"\s", "", name).upper() + digits + (f"-{year}" if year else ""), "编号")


def _share(match: re.Match[str]) -> Figure:
    of, share = match.groups()
    return Figure(number(str(Decimal(number(share)) * 100 / _SHARES[of])), "%")


def _percent(match: re.Match[str]) -> Figure:
    low, high, sign = match.groups()
    scale = Decimal(1) if sign == "%" else Decimal("0.1")
    ends = [number(str(Decimal(number(end)) * scale)) for end in (low, high) if end]
    return Figure("~".join(ends), "%")


def _ordinal(match: re.Match[str]) -> Figure:
    first, last, unit, insertion = match.groups()
    value = "~".join(number(end) for end in (first, last) if end)
    return Figure(value + (f"之{number(insertion)}" if insertion else ""), f"第{unit}")


def _range(match: re.Match[str]) -> Figure | None:
    low, low_unit, high, unit = match.groups()
    low_value, high_value = number(low), number(high)
    # 5至10万元 means 5万至10万.
    if not low_unit and high.endswith(("万", "亿")) and not low.endswith(("万", "亿")):
        low_value = number(f"{low_value}{high[-1]}")
    return Figure(f"{low_value}~{high_value}", _unit(unit))


def _between(match: re.Match[str]) -> Figure | None:
    low, low_unit, high, unit = match.groups()
    return Figure(f"{number(low)}~{number(high)}", _unit(unit)) if _unit(low_unit) == _unit(unit) else None


def _counted(match: re.Match[str]) -> Figure:
    numeral, unit, half = match.groups()
    value = number(numeral) + (".5" if half else "")
    return Figure(value, _unit(unit), article=numeral == "一" and unit in _ARTICLES)


def _unit(unit: str) -> str:
    return _SAME_UNIT.get(unit, unit)


def _rule(pattern: str, build: _Rule) -> tuple[re.Pattern[str], _Rule]:
    return re.compile(pattern), build


# In order: what a rule takes is gone for the rules after it.
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = (
    _rule(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w./?=&%#-]*)?)", lambda m: Figure(m[1].rstrip("./"), "网址")),
    _rule(rf"[〔\[(【](20\d{{2}}|19\d{{2}})[〕\])】]\s*第?\s*({_NUMBER})\s*号", lambda m: Figure(f"{m[1]}-{number(m[2])}", "文号")),
    _rule(
        rf"(?<![A-Za-z])([A-Za-z]{{1,8}}\d{{0,3}}(?:/[A-Za-z]{{1,4}})?\s?)(\d{{3,}}(?:\.\d+)*)(?!\d)"
        rf"(?:\s?[-—–:]{{1,2}}\s?((?:19|20)\d{{2}})(?!\d))?(?!\s?{_UNIT})",
        _standard,
    ),
    _rule(r"(?<![A-Za-z\d])([A-Za-z]{1,8}[-/]?)(\d+)()(?![A-Za-z\d])", _standard),
    _rule(rf"({_YEAR})\s*年\s*(\d{{1,2}}|{_CHINESE})\s*月\s*(\d{{1,2}}|{_CHINESE})\s*[日号]", _date),
    _rule(r"(?<!\d)((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _date),
    _rule(
        rf"(?<!\d)({_YEAR})\s*年?{_TO}({_YEAR})(?!\d)(?:\s*年|(?!\s?{_UNIT}))", lambda m: Figure(f"{_year(m[1])}~{_year(m[2])}", "年份")
    ),
    _rule(rf"(?<!\d)({_YEAR})\s*年\s*(\d{{1,2}}|{_CHINESE})\s*月份?|(?<!\d)((?:19|20)\d{{2}})[-/](0[1-9]|1[0-2])(?!\d)", _month),
    _rule(rf"(?<!\d)({_YEAR})\s*年", lambda m: Figure(_year(m[1]), "年份")),
    _rule(
        rf"(?<![\d.])(\d{{1,2}}|{_CHINESE})\s*月\s*(\d{{1,2}}|{_CHINESE})\s*[日号]",
        lambda m: Figure(f"{_two(m[1])}-{_two(m[2])}", "月日"),
    ),
    _rule(rf"(?<![\d.])(\d{{1,2}}|{_CHINESE})\s*月(?:份|(?!\w))", lambda m: Figure(number(m[1]), "月份")),
    _rule(
        r"(?<!\d)(\(0\d{2,3}\)\s?\d{7,8}|0\d{2,3}\s?[-—–]?\s?\d{7,8}|[48]00-?\d{3}-?\d{4}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)",
        lambda m: Figure(re.sub(r"\D", "", m[1]), "电话"),
    ),
    _rule(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)", lambda m: Figure(f"{m[1].zfill(2)}:{m[2]}", "时刻")),
    _rule(rf"([百千万])分之({_NUMBER}|百)", lambda m: Figure("100", "%") if m[2] == "百" else _share(m)),
    _rule(rf"(?:({_NUMBER})\s?[%‰]?{_TO})?({_NUMBER})\s?([%‰])", _percent),
    _rule(rf"({_NUMBER})分之({_NUMBER})", lambda m: Figure(f"{number(m[2])}/{number(m[1])}", "分数")),
    _rule(
        rf"第\s?\(?({_NUMBER})\)?(?:{_TO}第?({_NUMBER}))?\s?([条款项号类章节编目年次页期批届级])(?:之({_NUMBER}))?", _ordinal
    ),
    _rule(rf"({_NUMBER})\s?({_UNIT})?{_TO}({_NUMBER})\s?({_UNIT})", _range),
    _rule(rf"({_NUMBER})\s?({_UNIT})\s?以上[,、]?\s?(?:至)?({_NUMBER})\s?({_UNIT})\s?以下", _between),
    _rule(rf"({_NUMBER})\s?个半\s?(月|小时|工作日)", lambda m: Figure(f"{number(m[1])}.5", _unit(f"个{m[2]}"))),
    _rule(r"半\s?(年|个月|个小时|小时|天)", lambda m: Figure("0.5", _unit(m[1]))),
    _rule(rf"({_NUMBER})\s?({_UNIT})((?<=[年天倍])半)?", _counted),
    _rule(r"免费|不(?:收|要|用交|需要?交|用花|花)(?:费用|费|任何费用|钱)|零费用|不收取(?:任何)?费用", lambda _: Figure("0", "元")),
    _rule(r"一半|半数", lambda _: Figure("50", "%")),
    _rule(rf"({_ARABIC})", lambda m: Figure(number(m[1]), "")),
)  # fmt: skip
_LIST_NUMBER = re.compile(r"(?m)^\s*(?:[-*•>#]+\s*)*(?:\(?\d{1,2}[)、]|\d{1,2}\.(?!\d))|(?<=[;。:、])\s*\(\d{1,2}\)")
_MARKER = re.compile(r"\[\d{1,2}\](?!\s*第?\d+号)")
_ENDLESS = re.compile(r"([\d.,零〇一二两三四五六七八九十百千万亿点]{60})[\d.,零〇一二两三四五六七八九十百千万亿点]+")
"""No figure is so long; a model that babbles one must not make the patterns slow."""
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_CIRCLED = re.compile(r"[①-⓿❶-➓]")


def figures(text: str) -> list[Figure]:
    """Return the figures of ``text``; markers such as ``[1]`` and the numbers of lists are none.

    >>> [(figure.value, figure.unit) for figure in figures("三个月内交1,350元，减85％")]
    [('1350', '元'), ('3', '个月'), ('85', '%')]
    """
    rest = _prepared(text)
    found: list[Figure] = []
    for pattern, build in _RULES:
        for match in reversed(list(pattern.finditer(rest))):
            figure = build(match)
            if figure is not None:
                side = bound(rest[max(match.start() - 8, 0) : match.start()], rest[match.end() : match.end() + 5])
                found.append(Figure(figure.value, figure.unit, match[0], figure.article, side))
                rest = f"{rest[: match.start()]}\0{rest[match.end() :]}"
    return sorted(found, key=lambda figure: (figure.value, figure.unit))


def _prepared(text: str) -> str:
    # A full-width comma separates; only a half-width one groups thousands.
    text = unicodedata.normalize("NFKC", _CIRCLED.sub(" ", text.replace("，", "、").replace("**", "")))
    text = _OTHER_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", _ENDLESS.sub(r"\1", text))
    return _LIST_NUMBER.sub(" ", _MARKER.sub(" ", text))


def implied(found: Iterable[Figure]) -> frozenset[Figure]:
    """Return ``found`` and what follows from it: the year and month of a date, a standard without its year.

    A range implies none of its ends: 5至10家 proves neither 5家 nor 10家.
    """
    result: set[Figure] = set()
    for figure in found:
        result.add(figure)
        value = figure.value
        match figure.unit:
            case "日期":
                result |= {
                    Figure(value[:4], "年份"),
                    Figure(value[:7], "年月"),
                    Figure(value[5:], "月日"),
                    Figure(value[:4], ""),
                }
            case "年月":
                result |= {Figure(value[:4], "年份"), Figure(value[:4], "")}
            case "年份" if "~" not in value:
                result.add(Figure(value, ""))
            case "编号":
                result.add(Figure(re.sub(r"-(?:19|20)\d{2}$", "", value), "编号"))
            case "元":
                result.add(Figure(value, ""))
    return frozenset(result)
