"""Questions that no published text can answer, however near the topic: a person's case, a verdict, who is best. Pure."""

from __future__ import annotations

import re

_OURS = r"(?:我|俺|咱|他家|人家|这个|那个|这件|那件)"

# Kind of fact → how people ask for it. Each kind has a sentence in ``messages.EXPECTED_MISSING``.
_BEYOND: dict[str, re.Pattern[str]] = {
    "case": re.compile(
        rf"{_OURS}[^，。]{{0,16}}(?:下来没|下来了没|批了没|通过了?没|审到哪|审完没|初审完|办得怎么样|办到哪|寄出来|欠没欠|进度|还没下来(?![能可就前时，])|到哪一步|到哪了|审核过了|过了没(?!回))|"
        rf"{_OURS}[^，。]{{0,16}}(?:什么时候|啥时候|多会儿|几时)能?(?:下来|批|办好|发证)|(?:申请号|受理号|注册号|专利号)[是为:：]?\s?[a-z]{{0,2}}\d{{6,}}|"
        rf"{_OURS}[^。]{{0,24}}(?<!能)(?:处理完|查到|查清|打给我|选上|有结论|有结果)了?(?:没有?|吗)|(?:报|申请)的[^，。]{{0,8}}咋还没|(?:卡|停)在(?:哪个?|什么|啥)(?:环节|步骤|地方)|"
        rf"查一?下{_OURS}|啥时候给我|什么时候给我|给我(?:开庭|发证|打钱)"
    ),
    "verdict": re.compile(
        rf"{_OURS}[^，。]{{0,20}}(?:打赢|胜诉|能赢|判赢|赢面|胜算|能不能评上|能评上|能打掉|打得掉|能不能下证|能不能批|能批不|像不像|算不算侵|该不该|判我(?:赔|给)(?:多少|几[千万]))|"
        r"该不该告|值不值得|偏向谁|打算(?:驳回|批准)"
    ),
    "best": re.compile(
        r"(?:哪个|哪家|哪位|谁|哪一家)[^，。]{0,12}(?:最好|最便宜|最划算|最高|最快|最靠谱|靠谱|过得快|写得好|水平高|好一点|便宜点)|(?:谁家|哪家)[^，。]{0,6}(?:好使|好用)"
    ),
    "price": re.compile(
        r"行情|市面上[^，。]{0,8}多少钱|谁手里有|设计费[^，。]{0,8}(?:多少|几|贵|咋|怎么|合[适理])|(?:多少|几[百千万])[^，。]{0,4}设计费|买(?:一?个|件)?(?:现成|别人|人家|转让).{0,8}(?:多少钱|几[百千万])|能卖(?:多少|几|个好)|(?<!价)值(?:多少|几[个万])|(?:(?<!不找)(?<!没找)(?<!不请)代理|代办|中介|评估|鉴定|律师|检测)[^，。]{0,12}(?:收|要|得|花|费)(?:用)?(?:是|大概|一般)?(?:多少|几[百千万])"
    ),
    "cheat": re.compile(
        r"(?:怎么|咋|如何|怎样|教我|帮我)(?:能|才能|去|样)?[^，。防查举认识避对处维告]{0,6}(?:伪造|造假|做假|编造|编个|骗取|蒙混|逃避|规避[^，。]{0,6}查处)"
    ),
    "forecast": re.compile(
        r"(?:以后|将来|今后|明年|后年|过几年)[^，。]{0,10}(?:还会|会不会|会|要)(?:再|不会)?(?:改(?!名)|涨|降|变(?!更)|取消|调)|年底[^，。]{0,6}会不会(?:再|不会)?(?:改|涨|降|变|取消|调)|下一批.{0,10}什么时候|"
        r"(?:名单|抽查结果|评选结果|成绩)[^，。]{0,3}(?:什么时候|啥时候|几时|多会儿|哪天)(?:公布|公示|出来?|发布?|下来)"
    ),
    "result": re.compile(r"(?:现在|目前|今年|今天|截至|到现在).{0,14}(?:多少|几)(?:家|件|种|个(?!月|工作日|类)|名)"),
    "news": re.compile(
        r"(?:昨天|前天|上周|这周)[^，。]{0,3}(?:公布|公示|发布|揭晓|开庭)的|刚刚?(?:评完|评出|选出)的|"
        r"(?:今年|这一?批|第[一二三四]批)[^，。]{0,24}(?:选上|入选|评上|上榜)了?(?:没|吗|哪|几)"
    ),
    "statistics": re.compile(
        r"(?:现在|目前|现有|今年|去年|上个?月).{0,14}(?:多少|几)(?:人|起|宗)|现有.{0,10}(?:多少|几)[家件名]|"
        r"(?:去年|上个?月).{0,8}(?:受理|注册|授权|查处?|办结?|批)了?(?:多少|几)|"
        r"(?:明年|后年|今年|去年|上个?月|月末|季度|现在|目前)[^，。]{0,12}(?:(?:申请量|注册量|授权量|受理量|驳回率|授权率|通过率)(?:是|有)?(?:多少|几)|平均天数|多少件)"
    ),
    "official": re.compile(
        r"(?:局长|科长|处长|主任|市长|旗长|庭长|院长|所长|会长|领导|负责人).{0,4}(?:是谁|叫(?:什么|啥)|姓(?:什么|啥)|哪位)|"
        r"(?:承办人|审查员|合议组|法官|嫌疑人)[^，。]{0,4}(?:是谁|都?有谁|是哪[个位]|叫(?:什么|啥))|规划[^，。]{0,4}(?:谁|哪位)(?:起草|编|执笔|写)"
    ),
}
_RESULT = re.compile(
    r"(?:完成|达到|达标|实现|落实|建成|建好|批下来|成立)了?(?:没有|没|吗)|实际(?:上)?(?:做到|完成|培育|建成|测评|有)|完成情况|"
    r"现在.{0,8}(?:一共|到底|总共|有)(?:有)?(?:多少|几)|新增了几|设立了没"
)


def beyond_texts(query: str, *, quotes_plan: bool, before: int = 0) -> str | None:
    """Return the kind of fact that ``query`` asks for and no published text can hold, or None.

    :param quotes_plan: whether the best passage is a plan's, whose figures are targets: results are then beyond it.
    :param before: so many of its first characters were asked before, and are not asked again.
    """
    for kind, asked in _BEYOND.items():
        if asks(asked, query, before):
            return kind
    return "result" if quotes_plan and asks(_RESULT, query, before) else None


def asks(asked: re.Pattern[str], query: str, before: int) -> bool:
    """Return whether ``asked`` is found in ``query`` and reaches beyond the first ``before`` characters."""
    return any(match.end() > before for match in asked.finditer(query))
