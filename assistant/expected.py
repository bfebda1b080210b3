"""What a question asks for that a passage must hold to answer it: an amount, a telephone number, a place, a year. Pure."""

from __future__ import annotations

import datetime as dt
import re

from assistant.beyond import asks
from corpus.locator import to_chinese
from index.retriever import Hit

NATIONWIDE = "全国"
ASKS_PRICE = re.compile(
    r"多少钱|几块(?!组成|构成|内容)|(?<!好)几[万千](?![条个件人斤亩张份次里户头只袋箱年])|价格(?:是|多少|怎么|咋)|什么价|收费标准(?!的?(?:文件|依据|出处))|要花多少|贵不贵"
)
AMOUNT = re.compile(r"\d\s*[万亿]?(?:元|美元|瑞郎|瑞士法郎)|免费|不收|不用交|不要钱|不花钱|\d\s*[%％]|没有统一")
_ARTICLE = re.compile(r"(?<!协议)(?<!合同)第\s?(\d{1,3}|[零一二三四五六七八九十百]+)\s?条(?!款)")
_NUMBERED = re.compile(r"第\s?(\d{2,5})\s?号")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
# A year whose figures are asked for, not one in which something happened to the person who asks.
_OF_YEAR = re.compile(
    r"(?<!\d)(20\d{2})(?!\d)(?!年?(?:\d+月)?[^，,。；;]{0,4}(?:注册|授权|登记|申请|核准|批|下证|买|办|报|交|拿|评|认定|签|公布|的发明)[^，,。；;]{0,3}的)"
    r"[^，,。；;]{0,14}(?:多少|几[件家个名天万千]|目标|标准|比例|名单|排第|怎么收|通知|政策|规划)"
)

# Places that are not this city: what a text says of here must not be said of there. The law is the same everywhere.
_ELSEWHERE = re.compile(
    "北京|天津|上海(?!关)|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|(?<!辽)河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|"
    "青海|宁夏|新疆|香港|澳门|台湾|深圳|广州|杭州|南京|苏州|(?<!办)成都|武汉|西安|沈阳|大连|长春|哈尔滨|青岛|济南|郑州|长沙|合肥|呼和浩特|呼市|包头|"
    "鄂尔多斯|赤峰|呼伦贝尔|兴安盟|乌兰察布|锡林郭勒|巴彦淖尔|乌海|阿拉善|满洲里|二连浩特|"
    "大庆|齐齐哈尔|牡丹江|佳木斯|四平|松原|白城|辽源|锦州|阜新|铁岭|葫芦岛|鞍山|抚顺|丹东|营口|盘锦|唐山|秦皇岛|张家口|承德|石家庄|太原|大同(?!小异)|"
    "兰州|银川|西宁|乌鲁木齐|拉萨|贵阳|昆明|南宁|海口|三亚|福州|厦门|泉州|南昌|宁波|温州|义乌|无锡|常州|徐州|佛山|东莞|珠海|洛阳|烟台|潍坊|临沂|威海"
)
_SAME_PLACE = {"呼市": "呼和浩特"}
_LOCAL_FACTS = re.compile(
    "补[贴助]|奖|资助|扶持|支持|贴息|给钱|政策|规划|十四五|目标|电话|地址|窗口|在哪|有哪些|有[啥什]|找谁|名单|[几多少]家|多少件|局|庭|中心|工作站"
)
_STORY = re.compile(
    rf"[在给跟从找](?:{_ELSEWHERE.pattern})(?:的?(?:一家|公司|厂|展会|打工|法院|店)[上里]?)[^，。]*?(?:的(?=去|怎|咋|能)|$)"
)
# Where the other side is: 人家是沈阳的，对方在赤峰.
_PARTY = re.compile(
    rf"(?:人家|对方|他们?|她|那家|那个?厂子?|厂家|卖家|商家|那人|人)[^，。,]{{0,6}}(?:是|在)(?:{_ELSEWHERE.pattern})的?(?=[，。,\s我]|$)|"
    rf"[个家](?:{_ELSEWHERE.pattern})的?(?:一[个家])?(?:公司|代理|机构|电话|老板|客户|律所|厂|人)|"
    rf"(?:{_ELSEWHERE.pattern})(?:的|那边|那头|来的|有人)?(?=打电话|来人|来电话|来信|发来|寄来)|开庭在(?:{_ELSEWHERE.pattern})"
)
OUR_PLACES = "通辽|科尔沁|开鲁|库伦|奈曼|扎鲁特|科左|霍林郭勒"
_HERE = re.compile(OUR_PLACES)
_ONE_IS_IN = re.compile(
    rf"(?:我|俺|咱|咱们|我们|俺们)(?:人|家|公司|厂|厂子)?(?:是在|住在|住|是|在)?(?:{_ELSEWHERE.pattern})|(?:{_ELSEWHERE.pattern})[这那](?:边|儿|里)"
)

