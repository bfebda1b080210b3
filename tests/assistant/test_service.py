"""A question in, a reply out, over the fixture corpus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assistant import messages
from assistant.errors import QueryError
from assistant.matter import Matter
from assistant.outcomes import NEAR
from assistant.question_chain import MAX_TEXT_CHARS, Question, QuestionChain, asked_before
from assistant.replies import Abstention, Answer, Clarification, Handoff, Turn
from assistant.service import Assistant
from assistant.sessions import Conversations
from assistant.talk import Talk
from assistant.understanding import OPEN_GOES_ON, PERHAPS, WINDOW, Previous
from corpus.records import Status
from index.retriever import Retriever, SearchResult
from index.store import Index

BEFORE_CHANGE, AFTER_CHANGE = dt.date(2026, 11, 23), dt.date(2027, 2, 1)


def answer_to(assistant: Assistant, query: str, **values: object) -> Answer:
    reply = assistant.ask(query, **values).reply  # type: ignore[arg-type]
    assert isinstance(reply, Answer), reply
    return reply


def test_answers_with_the_facet_whole_and_its_source(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标要啥材料")
    assert "1. 申请表" in reply.text
    assert "3. 产品检验报告" in reply.text
    assert "依据：《鹭标管理办法》（令第900号）第四条、第七条" in reply.text
    assert reply.citations[0].passage_id == "heron-mark#materials"


def test_every_quote_is_verbatim_and_every_marker_has_its_citation(assistant: Assistant) -> None:
    for query in ("鹭标要啥材料", "鹭标多少钱", "规划要新增几处湿地", "印章租借咋办"):
        reply = answer_to(assistant, query)
        passages = {p.passage_id: p.text for d in ("heron-mark", "test-plan", "seal-lease")
                    for p in assistant._indexes.current().passages_of(d)}  # fmt: skip
        assert [citation.marker for citation in reply.citations] == list(range(1, len(reply.citations) + 1))
        for citation in reply.citations:
            assert f"[{citation.marker}]" in reply.text
            assert citation.quote == passages[citation.passage_id]


def test_two_facets_get_two_sections(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标要什么材料 多少钱")
    assert {"heron-mark#materials", "heron-mark#fee"} <= {citation.passage_id for citation in reply.citations}


@pytest.mark.parametrize(("day", "says"), [(BEFORE_CHANGE, "30日"), (AFTER_CHANGE, "20日")])
def test_the_day_asked_about_picks_the_text_in_force(assistant: Assistant, day: dt.date, says: str) -> None:
    reply = answer_to(assistant, "鹭标多久下来", as_of=day)
    assert says in reply.text
    assert all(citation.status is Status.CURRENT for citation in reply.citations)


def test_a_coming_change_is_a_notice_not_the_answer(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标多久下来", as_of=BEFORE_CHANGE)
    assert "20日" not in reply.text
    assert any("2027-01-01" in notice and "20日" in notice for notice in reply.notices)


def test_a_later_day_named_in_the_question_is_the_day_it_is_about(assistant: Assistant) -> None:
    turn = assistant.ask("2027年3月鹭标多久下来")
    assert turn.as_of == dt.date(2027, 3, 1)
    assert "20日" in turn.reply.text


def test_a_repealed_text_never_answers(assistant: Assistant) -> None:
    reply = assistant.ask("申请鹭标要交押金吗 多少").reply
    assert "500" not in reply.text


def test_a_plan_past_its_period_is_quoted_as_targets_with_a_notice(assistant: Assistant) -> None:
    reply = answer_to(assistant, "规划要新增几处湿地")
    assert "**到规划期末，新增白鹭栖息湿地5~8处。**" in reply.text
    assert "不是完成情况" in reply.text
    assert any("2025-12-31" in notice for notice in reply.notices)
    assert reply.citations[0].status is Status.EXPIRED


def test_a_question_about_a_named_project_gets_all_its_paragraphs(assistant: Assistant) -> None:
    reply = answer_to(assistant, "规划重点工程一是啥")
    assert "修复退化湿地200亩" in reply.text
    assert "护鹭员30名" in reply.text


def test_a_gap_becomes_a_handoff_that_names_the_desk(assistant: Assistant) -> None:
    reply = assistant.ask("拿到鹭标政府给奖励吗").reply
    assert isinstance(reply, Handoff)
    assert reply.desk == "市农牧局"
    assert reply.citations[0].passage_id == "heron-reward-gap#gap"


def test_a_phone_that_no_passage_holds_is_handed_over(assistant: Assistant) -> None:
    reply = assistant.ask("鹭标在哪办 电话多少").reply
    assert isinstance(reply, Handoff)
    assert reply.text.startswith(messages.EXPECTED_MISSING["phone"])


def test_an_unrelated_question_is_declined(assistant: Assistant) -> None:
    reply = assistant.ask("公积金贷款额度").reply
    assert isinstance(reply, Abstention | Handoff)
    assert not isinstance(reply, Answer)


def test_an_open_topic_is_asked_back_with_choices(assistant: Assistant) -> None:
    reply = assistant.ask("怎么申请").reply
    assert isinstance(reply, Clarification)
    assert len(reply.suggestions) == 3


def test_a_follow_up_goes_on_with_the_topic(assistant: Assistant) -> None:
    first = assistant.ask("申请鹭标要啥材料")
    second = assistant.ask("多少钱", session_id=first.session_id)
    assert isinstance(second.reply, Answer)
    assert "260元" in second.reply.text


def test_a_new_topic_leaves_the_old_one(assistant: Assistant) -> None:
    first = assistant.ask("鹭标多少钱")
    second = assistant.ask("印章租借要什么材料", session_id=first.session_id)
    assert isinstance(second.reply, Answer)
    assert {citation.document_id for citation in second.reply.citations} == {"seal-lease"}


def test_two_questions_in_one_message_are_both_answered(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标多少钱？印章租借要什么材料？")
    assert "260元" in reply.text
    assert "租借合同" in reply.text
    assert [citation.marker for citation in reply.citations] == list(range(1, len(reply.citations) + 1))
    assert len(reply.text) <= MAX_TEXT_CHARS


def test_two_questions_with_one_answer_are_told_it_once(assistant: Assistant) -> None:
    asked = "鹭标要多少钱？印章租借要什么材料？" + "请问" * 20 + "申请鹭标到底收多少钱呢？"
    parts = assistant._understander.understand(asked).parts
    assert len(parts) == 3
    reply = answer_to(assistant, asked)
    assert reply.text.count("260元") == answer_to(assistant, "鹭标要多少钱").text.count("260元")
    assert messages.as_above(1) in reply.text
    assert messages.as_above(2) not in reply.text
    head = messages.answer_part(3, parts[2])
    assert head in reply.text
    assert len(head) < len(parts[2])


def test_a_message_whose_part_only_tells_is_one_question(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    search, asked = Retriever.search, "我家去年报了鹭标，村里都知道。印章租借要什么材料？"
    story, question = assistant._understander.understand(asked).parts
    monkeypatch.setattr(QuestionChain, "_whose", lambda *_: Matter.UNNAMED)

    def unsure(self: Retriever, query: str, **values: Any) -> SearchResult:
        found = search(self, query, **values)
        return replace(found, probability=NEAR, features={"topic": 0.0}) if query == story else found

    monkeypatch.setattr(Retriever, "search", unsure)
    whole = answer_to(assistant, asked)
    assert "**1." not in whole.text
    assert question not in whole.text
    assert whole.citations[0].document_id == "seal-lease"


def test_a_thin_source_is_said(assistant: Assistant) -> None:
    assert messages.notice_confidence() in answer_to(assistant, "印章租借咋办").notices


def test_suggestions_are_answerable_and_not_what_was_just_said(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标多少钱")
    assert reply.suggestions
    assert "鹭标多少钱" not in reply.suggestions
    for suggestion in reply.suggestions:
        assert isinstance(assistant.ask(suggestion).reply, Answer)


@pytest.mark.parametrize("query", ["", "   ", "问" * 501])
def test_an_empty_or_endless_query_is_refused(assistant: Assistant, query: str) -> None:
    with pytest.raises(QueryError):
        assistant.ask(query)


def test_what_is_stored_can_be_shown_again_as_it_was(assistant: Assistant, conversations: Conversations) -> None:
    turn = assistant.ask("鹭标要啥材料，我电话13812345678")
    again = conversations.reply(turn.reply_id)
    assert again.reply == turn.reply
    assert again.query == "鹭标要啥材料,我电话[手机号]"


def test_greeting_and_thanks_are_met_in_kind(make_assistant: Callable[..., Assistant]) -> None:
    assistant = make_assistant()
    assert assistant.ask("你好").reply.text == messages.GREETING
    assert assistant.ask("谢谢啊").reply.text == messages.THANKS
    assert isinstance(assistant.ask("转人工").reply, Handoff)


def test_small_words_from_elsewhere_do_not_get_the_old_answer_again(assistant: Assistant) -> None:
    first = assistant.ask("鹭标多少钱")
    second = assistant.ask("今天天气咋样", session_id=first.session_id)
    assert not isinstance(second.reply, Answer)


def test_a_person_s_case_is_handed_over_as_one(assistant: Assistant) -> None:
    reply = assistant.ask("鹭标啥时候能下来 申请号12345678").reply
    assert isinstance(reply, Handoff)
    assert reply.text.startswith(messages.EXPECTED_MISSING["case"])


@pytest.mark.parametrize("query", ["拖拉机跑运输要多少钱", "村里的水渠堵了该找哪个部门清", "那社保呢"])
def test_another_windows_question_in_a_session_takes_no_answer_from_what_was_asked_before(
    assistant: Assistant, query: str
) -> None:
    session_id = assistant.ask("鹭标多少钱").session_id
    assert isinstance(assistant.ask(query, session_id=session_id).reply, Abstention)


@pytest.mark.parametrize("query", ["个人能不能报", "去哪儿办", "得等几天呀"])
def test_what_names_nothing_goes_on_with_what_was_asked_before(assistant: Assistant, query: str) -> None:
    session_id = assistant.ask("鹭标要啥材料").session_id
    turn = assistant.ask(query, session_id=session_id)
    assert turn.standalone_query == f"接着“鹭标要啥材料”问“{query}”"
    assert {citation.document_id for citation in answer_to(assistant, query, session_id=session_id).citations} == {
        "heron-mark"
    }


def test_the_same_asked_of_another_matter_asks_again_what_was_asked_before(assistant: Assistant) -> None:
    understander, index = assistant._understander, assistant._indexes.in_use()

    def before(query: str) -> int:
        meant = understander.understand(query, Previous("鹭标要多少钱"))
        assert meant.follow_up
        return asked_before(Question(meant.parts[0], meant, dt.date(2026, 11, 23), index))

    assert before("专利呢") == 0
    assert before("要带啥材料") == len("鹭标要 ")


def test_what_may_go_on_is_asked_back_and_a_yes_answers_it(
    assistant: Assistant, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = assistant.ask("鹭标要啥材料").session_id
    monkeypatch.setattr(Index, "goes_on", lambda *_: PERHAPS)
    asked_back = assistant.ask("材料里要检验报告不", session_id=session_id)
    assert isinstance(asked_back.reply, Clarification)
    first, *others = asked_back.reply.suggestions
    assert (asked_back.reply.text, first) == (messages.GOING_ON_OR_NEAR, "接着“鹭标要啥材料”问“材料里要检验报告不”")
    assert others  # a yes means the first all the same
    streamed = list(assistant.ask_stream("材料里要检验报告不", session_id=session_id))[-1]
    assert isinstance(streamed, Turn)
    assert streamed.reply == asked_back.reply
    answered = assistant.ask("是的", session_id=session_id)
    assert answered.standalone_query == "接着“鹭标要啥材料”问“材料里要检验报告不”"
    assert isinstance(answered.reply, Answer)
    assert answered.reply.citations[0].document_id == "heron-mark"
    read = answered.reply.citations[0].passage_id
    assert conversations.resume(session_id)[1] == Previous("接着“鹭标要啥材料”问“材料里要检验报告不”", read=read)


def test_whoever_was_sent_away_is_told_whom_to_ask_and_the_thread_is_kept(
    assistant: Assistant, conversations: Conversations
) -> None:
    session_id = assistant.ask("驾照快到期了去哪换").session_id
    assert conversations.resume(session_id)[1] == Previous("", sent_away=True)
    assert assistant.ask("那我找谁啊", session_id=session_id).reply.text == messages.ELSEWHERE
    assert assistant.ask("要写啥材料", session_id=session_id).reply.text == messages.ELSEWHERE
    assert assistant.ask("你是谁", session_id=session_id).reply.text == messages.IDENTITY
    assert assistant.ask("怎么申请", session_id=session_id).reply.text == messages.OPEN_TOPIC
    session_id = assistant.ask("鹭标要啥材料").session_id
    assert assistant.ask("驾照快到期了去哪换", session_id=session_id).reply.text != messages.ELSEWHERE
    assert assistant.ask("我该问谁", session_id=session_id).reply.text == messages.ELSEWHERE
    assert assistant.ask("鹭标要啥材料", session_id=session_id).reply.text != messages.ELSEWHERE
    assert assistant.ask("我该问谁", session_id=session_id).reply.text != messages.ELSEWHERE


def test_a_yes_to_the_first_thing_asked_back_answers_it(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Retriever.search

    def unsure(self: Retriever, query: str, **values: Any) -> SearchResult:
        found = search(self, query, **values)
        near = replace(found, hits=found.hits[:1], probability=NEAR, features={"topic": 0.0})
        return near if query == "要啥材料来着" else found

    monkeypatch.setattr(Retriever, "search", unsure)
    turn = assistant.ask("要啥材料来着")
    assert isinstance(turn.reply, Clarification)
    assert turn.reply == Clarification(messages.MAY_BE_MEANT, ("鹭标要啥材料",))
    answered = assistant.ask("对", session_id=turn.session_id)
    assert isinstance(answered.reply, Answer)
    assert answered.reply.citations[0].passage_id == "heron-mark#materials"


def test_a_yes_to_a_choice_says_nothing(assistant: Assistant) -> None:
    session_id = assistant.ask("怎么申请").session_id
    assert assistant.ask("好的", session_id=session_id).reply == Clarification(messages.THANKS)


def test_what_may_go_on_and_names_no_matter_goes_on(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = assistant.ask("鹭标要啥材料").session_id
    monkeypatch.setattr(Index, "goes_on", lambda *_: OPEN_GOES_ON)
    assert assistant.ask("怎么申请", session_id=session_id).standalone_query == "接着“鹭标要啥材料”问“怎么申请”"
    monkeypatch.setattr(Index, "goes_on", lambda *_: OPEN_GOES_ON - 0.1)
    reply = assistant.ask("怎么申请", session_id=session_id).reply
    assert reply == Clarification(messages.OPEN_TOPIC, messages.OPEN_TOPIC_CHOICES)


def test_what_is_asked_first_is_answered_first(assistant: Assistant) -> None:
    fee, time = answer_to(assistant, "鹭标多少钱 多久下来").text, answer_to(assistant, "鹭标多久下来 多少钱").text
    assert fee.index("260元") < fee.index("30日")
    assert time.index("30日") < time.index("260元")


def test_the_section_asked_for_comes_alone(assistant: Assistant) -> None:
    reply = answer_to(assistant, "鹭标多少钱")
    assert [citation.passage_id for citation in reply.citations] == ["heron-mark#fee"]


@pytest.mark.parametrize(("ended", "answered"), [(0.8, True), (0.49, False)])
def test_where_a_story_drowns_the_question_its_end_is_searched_for(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, ended: float, answered: bool
) -> None:
    search, end = Retriever.search, "鹭标要啥材料"

    def doubting(self: Retriever, query: str, **values: Any) -> SearchResult:
        return replace(search(self, query, **values), probability=ended if query == end else 0.1)

    monkeypatch.setattr(Retriever, "search", doubting)
    reply = assistant.ask(f"我家孩子前年包了片荒山养林蛙，{end}", as_of=BEFORE_CHANGE).reply
    assert isinstance(reply, Answer) is answered
    if isinstance(reply, Answer):
        assert reply.citations[0].passage_id == "heron-mark#materials"
        assert reply.confidence == ended


def test_the_same_asked_of_another_matter_is_about_that_one(assistant: Assistant) -> None:
    session_id = assistant.ask("鹭标要啥材料").session_id
    reply = assistant.ask("印章租借呢", session_id=session_id).reply
    assert isinstance(reply, Answer)
    assert reply.citations[0].document_id == "seal-lease"


def test_a_second_question_in_a_message_goes_on_with_the_first(assistant: Assistant) -> None:
    reply = answer_to(assistant, "印章租借要什么材料？那鹭标呢")
    assert {"seal-lease#materials", "heron-mark#materials"} <= {citation.passage_id for citation in reply.citations}


def test_a_short_message_after_a_long_story_is_looked_for_by_the_guides_name(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    search, seen = Retriever.search, []

    def noted(self: Retriever, query: str, **values: Any) -> SearchResult:
        seen.append(query)
        return search(self, query, **values)

    monkeypatch.setattr(Retriever, "search", noted)
    session_id = assistant.ask("我们合作社去年种了三千亩地今年想申请鹭标").session_id
    seen.clear()
    assert isinstance(assistant.ask("多少钱", session_id=session_id).reply, Answer)
    assert "鹭标 多少钱" in seen


@pytest.mark.parametrize("query", ["几点上班", "你们在哪屋 中午有人没", "你们电话多少", "在哪个楼", "咨询费要钱不"])
def test_who_is_there_when_is_asked_of_this_window(assistant: Assistant, query: str) -> None:
    meant = assistant._understander.understand(query)
    assert (meant.talk, meant.parts) == (Talk.QUESTION, (f"{WINDOW}{query}",))


@pytest.mark.parametrize(("query", "offered"), [("印章租借要什么材料", True), ("商标印章租借要什么材料", False)])
def test_the_other_reading_is_offered_only_where_no_kind_of_right_is_named(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, query: str, offered: bool
) -> None:
    session_id = assistant.ask("鹭标要啥材料").session_id
    monkeypatch.setattr(Index, "goes_on", lambda *_: PERHAPS)
    reply = answer_to(assistant, query, session_id=session_id)
    assert (messages.NOTICE_ALONE in reply.notices) is offered
    assert (f"接着“鹭标要啥材料”问“{query}”" in reply.suggestions) is offered
