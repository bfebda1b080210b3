from __future__ import annotations

import datetime as dt
from collections import Counter

from corpus.records import Status
from corpus.shipped import shipped_documents
from index.training.judgements import judgements
from index.training.lay_folds import FOLDS, hold_out
from index.training.more_questions import more_questions, with_more, without_more
from index.training.stories import answered_firsts

TODAY = dt.date(2026, 11, 23)


def test_every_lay_question_is_held_out_once() -> None:
    documents = shipped_documents()
    asked = Counter(
        (question.passage_id, question.query)
        for fold in range(FOLDS)
        for question in hold_out(documents, fold, TODAY)[1]
    )
    wanted = {
        (passage.passage_id, query)
        for document in documents
        for passage in document.passages
        if document.status(TODAY, passage) in (Status.CURRENT, Status.EXPIRED)
        for query in passage.questions
    }
    assert asked.keys() == wanted
    assert set(asked.values()) == {1}


def test_what_is_held_out_is_not_in_the_documents() -> None:
    kept, held = hold_out(shipped_documents(), 2, TODAY)
    left = {
        (passage.passage_id, query) for document in kept for passage in document.passages for query in passage.questions
    }
    assert held
    assert not {(question.passage_id, question.query) for question in held} & left


def test_more_questions_are_held_out_like_the_others_and_never_indexed() -> None:
    documents = with_more(shipped_documents())
    own = {
        (passage.passage_id, q)
        for document in shipped_documents()
        for passage in document.passages
        for q in passage.questions
    }
    for fold in range(FOLDS):
        kept, held = hold_out(documents, fold, TODAY)
        assert all(question.more == ((question.passage_id, question.query) not in own) for question in held)
        assert 0.5 < sum(question.more for question in held) / len(held) < 0.75
        indexed = {
            (passage.passage_id, q)
            for document in without_more(kept)
            for passage in document.passages
            for q in passage.questions
        }
        assert indexed < own
        assert not indexed & {(question.passage_id, question.query) for question in held}


def test_more_questions_are_of_sections_that_there_are_and_repeat_no_lay_question() -> None:
    lay = {passage.passage_id: passage.questions for document in shipped_documents() for passage in document.passages}
    written = [question for questions in lay.values() for question in questions]
    more = [question for questions in more_questions().values() for question in questions]
    assert more_questions().keys() <= lay.keys()
    assert len(set(more)) == len(more) > 7_000
    assert not set(more) & set(written)


def test_judgements_are_about_questions_and_sections_that_there_are() -> None:
    questions = {
        passage.passage_id: passage.questions for document in shipped_documents() for passage in document.passages
    }
    for (question, passage_id), others in judgements().items():
        known = question in questions[passage_id] or question in answered_firsts()
        assert known, f"judgements.tsv: {question} no longer stands at {passage_id}"
        assert others
        assert others <= questions.keys() - {passage_id}, f"judgements.tsv: {question} names a section that is gone"


def test_a_held_out_question_brings_its_judgements() -> None:
    held = [question for fold in range(FOLDS) for question in hold_out(shipped_documents(), fold, TODAY)[1]]
    assert sum(bool(question.also) for question in held) > 800
