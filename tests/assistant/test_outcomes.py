"""What a decision becomes, above all where several guides may be meant."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from assistant import messages, outcomes
from assistant.answering.extractive import Draft, cite
from assistant.answering.writer import Written
from assistant.evidence import Evidence
from assistant.matter import Matter
from assistant.outcomes import NEAR, PERHAPS_OURS
from assistant.replies import Abstention, Answer, Clarification, Handoff
from assistant.rivals import CLOSE, KNOWN, NEARLY, SURE, rivals
from corpus.records import Document, Facet, Kind, Passage, Status
from index.retriever import Hit, SearchResult

TODAY = dt.date(2026, 11, 26)


def hit(name: str, judgement: float | None, *, kind: Kind = Kind.GUIDE, like: float = 0.2, place: int = 1) -> Hit:
    passage = Passage(
        f"{name}#{place}",
        name,
        "多长时间",
        name,
        f"{name}要九个月。",
        place,
        facet=Facet.TIME,
        questions=(f"{name}要多久？",),
    )
    return Hit(passage, Document(name, name, kind), 1, 0.5, 1.0, like, None, Status.CURRENT, judgement)


def found(*hits: Hit, probability: float = 0.6) -> SearchResult:
    return SearchResult(hits, (), probability)


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [each.passage.passage_id for each in hits]


def test_a_guide_judged_about_as_good_is_a_rival_and_one_far_behind_is_none() -> None:
    best, close, far = hit("鹭标", 2.0), hit("汀标", 2.0 - CLOSE), hit("桂标", 1.9 - CLOSE)
    assert names(rivals(best, found(best, far, close))) == ["汀标#1"]


def test_of_each_rival_the_first_section_counts_and_the_own_guide_is_none() -> None:
    best, own = hit("鹭标", 1.0), hit("鹭标", 0.9, place=2)
    hits = best, own, hit("汀标", 0.8), hit("汀标", 1.1, place=2), hit("桂标", 0.7)
    assert names(rivals(best, found(*hits))) == ["汀标#1", "桂标#1"]


def test_what_answers_nothing_or_was_not_judged_is_no_rival() -> None:
    best = hit("鹭标", 1.0)
    others = hit("缺", 1.0, kind=Kind.GAP), hit("法", 1.0, kind=Kind.LAW), hit("汀标", None)
    assert not rivals(best, found(*others))
    assert not rivals(hit("法", None, kind=Kind.LAW), found(hit("汀标", 1.0)))


def test_a_question_that_somebody_wrote_down_has_no_rivals() -> None:
    assert not rivals(hit("鹭标", 1.0, like=KNOWN), found(hit("汀标", 1.0)))


def test_a_sure_search_has_no_rivals() -> None:
    assert rivals(hit("鹭标", 1.0), found(hit("汀标", 1.0), probability=SURE - 0.01))
    assert not rivals(hit("鹭标", 1.0), found(hit("汀标", 1.0), probability=SURE))


def answered(
    best: Hit, *others: Hit, used: tuple[Hit, ...] = (), probability: float = 0.6, perhaps: str = ""
) -> Answer:
    cited = tuple(cite(each, marker) for marker, each in enumerate((best, *used), start=1))
    reply, _ = outcomes.answered(
        Written(Draft("九个月。[1]", cited)),
        Evidence((best, *used)),
        found(best, *others, probability=probability),
        as_of=TODAY,
        passages_of=lambda _: (hit("鹭标", None, place=1).passage, hit("鹭标", None, place=2).passage),
        perhaps=perhaps,
    )
    assert isinstance(reply, Answer)
    return reply


def test_an_answer_with_a_rival_says_so_and_offers_its_question_first() -> None:
    reply = answered(hit("鹭标", 1.0), hit("汀标", 0.8), hit("桂标", 0.7), hit("荞标", 0.6))
    assert messages.NOTICE_RIVALS in reply.notices
    assert reply.suggestions == ("汀标要多久？", "桂标要多久？", "荞标要多久？")


def test_an_answer_without_rivals_only_goes_on_with_its_own_guide() -> None:
    reply = answered(hit("鹭标", 1.0), hit("汀标", 0.9 - NEARLY))
    assert messages.NOTICE_RIVALS not in reply.notices
    assert reply.suggestions == ("鹭标要多久？",)


def test_an_answer_that_may_go_on_with_the_last_says_so_and_offers_that_first() -> None:
    offered = "接着“汀标”问“几户合着报”"
    reply = answered(hit("鹭标", 1.0), hit("汀标", 0.8), perhaps=offered)
    assert reply.notices[0] == messages.NOTICE_ALONE
    assert messages.NOTICE_RIVALS not in reply.notices  # one doubt is enough
    assert reply.suggestions[:2] == (offered, "汀标要多久？")
    assert messages.NOTICE_ALONE not in answered(hit("鹭标", 1.0)).notices


def test_a_rival_that_the_answer_quotes_already_is_not_offered() -> None:
    rival = hit("汀标", 0.9)
    assert messages.NOTICE_RIVALS not in answered(hit("鹭标", 1.0), rival, used=(rival,)).notices


def test_what_may_be_meant_instead_is_offered_before_what_goes_on() -> None:
    best, near, far = hit("荞标", 3.0), hit("汀标", 2.9 - CLOSE), hit("远标", 2.9 - NEARLY)
    going_on = ("鹭标要多久？",)
    unsure = answered(best, near, far)
    assert unsure.suggestions == ("汀标要多久？", *going_on)
    assert messages.NOTICE_RIVALS not in unsure.notices
    assert answered(best, near, used=(near,)).suggestions == going_on
    assert answered(best, near, probability=SURE).suggestions == going_on
    assert answered(replace(best, question_score=KNOWN), near).suggestions == going_on
    assert answered(best, replace(near, document=replace(near.document, kind=Kind.GAP))).suggestions == going_on
    assert answered(best, replace(near, judgement=None)).suggestions == going_on


def test_a_gap_names_the_desk_and_what_else_may_be_meant() -> None:
    gap = hit("缺", 1.0, kind=Kind.GAP)
    reply, used = outcomes.known_gap(gap, found(gap, hit("鹭标", 0.5)), desk="一号窗口", marker=1, max_chars=500)
    assert used == (gap,)
    assert isinstance(reply, Handoff)
    assert (reply.desk, reply.reason) == ("一号窗口", "缺")
    assert reply.suggestions == ("鹭标要多久？",)
    assert reply.notices == (messages.NOTICE_RIVALS,)


def test_a_gap_says_whom_to_ask_before_what_is_known() -> None:
    gap = hit("缺", 1.0, kind=Kind.GAP)
    told = "**没有收录的**\n\n没有金额。\n\n也没有文号。\n\n**已经知道的**\n\n规划提过。\n\n**找谁问**\n\n问科里。"
    gap = replace(gap, passage=replace(gap.passage, text=told))
    reply, _ = outcomes.known_gap(gap, found(gap), desk="一号窗口", marker=1, max_chars=500)
    assert reply.text.endswith("也没有文号。\n\n**找谁问**\n\n问科里。\n\n**已经知道的**\n\n规划提过。")
    assert isinstance(reply, Handoff)
    assert reply.citations[0].quote == told


def test_a_gap_that_may_not_be_meant_offers_the_nearest_questions_and_a_sure_one_none() -> None:
    gap = hit("缺", 1.0, kind=Kind.GAP)
    how: dict[str, Any] = {"desk": "一号窗口", "marker": 1, "max_chars": 500}
    unsure, _ = outcomes.known_gap(gap, found(gap, hit("鹭标", -3.0)), **how)
    assert unsure.suggestions == ("鹭标要多久？",)
    assert isinstance(unsure, Handoff)
    assert not unsure.notices
    sure, _ = outcomes.known_gap(gap, found(gap, hit("鹭标", -3.0), probability=SURE), **how)
    assert not sure.suggestions


def test_what_is_no_matter_of_ours_is_declined_and_what_is_goes_to_a_person() -> None:
    result = found(hit("鹭标", 0.1), probability=0.1)
    declined = outcomes.nothing(result, whose=Matter.OTHERS, desk="一号窗口")
    assert declined == Abstention(messages.ABSTAIN_OFF_TOPIC, confidence=0.1)
    handed = outcomes.nothing(result, whose=Matter.NAMED, desk="一号窗口")
    assert isinstance(handed, Handoff)
    assert handed.suggestions == ("鹭标要多久？",)
    assert "相近的问题" in handed.text
    alone = outcomes.nothing(found(hit("缺", 0.1, kind=Kind.GAP), probability=0.1), whose=Matter.OURS, desk="一号窗口")
    assert "换个说法" in alone.text


def test_where_nothing_fits_the_office_of_the_nearest_guide_is_the_one_to_ask() -> None:
    seeds = hit("种子", 0.1)
    result = found(replace(seeds, document=replace(seeds.document, desk="农牧部门")), probability=0.1)
    handed = outcomes.nothing(result, whose=Matter.NAMED, desk="一号窗口")
    assert isinstance(handed, Handoff)
    assert handed.desk == "农牧部门"
    assert "农牧部门" in handed.text


def test_what_names_no_matter_is_asked_whether_the_nearest_questions_are_meant() -> None:
    hits = (hit("缺", 3.0, kind=Kind.GAP), hit("鹭标", 2.0), hit("规划", 1.0, kind=Kind.PLAN), hit("远", 0.5))

    def reply(*hits: Hit, probability: float, topic: float) -> Handoff | Abstention | Clarification:
        result = replace(found(*hits, probability=probability), features={"topic": topic})
        return outcomes.nothing(result, whose=Matter.UNNAMED, desk="一号窗口")

    asked_back = Clarification(messages.MAY_BE_MEANT, ("鹭标要多久？", "规划要多久？", "远要多久？"))
    assert reply(*hits, probability=NEAR, topic=PERHAPS_OURS - 0.1) == asked_back
    assert reply(*hits, probability=NEAR - 0.1, topic=PERHAPS_OURS) == asked_back
    far = Abstention(messages.ABSTAIN_UNNAMED, confidence=NEAR - 0.1)
    assert reply(*hits, probability=NEAR - 0.1, topic=PERHAPS_OURS - 0.1) == far
    gap_only = Abstention(messages.ABSTAIN_UNNAMED, confidence=NEAR)
    assert reply(hits[0], probability=NEAR, topic=PERHAPS_OURS) == gap_only


def test_what_may_go_on_is_asked_back_unless_it_is_surely_ours() -> None:
    result = found(hit("鹭标", 2.0), probability=NEAR)
    how: dict[str, Any] = {"desk": "一号窗口", "perhaps": "接着“鹭标”问“几户合着报”"}
    only = Clarification(messages.GOING_ON, ("接着“鹭标”问“几户合着报”",))
    assert outcomes.nothing(result, whose=Matter.OTHERS, **how) == only
    far = replace(result, probability=NEAR - 0.1, features={"topic": PERHAPS_OURS - 0.1})
    assert outcomes.nothing(far, whose=Matter.UNNAMED, **how) == only
    either = Clarification(messages.GOING_ON_OR_NEAR, ("接着“鹭标”问“几户合着报”", "鹭标要多久？"))
    assert outcomes.nothing(result, whose=Matter.UNNAMED, **how) == either
    handed = outcomes.nothing(result, whose=Matter.NAMED, **how)
    assert isinstance(handed, Handoff)
    assert handed.suggestions == ("接着“鹭标”问“几户合着报”", "鹭标要多久？")
