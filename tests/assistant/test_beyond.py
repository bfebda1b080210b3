"""What no text can answer is told from what one can."""

from __future__ import annotations

import pytest

from assistant import beyond, messages
from assistant.beyond import beyond_texts


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("我去年交的商标咋还没下来", "case"),
        ("查一下我公司的年费", "case"),
        ("我的商标啥时候能下来", "case"),
        ("商标申请号 12345678 怎样了", "case"),
        ("商标啥时候能下来", None),
        ("代理一个发明一般收多少钱", "price"),
        ("实用新型能卖多少", "price"),
        ("公用品牌市场价值多少", None),
        ("我这官司能打赢吗", "verdict"),
        ("我这个名字跟老干妈像不像", "verdict"),
        ("哪个代理公司最便宜", "best"),
        ("商标法以后还会再改吗", "forecast"),
        ("商标几个月能下来", None),
        ("怎么伪造使用证据应付撤三", "cheat"),
        ("教我编造个销售合同", "cheat"),
        ("别人伪造我的证书怎么办", None),
        ("怎么识别伪造的证书", None),
        ("怎么防止代理骗取资助", None),
        ("通辽市现有专利代理师多少人", "statistics"),
        ("上个月内蒙古受理了多少商标", "statistics"),
        ("去年查处了几起假冒案", "statistics"),
        ("市知识产权局局长叫什么", "official"),
        ("中院知识产权庭庭长是哪位", "official"),
        ("规划是谁起草的，哪个专家写的", "official"),
        ("合伙负责人要签字吗", None),
        ("抽查代理机构的名单什么时候公布", "forecast"),
        ("商标初审公告什么时候出", None),
        ("明年全国商标申请量是多少", "statistics"),
        ("明明偷了我的秘方，他硬说自己想的，要证到哪一步才轮到他", None),
        ("抢我名的那件商标想打掉，官费贵不贵", None),
        ("抢我名的那件商标能打掉不", "verdict"),
        ("怕中介乱要价，国家规定收多少", None),
        ("我投诉网店卖冒牌货的事，平台处理完没有", "case"),
        ("去年报的资助款咋还没打给我，卡在哪个环节", "case"),
        ("我这件复审，审查员打算驳回还是放行", "verdict"),
        ("年费监控软件用谁家的好使", "best"),
        ("注册商标找中介，行情价多少", "price"),
        ("截至上个月末有效注册商标多少件", "result"),
        ("今年全国商标驳回率是多少", "statistics"),
        ("昨天公布的优势企业名单里通辽有几家", "news"),
        ("今年第一批典型案例通辽选上了没", "news"),
        ("刚公布的新商标法，旧商标还有效吗", None),
        ("上周收到起诉状，多少天内答辩", None),
        ("复审合议组都有谁", "official"),
        ("到年底会不会再降官费", "forecast"),
        ("驳回以后几天内复审", None),
        ("网上申请比纸件便宜多少", None),
        ("现在交年费要多少钱", None),
        ("商标设计费多少", "price"),
        ("设计logo八百块设计费贵不贵", "price"),
        ("画个瓶贴得多少设计费", "price"),
        ("客户没给设计费，后来拿我的图上别的厂做了牌匾", None),
        ("买一个现成的商标大概多少钱", "price"),
        ("买来的商标怎么过户", None),
        ("网店写产地算不算侵权", None),
        ("交八万包我评上驰名商标，真的假的", None),
        ("个人能申请吗", None),
    ],
)
def test_a_case_a_verdict_a_favourite_and_a_forecast_are_beyond_texts(query: str, kind: str | None) -> None:
    assert beyond_texts(query, quotes_plan=False) == kind


@pytest.mark.parametrize(
    "query",
    [
        "我多交的专利年费能退给我吗",
        "人家侵犯我商业秘密公安局能立案吗",
        "我没有证据法院能立案吗",
        "我想申请专利评上了没有奖励吗",
        "商标刚公示几个月能拿证",
        "我的发明专利刚公布就有人仿冒怎么办",
        "刚发布的商标法对恶意注册怎么罚",
        "审查员打电话叫我改权利要求怎么办",
        "法官叫我补证据侵权案怎么办",
        "谁写的文章版权归谁",
        "地理标志标准的起草人要什么条件",
        "打算批发红标牛肉要授权吗",
        "我打算批量注册商标可以吗",
        "人家侵犯我商标法院一般判赔多少",
        "市面上有几家店冒用我们的商标怎么维权",
        "发明和实用新型哪个好用",
        "公司年底要改名专利要变更吗",
        "目前驳回率高的商标怎么避免",
        "我的商标还没下来能先用吗",
        "不找代理自己申请商标要多少钱",
        "我们公司明年要改名商标怎么办",
        "我怎么把别人抢注的商标打掉",
    ],
)
def test_what_a_text_answers_is_not_beyond_it(query: str) -> None:
    assert beyond_texts(query, quotes_plan=False) is None


def test_every_kind_has_a_sentence() -> None:
    assert beyond._BEYOND.keys() <= messages.EXPECTED_MISSING.keys()


def test_results_are_beyond_a_plan_only() -> None:
    assert beyond_texts("质押融资目标完成了吗", quotes_plan=True) == "result"
    assert beyond_texts("质押登记完成了吗", quotes_plan=False) is None