# What holds for a right that another country has granted.
_ABROAD = re.compile(
    r"(?:日本|美国|韩国|欧洲|欧盟|俄罗斯|蒙古国)的?(?:(?:专利|商标|外观设计|外观|实用新型)的?(?:年费|续展|异议|无效|复审|保护期|(?:注册|申请)?费|(?:注册|申请)?[^，。]{0,3}多少(?:钱|欧元|美元|日元|韩元))|"
    r"地理标志.{0,4}(?:申请|办|注册))"
)

# In a clause that asks; one that tells has none of these (卖家电话停机了, 下班时间琢磨的).
_ASKING = re.compile(r"[几哪啥吗嘛么呢吧谁求问查要]|多少|什么|怎|咋|给[个我]|发我|有没有|能不能|知道|告诉|[不没有]$")
_CLAUSE_END = re.compile(r"[，,。；;？?！!]")
SHORT = 12
"""A message of at most so many characters asks for what it names (市局地址)."""

# What a question asks for, and what a passage must hold to answer it.
_EXPECTED: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "opening": (
        re.compile(
            r"(?<!哪)几点|(?:(?:啥|什么)时候|时间|周末|[今明天日])[上下]班(?![前之以])|[上下]班(?:[吗没么]|不(?!敢)|时间(?![给做搞干弄画写研开发]))|"
            r"(?<![没敢])开门|关门(?![了弟])|周末办|周六|周日|节假日|中午休"
        ),
        re.compile(r"\d+[:：]\d{2}|工作日|\d+点"),
    ),
    "phone": (
        re.compile(
            r"(?<![打来这])(?<!接到)(?<!接了)(?<!到个)(?<!了个)(?<!一个)(?<!陌生)电话(?!里|说|销|通知|打不|不接|没人接|也?不通|都?带走|抄|拷)|"
            r"打[哪什啥]\w{0,2}电话|手机号(?:码|是)?(?:多少|啥|什么|呢|吗|有|给|$)|联系方式|热线|打哪个号"
        ),
        re.compile(r"\d{3,4}-\d{7,8}|\b1\d{4}\b|(?<!\d)12\d{3}(?!\d)"),
    ),
    "address": (
        re.compile(
            r"(?<![更改换变了新老旧同标上])地址(?!\s?[也没不]?[变改换提跟]|全?是[个我他]|用不用|我知道)|哪条街|哪条路|门牌|(?:[到去局厅站处]|窗口|中心)[^，。]{0,8}怎么走(?!流程|程序|手续|这)"
        ),
        re.compile(r"[路街道巷]\w{0,8}号|大厅|cponline|http"),
    ),
}

# Money that one is given: the very passage must say how much, or that there is none; or, asked whether, speak of it at all.
_GRANTED = (
    re.compile(r"[奖补给发](?:励|助|贴)?(?:多少|几)[钱万千元]|多少(?:经费|资金|奖金)"),
    re.compile(r"\d\s*[万亿]?元|元）|\d\s*[%％]|免费|没有|不给|取消"),
)
_GRANTS = re.compile(r"奖|补|资助|扶持|报酬|减|经费|资金")
_WHETHER_GRANTED = re.compile(r"(?:有没有|给不给|有无)(?:补[贴助]|奖励)")


def _asked_for(named: re.Pattern[str], query: str, before: int) -> bool:
    """Return whether ``query`` asks for what is ``named`` in it, beyond the first ``before`` characters."""
    for match in named.finditer(query):
        if match.end() <= before:
            continue
        first = min(before, match.start())
        start = max((end.end() for end in _CLAUSE_END.finditer(query, first, match.start())), default=first)
        end = _CLAUSE_END.search(query, match.end())
        if len(query) - before <= SHORT or _ASKING.search(query[start : end.start() if end else None]):
            return True
    return False


