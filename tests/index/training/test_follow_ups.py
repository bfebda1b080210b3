from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from corpus.shipped import shipped_documents
from index.embedder import unit_rows
from index.follow_up_guess import SIGNS
from index.training.follow_ups import FOLLOW_UP, LATER, LAY_QUESTIONS, STORIES, Second, fit, report, second_messages
from index.training.stories import stories


@pytest.fixture(scope="module")
def messages() -> list[Second]:
    return list(second_messages(shipped_documents(), ["社保卡丢了", "驾照到期"]))


def test_what_is_learnt_comes_from_the_file_from_other_windows_and_from_lay_questions(messages: list[Second]) -> None:
    counts = Counter(message.kind for message in messages)
    assert counts[FOLLOW_UP] > 600
    assert min(counts["new_matter"], counts["other_window"]) > 100
    assert counts["off_topic"] == 2
    assert counts["lay"] == LAY_QUESTIONS
    assert counts["story"] == STORIES
    assert all(message.first and message.second for message in messages)
    assert messages == list(second_messages(shipped_documents(), ["社保卡丢了", "驾照到期"]))


def test_later_messages_of_stories_go_on_unless_they_are_another_windows(messages: list[Second]) -> None:
    pairs = {(message.first, message.second) for message in messages if message.kind == FOLLOW_UP}
    later = {
        (story.first, message): answers != ()
        for story in stories()
        for message, answers in zip(story.turns[1:], story.expected[1:], strict=True)
    }
    assert all(later.get(pair, True) for pair in pairs)
    assert LATER / 2 < len(pairs & {*later}) <= LATER


def test_only_lay_questions_that_name_their_matter_are_new_ones(messages: list[Second]) -> None:
    asked = {message.second for message in messages if message.kind == "lay"}
    naming = {
        query
        for document in shipped_documents()
        for passage in document.passages
        for query in passage.questions
        if any(name in query for name in (document.topic, *document.aliases) if len(name) > 1)
    }
    assert asked <= naming


def test_the_machine_tells_apart_what_it_learnt() -> None:
    draw = np.random.default_rng(1)
    goes_on = np.arange(120) % 3 == 0
    vectors = unit_rows(draw.normal(size=(120, 4)) + np.where(goes_on, 2.0, -2.0)[:, None])
    signs = draw.normal(size=(120, len(SIGNS))) + goes_on[:, None]
    guess, held_out = fit(vectors, signs, goes_on, encoder="encoder-1")
    assert guess.encoder == "encoder-1"
    assert (held_out[goes_on] > 0).mean() > 0.9
    assert (held_out[~goes_on] < 0).mean() > 0.9
    scores = np.array([guess.score(vector, sign) for vector, sign in zip(vectors, signs, strict=True)])
    assert np.corrcoef(scores, held_out)[0, 1] > 0.9


def test_the_report_says_how_many_of_each_kind_reach_what(capsys: pytest.CaptureFixture[str]) -> None:
    report([Second(FOLLOW_UP, "商标", "多少钱"), Second("off_topic", "商标", "驾照")], np.array([2.5, -4.0]))
    lines = capsys.readouterr().out.splitlines()
    assert "+2.0: 1.000" in lines[0]
    assert "-4.0: 1.000" in lines[1]
    assert "-3.0: 0.000" in lines[1]
