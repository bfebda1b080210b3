"""The benchmark's questions in other words must stay unseen and unlearnt, and point at sections that exist."""

from __future__ import annotations

from benchmarks.unseen_questions import QUESTIONS, questions
from corpus.shipped import shipped_documents
from index.training.more_questions import with_more


def test_no_unseen_question_was_indexed_or_learnt_and_each_names_a_section() -> None:
    passages = {
        passage.passage_id: passage for document in with_more(shipped_documents()) for passage in document.passages
    }
    known = {question for passage in passages.values() for question in passage.questions}
    asked = list(questions(QUESTIONS))
    assert len(asked) > 2000
    assert {passage_id for passage_id, _ in asked} <= passages.keys()
    assert known.isdisjoint(query for _, query in asked)
    assert len({query for _, query in asked}) == len(asked)