def _articles(query: str) -> list[str]:
    """Return the articles that ``query`` wants to read, as texts write them."""
    return [
        f"第{to_chinese(int(number))}条" if number.isascii() else f"第{number}条" for number in _ARTICLE.findall(query)
    ]


def of_other_money(query: str, hit: Hit) -> bool:
    """Return whether ``query`` asks what one is given, of which ``hit`` does not speak: not what something costs."""
    return _GRANTED[0].search(query) is not None and _GRANTS.search(hit.passage.text) is None


def of_elsewhere(query: str, hit: Hit) -> bool:
    """Return whether ``query`` asks for another place's own rules, money or offices, of which ``hit`` does not speak.

    What the law says holds there as well; what ``hit`` says of this city or region does not.
    """
    told_of_here = hit.document.region != NATIONWIDE or _HERE.search(hit.passage.text) is not None
    place = _place(query, told_of_here=told_of_here)
    return _SAME_PLACE.get(place, place) not in hit.passage.text


def _place(query: str, *, told_of_here: bool) -> str:
    """Return the place elsewhere that ``query`` asks about; empty: none.

    A place that a story is told of is none: 在长春展会上拍到仿冒的.
    """
    query = _PARTY.sub("", query)
    clauses = [clause for clause in re.split(r"[，,。；;？?！!]", query) if clause.strip()]
    if not clauses or not _ELSEWHERE.search(query):
        return ""
    of_place = (clause for clause in clauses if _ELSEWHERE.search(clause) and not _HERE.search(clause))
    asked = next((clause for clause in of_place if _LOCAL_FACTS.search(_without_story(clause))), "")
    if not asked and told_of_here and _ELSEWHERE.search(clauses[-1]) and not _HERE.search(query):
        asked = clauses[-1]
    if not asked and _LOCAL_FACTS.search(clauses[-1]):
        lives = _ONE_IS_IN.search(query)
        asked = lives[0] if lives else ""
    place = _ELSEWHERE.search(asked)
    return place[0] if place else ""


def _without_story(clause: str) -> str:
    """Return ``clause`` without what happened or stands at a place (在长春展会上, 跟沈阳的公司)."""
    return _STORY.sub("", clause)


def missing_kind(query: str, hits: tuple[Hit, ...], as_of: dt.date, *, before: int = 0) -> str | None:
    """Return the kind of fact that ``query`` asks for and none of ``hits`` holds, a key of ``messages.EXPECTED_MISSING``.

    :param hits: the best, best first; at least one.
    :param before: so many of its first characters were asked before, and are not asked again.
    """
    texts = " ".join(f"{hit.passage.text} {hit.passage.basis}" for hit in hits)
    asked_money, said = _GRANTED
    of_grants = _GRANTS.search(hits[0].passage.text) is not None
    if asked_money.search(query):
        if not (of_grants and said.search(hits[0].passage.text)):
            return "money"
    elif _WHETHER_GRANTED.search(query) and not of_grants:
        return "money"
    elif asks(ASKS_PRICE, query, before) and not AMOUNT.search(texts):
        return "fee"
    for kind, (asked, held) in _EXPECTED.items():
        if _asked_for(asked, query, before) and not held.search(texts):
            return kind
    if _ABROAD.search(query) or of_elsewhere(query, hits[0]):
        return "place"
    if any(article not in texts for article in _articles(query)):
        return "article"
    numbers = " ".join(filter(None, (source.document_number for hit in hits for source in hit.document.sources)))
    numbers += " ".join(filter(None, (hit.document.document_number for hit in hits))) + texts
    if any(number not in numbers for number in _NUMBERED.findall(query)):
        return "number"
    years = {year for year in _YEAR.findall(query) if int(year) != as_of.year}
    period_end = hits[0].document.period_end
    if period_end is not None and any(int(year) > period_end.year for year in years):
        return "year"
    asked_of = {year for year in _OF_YEAR.findall(query) if int(year) != as_of.year}
    return "year" if asked_of and not any(year in texts for year in asked_of) else None
