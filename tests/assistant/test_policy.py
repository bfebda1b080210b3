"""What is decided from the evidence alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from assistant.matter import Matter
from assistant.policy import (
    GAP_HARDLY_LOWER,
    GAP_JUDGED,
    KNOWN_QUESTION,
    OTHER_RIGHT_JUDGED,
    PLAINER_JUDGED,
    RIVAL_JUDGED,
    Decision,
    Verdict,
    decide,
)
from corpus.records import Document, Facet, Kind, Passage, Status
from index.retriever import WORD_FOR_WORD, Hit, SearchResult

TODAY = dt.date(2026, 11, 23)


def hit(
    name: str,
    score: float,
    like: float,
    *,
    kind: Kind = Kind.GUIDE,
    title: str = "",
    topic: str = "",
    text: str = "照办。",
) -> Hit:
    document = Document(name, title or name, kind, topic=topic)
    passage = Passage(f"{name}#1", name, "多长时间", name, text, 1, facet=Facet.TIME)
    return Hit(passage, document, 1, score, 1.0, like, None, Status.CURRENT)


def decided(query: str, *hits: Hit, probability: float = 0.55) -> Decision:
    return decide(query, SearchResult(hits, (), probability), as_of=TODAY, whose=Matter.NAMED, threshold=0.35)


def test_a_gap_like_the_question_wins() -> None:
    assert decided("鹭标下证几天", hit("gap", 0.8, 0.6, kind=Kind.GAP), hit("guide", 0.5, 0.3)).verdict is Verdict.GAP


def test_a_gap_unlike_the_question_is_no_answer_and_lets_none_but_a_close_one_answer() -> None:
    gap = hit("gap", 0.5, 0.1, kind=Kind.GAP)
    assert decided("鹭标下证几天", gap, hit("guide", 0.3, 0.5)).verdict is Verdict.ABSTAIN
    assert decided("鹭标下证几天", gap, hit("guide", 0.48, 0.1)).verdict is Verdict.ABSTAIN
    assert decided("鹭标下证几天", gap, hit("guide", 0.48, 0.5)).verdict is Verdict.ANSWER


def test_where_nothing_else_answers_a_gap_that_the_ranker_judges_high_is_given() -> None:
    gap, guide = hit("gap", 0.5, 0.1, kind=Kind.GAP), hit("guide", 0.3, 0.05)
    assert decided("鹭标下证几天", replace(gap, judgement=GAP_JUDGED), guide).verdict is Verdict.GAP
    assert decided("鹭标下证几天", replace(gap, judgement=GAP_JUDGED - 0.1), guide).verdict is Verdict.ABSTAIN
    special = hit("gap", 0.5, 0.1, kind=Kind.GAP, title="马德里要多久")
    assert decided("商标注册几天", replace(special, judgement=GAP_JUDGED), guide).verdict is Verdict.ABSTAIN


def test_a_guide_answers_instead_of_a_gap_only_where_the_ranker_judges_it_about_as_high() -> None:
    gap, guide = replace(hit("gap", 0.5, 0.4, kind=Kind.GAP), judgement=2.0), hit("guide", 0.48, 0.4)
    assert decided("鹭标下证几天", gap, replace(guide, judgement=2.0 - RIVAL_JUDGED)).verdict is Verdict.ANSWER
    assert decided("鹭标下证几天", gap, replace(guide, judgement=1.9 - RIVAL_JUDGED)).verdict is Verdict.GAP


def test_a_gap_asked_about_in_quite_other_words_is_given_where_the_search_is_sure() -> None:
    gap, guide = hit("gap", 0.5, 0.1, kind=Kind.GAP), hit("guide", 0.3, 0.05)
    assert decided("听说鹭标有补贴，还有没有", gap, guide, probability=0.5).verdict is Verdict.ABSTAIN
    assert decided("听说鹭标有补贴，还有没有", gap, guide, probability=0.7).gap == gap


def test_a_text_without_an_amount_does_not_answer_what_something_costs() -> None:
    decision = decided("把名字注册成商标得花多少钱", hit("names", 0.8, 0.6, text="光写货名的注册不了。"))
    assert decision == Decision(Verdict.MISSING, missing="fee")
    priced = hit("fees", 0.6, 0.4, text="每类300元。")
    assert decided("把名字注册成商标得花多少钱", hit("names", 0.8, 0.6), priced).verdict is Verdict.ANSWER


@pytest.mark.parametrize(
    "query", ["员工上班时候搞的发明算谁的", "下班后搞的发明归谁", "接到个电话说商标被抢注了是真的吗", "电话里说包过"]
)
def test_a_story_with_work_or_a_call_in_it_asks_for_no_opening_hours_and_no_number(query: str) -> None:
    assert decided(query, hit("guide", 0.8, 0.6)).verdict is Verdict.ANSWER


def test_a_question_that_somebody_wrote_down_beside_a_passage_is_no_matter_of_doubt() -> None:
    assert decided("鹭标咋办", hit("guide", 0.8, KNOWN_QUESTION), probability=0.1).verdict is Verdict.ANSWER
    assert decided("鹭标咋办", hit("guide", 0.8, KNOWN_QUESTION - 0.01), probability=0.1).verdict is Verdict.ABSTAIN
    assert decided("鹭标多少钱", hit("gap", 0.8, KNOWN_QUESTION, kind=Kind.GAP), probability=0.1).verdict is Verdict.GAP
    assert decided("鹭标多少钱", hit("guide", 0.8, KNOWN_QUESTION)).verdict is Verdict.ANSWER


def test_a_question_written_down_word_for_word_may_name_another_right_as_well() -> None:
    of_seeds = {"title": "假种子", "topic": "植物新品种"}
    query = "同一个商标的玉米种全是空棒，能一块告不"
    assert decided(query, hit("seeds", 0.8, WORD_FOR_WORD, **of_seeds)).verdict is Verdict.ANSWER
    assert decided(query, hit("seeds", 0.8, WORD_FOR_WORD - 0.01, **of_seeds)).verdict is Verdict.ABSTAIN


def test_another_year_or_article_than_somebody_wrote_down_is_another_question() -> None:
    known = replace(hit("guide", 0.8, KNOWN_QUESTION), matched_question="2020年办法第三条讲的鹭标咋办")
    assert decided("2020年办法第三条讲的鹭标咋办呀", known, probability=0.1).verdict is Verdict.ANSWER
    for query in ("2023年办法第三条讲的鹭标咋办", "2020年办法第七条讲的鹭标咋办"):
        assert decided(query, known, probability=0.1).verdict is Verdict.ABSTAIN


def test_where_several_things_are_asked_and_the_price_is_missing_the_others_are_answered() -> None:
    guide, how = hit("guide", 0.8, 0.6), {"as_of": TODAY, "whose": Matter.NAMED, "threshold": 0.35}
    result = SearchResult((guide,), (), 0.55)
    both = decide("鹭标要什么材料，多少钱", result, things=2, **how)  # type: ignore[arg-type]
    assert (both.verdict, both.best, both.missing) == (Verdict.ANSWER, guide, "fee")
    assert decide("鹭标多少钱", result, things=1, **how).verdict is Verdict.MISSING  # type: ignore[arg-type]
    case = decide("我的鹭标办到哪一步了，多少钱", result, things=2, **how)  # type: ignore[arg-type]
    assert (case.verdict, case.missing) == (Verdict.MISSING, "case")


def test_a_gap_on_a_special_matter_is_not_for_a_general_question() -> None:
    gap = hit("gap", 0.5, 0.4, kind=Kind.GAP, title="马德里各国单独收多少")
    guide = hit("guide", 0.48, 0.4, title="普通商标注册", topic="商标", text="每类300元，9个月。")
    assert decided("商标注册多少钱几个月", gap, guide).verdict is Verdict.ANSWER
    assert decided("马德里要几个月", gap, hit("guide", 0.3, 0.4)).verdict is Verdict.GAP


def test_a_person_s_case_is_named_as_such_even_where_nothing_was_found() -> None:
    result = SearchResult((hit("guide", 0.4, 0.1),), (), 0.1)
    decision = decide("我的商标啥时候能下来", result, as_of=TODAY, whose=Matter.NAMED, threshold=0.35)
    assert decision == Decision(Verdict.MISSING, missing="case")


def test_the_right_that_is_named_goes_first() -> None:
    trademark = hit("trademark", 0.8, 0.9, topic="商标", text="宣告商标无效750元。")
    patent = hit("patent", 0.6, 0.4, topic="专利", text="宣告专利无效3000元。")
    assert decided("专利无效宣告费用", trademark, patent).best == patent
    assert decided("商标无效宣告费用", trademark, patent).best == trademark


def test_what_is_written_of_another_right_is_not_said_of_the_one_that_is_named() -> None:
    other = replace(hit("copyright", 0.8, 0.9, topic="著作权", text="离婚了，版权怎么分。"), judgement=3.0)
    patent = replace(hit("patent", 0.7, 0.4, topic="专利", text="专利归单位。"), judgement=3.0 - OTHER_RIGHT_JUDGED)
    assert decided("老板要离婚，专利怎么分", other).verdict is Verdict.ABSTAIN
    assert decided("老板要离婚，专利怎么分", other, patent).best == patent
    far_lower = replace(patent, judgement=2.9 - OTHER_RIGHT_JUDGED)
    assert decided("老板要离婚，专利怎么分", other, far_lower).verdict is Verdict.ABSTAIN


def test_the_general_guide_goes_before_the_special_one_that_nobody_named() -> None:
    special = hit("gi", 0.8, 0.8, title="地理标志集体商标、证明商标怎么注册", topic="地理标志", text="注册商标9个月。")
    plain = hit("plain", 0.7, 0.6, title="普通商标注册怎么办", topic="商标", text="注册商标9个月。")
    assert decided("商标注册要多久", special, plain).best == plain
    assert decided("证明商标注册要多久", special, plain).best == special


def test_the_special_guide_stays_where_the_ranker_judges_the_general_one_far_lower() -> None:
    special = replace(hit("gi", 0.8, 0.8, title="证明商标怎么注册", topic="地理标志", text="商标"), judgement=3.0)
    plain = replace(hit("plain", 0.7, 0.6, title="普通商标注册怎么办", topic="商标"), judgement=3.0 - PLAINER_JUDGED)
    assert decided("商标注册要多久", special, plain).best == plain
    assert decided("商标注册要多久", special, replace(plain, judgement=2.9 - PLAINER_JUDGED)).best == special


def test_a_special_matter_is_named_by_what_the_index_calls_it_too() -> None:
    special = hit("sign", 0.8, 0.8, title="地理标志专用标志怎么申请", topic="地理标志")
    plain = hit("plain", 0.7, 0.6, title="冒用地标怎么办", topic="地理标志")
    result, query = SearchResult((special, plain), (), 0.9), "地标红圈在哪收件"
    names = f"{query} 地理标志地理标志专用标志在哪收件"
    how: dict[str, Any] = {"as_of": TODAY, "whose": Matter.OURS, "threshold": 0.35}
    assert decide(query, result, **how).best == plain
    assert decide(query, result, names=names, **how).best == special


def test_what_is_put_first_instead_is_of_the_same_matter_or_of_the_right_that_is_named() -> None:
    special = hit("former", 0.8, 0.8, title="农产品地理标志还有效吗", topic="地理标志", text="地理标志")
    plain = hit("standard", 0.7, 0.6, title="创新管理评级", topic="贯标")
    assert decided("名号并到一块儿，发的是啥文件", special, plain).best == special


def test_what_is_asked_of_another_place_falls_into_no_gap_about_here() -> None:
    gap = hit("gap", 0.8, 0.6, kind=Kind.GAP, text="通辽贯标补贴给多少，没有收录。")
    assert decided("通辽贯标补贴给多少", gap).gap == gap
    assert decided("我们公司在包头，贯标补贴怎么领", gap) == Decision(Verdict.MISSING, missing="place")


def test_what_one_is_given_falls_into_no_gap_about_what_something_costs() -> None:
    costs = hit("costs", 0.8, 0.6, kind=Kind.GAP, text="检测费、材料费要多少，没有收录。")
    awards = hit("awards", 0.7, 0.3, kind=Kind.GAP, text="认定奖励给多少，没有收录。")
    assert decided("拿下鹭标，旗里给发几万块", costs, awards).gap == awards
    assert decided("拿下鹭标，旗里给发几万块", costs) == Decision(Verdict.MISSING, missing="money")
    assert decided("鹭标检测费要几万块", costs, awards).gap == costs


def test_a_gap_about_here_gives_way_to_a_guide_that_the_ranker_judges_far_higher() -> None:
    guide, gap = replace(hit("guide", 0.51, 0.14), judgement=3.0), hit("gap", 0.50, 0.14, kind=Kind.GAP)
    near, far = 3.0 - GAP_HARDLY_LOWER, 2.9 - GAP_HARDLY_LOWER
    assert decided("通辽打官司去哪个法院", guide, replace(gap, judgement=near)).verdict is Verdict.GAP
    assert decided("通辽打官司去哪个法院", guide, replace(gap, judgement=far)).verdict is Verdict.ANSWER


@pytest.mark.parametrize(
    ("query", "text", "missing"),
    [
        ("地标认定奖几万", "它是区域公用品牌，品牌值3亿元。", "money"),
        ("地标认定奖几万", "认定后奖10万元。", None),
        ("专利下证给多少钱", "奖励已经取消。", None),
        ("荞麦拿下地理标志，县里给发多少钱", "红干椒的品牌价值20亿元。", "money"),
        ("合作社注册商标有没有补贴", "一个类别网上申请收270元。", "money"),
        ("年费有没有补助", "年费不能用财政资助来补。", None),
        ("有人打电话包我评上，真的假的", "不能信。", None),
        ("窗口电话多少", "到窗口办。", "phone"),
        ("商标变更地址收费不", "变更网上办不要钱。", None),
        ("公司地址变了咋办", "去变更。", None),
        ("窗口地址", "带材料去办。", "address"),
        ("呼和浩特发明奖励多少钱", "国家要求取消奖励。", "place"),
        ("我们公司在包头，贯标补贴怎么领", "国家不给补贴。", "place"),
        ("呼和浩特代办处在哪", "代办处在呼和浩特市文化宫路49号。", None),
        ("呼市那个代办处窗口管啥", "代办处在呼和浩特市文化宫路49号。", None),
        ("去年在长春展会上拍到一家抄我专利的，现在还能追究吗", "3年以内都能告。", None),
        ("我在沈阳打工，老家的荞麦能注册商标不", "能注册。", None),
        ("发明让人偷用，非得上呼市告吗", "专利官司去中院。", None),
        ("2019年的申请费是多少", "申请费500元。", "year"),
        ("2019年授权的专利，拖掉的时间能要回来吗", "可以请求补偿。", None),
        ("2023年打的官司，翻倍赔偿得啥时候提出来", "起诉时就提。", None),
        ("马德里的费用都由哪几块组成", "分三部分交。", None),
        ("专利收费标准的文件出处是什么", "见公告。", None),
        ("把申请分散到不同地址提交行吗", "不行。", None),
        ("正常该怎么走", "先申请。", None),
        ("从火车站到市场监管局怎么走", "带材料去办。", "address"),
        ("日本专利年费怎么交", "年费在网上交。", "place"),
        ("想去日本申请专利", "走PCT。", None),
        ("美国商标注册多少钱", "马德里的费用653瑞士法郎起，900元。", "place"),
        ("韩国地理标志怎么申请", "向省级部门申请。", "place"),
        ("去美国注册商标怎么办", "走马德里。", None),
        ("管理办法第5条内容", "按第四条办。", "article"),
        ("管理办法第五条内容", "按第五条办。", None),
    ],
)
def test_what_is_asked_for_must_stand_in_the_evidence(query: str, text: str, missing: str | None) -> None:
    assert decided(query, hit("guide", 0.8, 0.5, text=text)).missing == missing


def test_of_two_gaps_about_here_the_better_one_wins_though_its_question_is_hardly_less_like() -> None:
    text = "奖励给多少，没有收录。"
    guide, fitting = hit("guide", 0.51, 0.14), hit("award", 0.50, 0.13, kind=Kind.GAP, text=text)
    other = hit("standard", 0.49, 0.15, kind=Kind.GAP, text=text)
    assert decided("通辽给拿到鹭标的发几万块钱", guide, fitting, other).gap == fitting
    assert decided("通辽给拿到鹭标的发几万块钱", guide, replace(fitting, question_score=0.05), other).gap == other
