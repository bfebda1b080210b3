"""What a passage must hold to answer a question, and whose place a question is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assistant.expected import missing_kind, of_elsewhere
from corpus.records import Document, Kind, Passage, Source, Status
from index.retriever import Hit

TODAY = dt.date(2026, 11, 23)


def hit(text: str, *, region: str = "全国") -> Hit:
    passage = Passage("d#1", "d", "节", "节", text, 1)
    return Hit(passage, Document("d", "指南", Kind.GUIDE, region=region), 1, 1.0, 1.0, 1.0, None, Status.CURRENT)


@pytest.mark.parametrize(
    "query",
    [
        "赤峰的地理标志有哪些",
        "赤峰有什么地标产品",
        "赤峰十四五知识产权怎么安排的",
        "赤峰知识产权质押融资有啥支持",
        "赤峰的知识产权局找谁",
        "我住赤峰，专利授权给不给补贴",
        "赤峰这边，专利授权有补贴吗",
        "我是在赤峰开厂的，专利补贴还有吗",
        "我在赤峰，有什么专利补贴!!",
    ],
)
def test_what_another_place_has_is_not_told_from_what_the_law_says(query: str) -> None:
    assert of_elsewhere(query, hit("国家要求取消奖励。"))
    assert not of_elsewhere(query, hit("赤峰的补贴已经取消。"))


@pytest.mark.parametrize(
    "query",
    [
        "我在北京打工，商标续展多少钱",
        "商标让人家告了 人家是沈阳的",
        "有人侵犯我专利,想投诉 人不在咱这 在赤峰",
        "把商标转让给沈阳的公司要多少钱",
        "在长春展会上拍到仿冒我商标的去哪投诉",
        "两个商标大同小异去哪投诉",
        "网上海关备案去哪个网址",
        "西辽河南岸种的荞麦能用地理标志吗有补贴吗",
        "专利转让办成都要多少钱",
        "那厂子在浙江,我得跑浙江去告啊",
        "代办商标的不管了 他公司在北京我咋投诉",
    ],
)
def test_the_law_holds_wherever_a_story_is_told(query: str) -> None:
    assert not of_elsewhere(query, hit("每类500元。"))


def test_what_a_text_says_of_here_is_not_said_of_there() -> None:
    there = "赤峰的重点工程都干啥"
    assert not of_elsewhere(there, hit("国家的重点工程。"))
    for local in (hit("重点工程一。", region="通辽"), hit("通辽的重点工程一。")):
        assert of_elsewhere(there, local)
        assert not of_elsewhere("我在河北做辣椒批发，开鲁红干椒是国家级的地标吗", local)


@pytest.mark.parametrize("query", ["", "。。。", "！"])
def test_a_question_of_no_words_asks_for_nothing(query: str) -> None:
    assert missing_kind(query, (hit("照办。"),), TODAY) is None


@pytest.mark.parametrize(
    "query",
    [
        "我2018年注册的商标续展怎么办",
        "2019年授权的实用新型保护几年",
        "我的软著2019年登记的保护多少年",
        "对手压低价格又仿冒我的包装怎么办",
        "技术合同里要写清哪几点",
        "有人电话通知我商标要续展是真的吗",
        "协议第三条写了保密能算商业秘密吗",
        "叫我赶紧交3600保护，今天下班之前不交就来不及了",
        "老师傅还在厂里上班不敢说",
        "老百姓堵我门口，已经三天没敢开门",
        "我真是他关门弟子的徒弟",
        "上家电话打不通了",
        "把养殖户的电话都带走了",
        "连手机号都是儿子的",
        "那账号当初是拿她手机号注册的",
        "冒充我，头像名字地址全是我的",
        "专利证上的地址用不用都改",
        "一户手里有好几千条袋子",
        "把客户价格表拷走了怎么能知道",
        "有个沈阳的打电话说这名他有证",
        "开庭在呼和浩特，我不去行不行",
        "有个北京公司给我打电话说我那个发明被央视看中了，要交6800上节目，还给颁个国际金奖",
        "有个北京的公司说能帮我家合作社办地理标志，包过，十八万",
        "机器侵他专利，告的是我们，卖家电话停机了",
        "我给窗口盯电话的，他说人家抄他蜜瓶上的山，是不是谁都能拍",
        "接了个热线单子，手机店门口挂苹果的大标，卖真的能不能挂",
        "冒充你们窗口打电话，说商标马上注销，要加急费1600，你们有打这电话不",
        "说书的有一位是从扎旗来的，当年也没留地址",
        "短剧用了我家院子拍，片子里能看见我家门牌和我孙子，没给钱",
        "他上班时间在厂里鼓捣的，用的厂里的料，这东西算谁的",
        "我在饭店放歌 来个人说要收音乐的钱,一年好几千,该不该给",
        "商标变更 地址 不变会咋",
        "公司搬家了商标证上地址没改，不改会怎么样",
    ],
)
def test_words_in_passing_ask_for_no_year_price_hour_number_or_article(query: str) -> None:
    assert missing_kind(query, (hit("照办。"),), TODAY) is None


def test_a_document_number_must_stand_in_the_text_or_be_that_of_its_sources() -> None:
    query = "国家知识产权局第8888号公告说费全免，是真的吗"
    assert missing_kind(query, (hit("照办。"),), TODAY) == "number"
    assert missing_kind(query, (hit("见第8888号公告。"),), TODAY) is None
    found = hit("照办。")
    sourced = replace(found, document=replace(found.document, sources=(Source("公告", document_number="第8888号"),)))
    assert missing_kind(query, (sourced,), TODAY) is None


@pytest.mark.parametrize("query", ["欧盟外观设计申请要多少欧元", "韩国外观设计多少钱", "日本商标注册多少钱"])
def test_what_another_country_takes_is_not_told_from_what_ours_does(query: str) -> None:
    assert missing_kind(query, (hit("申请费900元。"),), TODAY) == "place"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("今天几点下班", "opening"),
        ("周末上班不", "opening"),
        ("窗口电话是多少", "phone"),
        ("我跑两趟了都没人，给我个电话，我先打一个", "phone"),
        ("想去办商标，市局地址，怎么坐车，几路", None),
        ("想去办商标，市局地址告诉一下", "address"),
        ("市局地址", "address"),
        ("手机号多少", "phone"),
        ("地址在哪", "address"),
        ("要几千块", "fee"),
        ("价格是多少", "fee"),
        ("沈阳的窗口在哪", "place"),
        ("公司搬家了，顺带把地址也改了行不行", None),
        ("代理公司关门了怎么办", None),
        ("窗口周末开门吗", "opening"),
    ],
)
def test_a_moved_firm_asks_for_no_address_and_a_closed_one_for_no_hours(query: str, kind: str | None) -> None:
    assert missing_kind(query, (hit("照办。"),), TODAY) == kind


def test_what_was_asked_before_is_not_asked_again() -> None:
    before = "窗口电话多少"
    query = f"{before} 要带啥材料"
    assert missing_kind(query, (hit("照办。"),), TODAY) == "phone"
    assert missing_kind(query, (hit("照办。"),), TODAY, before=len(before) + 1) is None
    assert missing_kind("要带啥材料 电话多少", (hit("照办。"),), TODAY, before=7) == "phone"


def test_swiss_francs_are_an_amount() -> None:
    assert missing_kind("马德里多少钱", (hit("基本费653瑞郎。"),), TODAY) is None
