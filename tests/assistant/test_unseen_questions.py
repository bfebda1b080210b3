"""The benchmark's questions in other words must stay unseen, and point at sections that exist."""

from __future__ import annotations

from benchmarks.unseen_questions import QUESTIONS, questions
from corpus.shipped import shipped_documents


def test_no_unseen_question_stands_beside_a_section_and_each_names_one() -> None:
    passages = {passage.passage_id: passage for document in shipped_documents() for passage in document.passages}
    known = {question for passage in passages.values() for question in passage.questions}
    asked = list(questions(QUESTIONS))
    assert len(asked) > 2000
    assert {passage_id for passage_id, _ in asked} <= passages.keys()
    assert known.isdisjoint(query for _, query in asked)
    assert len({query for _, query in asked}) == len(asked)
