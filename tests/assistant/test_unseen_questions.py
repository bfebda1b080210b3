"""The benchmarks' questions and conversations must stay unseen and unlearnt, and point at sections that exist."""

from __future__ import annotations

from assistant.replies import Abstention, Answer, Citation, Clarification, Handoff
from benchmarks import stories
from benchmarks.second_turns import conversations, outcome, second_turns
from benchmarks.unseen_questions import ANSWERS, QUESTIONS, answers, questions
from corpus.records import Status
from corpus.shipped import shipped_documents
from index.training import stories as told
from index.training.follow_ups import SECOND_TURNS
from index.training.more_questions import more_questions, with_more


def test_no_unseen_question_was_indexed_or_learnt_and_each_names_a_section() -> None:
    passages = {
        passage.passage_id: passage for document in with_more(shipped_documents()) for passage in document.passages
    }
    known = {question for passage in passages.values() for question in passage.questions}
    asked = list(questions(QUESTIONS))
    assert len(asked) > 1200
    assert {passage_id for passage_id, _ in asked} <= passages.keys()
    assert known.isdisjoint(query for _, query in asked)
    assert len({query for _, query in asked}) == len(asked)
    also = answers(ANSWERS)
    assert also.keys() <= {query for _, query in asked}
    assert frozenset().union(*also.values()) <= passages.keys()
    assert not any(passage_id in also.get(query, ()) for passage_id, query in asked)


def test_no_conversation_was_learnt_and_each_names_sections() -> None:
    passages = {passage.passage_id for document in shipped_documents() for passage in document.passages}
    asked = [*second_turns(), *conversations(), *stories.conversations()]
    learnt = {tuple(line.split("\t")[1:]) for line in SECOND_TURNS.read_text(encoding="utf-8").splitlines()}
    learnt |= {pair for story in told.stories() for pair in zip(story.turns, story.turns[1:], strict=False)}
    assert len(asked) > 600
    for conversation in asked:
        assert len(conversation.kinds) == len(conversation.messages) == len(conversation.wanted)
        assert frozenset().union(*conversation.wanted) <= passages
        assert learnt.isdisjoint(zip(conversation.messages, conversation.messages[1:], strict=False))


def test_no_story_of_the_benchmark_was_learnt() -> None:
    learnt = {story.first for story in told.stories()} | {
        question for questions in more_questions().values() for question in questions
    }
    asked = [conversation.messages[0] for conversation in stories.conversations()]
    assert len(asked) > 200
    assert learnt.isdisjoint(asked)


def test_what_became_of_a_message() -> None:
    cited = [
        Citation(1, "a#fee", "a", "", "", "", Status.CURRENT),
        Citation(2, "b#what", "b", "", "", "", Status.CURRENT),
    ]
    answer = Answer("", tuple(cited), 1.0)
    assert outcome(answer, frozenset({"a#fee", "c#who"})) == "right section"
    assert outcome(answer, frozenset({"a#who"})) == "right guide"
    assert outcome(answer, frozenset({"b#what"})) == "other guide"
    assert outcome(answer, frozenset()) == "other guide"
    replies = (Clarification(""), Abstention(""), Handoff("", reason="", desk="", confidence=0.0))
    gap = Handoff("", reason="", desk="", confidence=0.0, citations=(cited[0],))
    assert outcome(gap, frozenset({"a#fee"})) == "right section"
    assert outcome(gap, frozenset({"a#who"})) == "handed over"
    assert [outcome(reply, frozenset()) for reply in replies] == ["asked back", "declined", "handed over"]
