from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer

from corpus.shipped import shipped_documents
from index.encoder import CONFIG, NETWORK, SentenceEncoder
from index.training.further import Further, Recipe
from index.training.judgements import judgements
from index.training.more_questions import more_questions
from index.training.sentence_export import read_back, save
from index.training.sentence_network import SentenceNetwork
from index.training.sentence_stages import Stage
from index.training.sentence_texts import SentenceTexts
from index.training.stories import answered_firsts, stories

pytestmark = pytest.mark.usefixtures("one_thread")

Teacher = tuple[Tokenizer, SentenceNetwork]
RECIPE = Recipe(stage=Stage(steps=60, learning_rate=5e-3, warm_up=4), questions=12, often=4, sections=6, held=3.0)


def further(teacher: Teacher, texts: SentenceTexts, recipe: Recipe = RECIPE) -> Further:
    tokenizer, network = teacher
    return Further(network, tokenizer, texts.sections, [0, 1, 2, 3], recipe)


def first_right(asked: Further, texts: SentenceTexts) -> float:
    nearest = (asked.network.encode(asked.questions) @ asked.vectors.T).argmax(1).tolist()
    return float(np.mean([near in answers for near, answers in zip(nearest, texts.sections.answers, strict=True)]))


def test_questions_come_nearer_to_their_sections_and_sections_stay_where_they_were(
    pruned_teacher: Teacher, texts: SentenceTexts
) -> None:
    asked = further(pruned_teacher, texts)
    before = first_right(asked, texts)
    asked.learn()
    assert first_right(asked, texts) > before + 0.3
    stayed = (asked.network.encode(asked.sections) * asked.vectors).sum(1)
    assert stayed.min() > 0.9


def test_sections_that_nothing_holds_wander_off(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    held, loose = 1.0, 1.0
    asked = further(pruned_teacher, texts)
    start = {name: tensor.clone() for name, tensor in asked.network.state_dict().items()}
    for weight in (RECIPE.held, 0.0):
        asked.network.load_state_dict(start)
        asked = further(pruned_teacher, texts, dataclasses.replace(RECIPE, held=weight))
        asked.learn()
        stayed = float((asked.network.encode(asked.sections) * asked.vectors).sum(1).mean())
        held, loose = (stayed, loose) if weight else (held, stayed)
    assert held > loose


def test_words_keep_their_vectors(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    asked = further(pruned_teacher, texts)
    before = asked.network.words.weight.detach().clone()
    asked.learn()
    assert torch.equal(asked.network.words.weight, before)


def test_what_is_drawn_often_fills_its_share(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    asked = further(pruned_teacher, texts)
    drawn = np.concatenate([asked.draw() for _ in range(50)])
    assert len(drawn) == 50 * RECIPE.questions
    assert np.isin(drawn, [0, 1, 2, 3]).mean() == pytest.approx(RECIPE.often / RECIPE.questions)


def test_a_network_that_was_written_is_read_back(pruned_teacher: Teacher, tmp_path: Path) -> None:
    tokenizer, network = pruned_teacher
    save(network, tokenizer, tmp_path)
    encoder, again = SentenceEncoder.open(tmp_path), read_back(tmp_path)
    for text in ("注册牌子花多少钱", "到二楼综合窗口办理"):
        vector = again(torch.tensor([encoder.tokens(text)]))[0].detach().numpy()
        assert float(vector @ encoder.encode([text])[0]) > 0.98


def test_another_network_is_not_read_back(pruned_teacher: Teacher, tmp_path: Path) -> None:
    tokenizer, network = pruned_teacher
    save(network, tokenizer, tmp_path)
    model = onnx.load(tmp_path / NETWORK)
    del model.graph.initializer[0]
    onnx.save(model, tmp_path / NETWORK)
    with pytest.raises(ValueError, match="no network of ours"):
        read_back(tmp_path)


def test_the_file_says_how_many_heads_a_layer_has(pruned_teacher: Teacher, tmp_path: Path) -> None:
    tokenizer, network = pruned_teacher
    save(network, tokenizer, tmp_path)
    assert json.loads((tmp_path / CONFIG).read_text(encoding="utf-8"))["heads"] == network.heads


# Stories


def test_stories_name_sections_that_there_are() -> None:
    there = {passage.passage_id for document in shipped_documents() for passage in document.passages}
    named = {each for story in stories() for answers in story.expected for each in answers or ()}
    assert len(stories()) > 1_500
    assert named <= there
    assert all(len(story.turns) == len(story.expected) > 0 for story in stories())


def test_stories_are_learnt_at_the_best_of_their_sections_and_judged_right_at_the_others() -> None:
    message, answers = next((each, ids) for each, ids in answered_firsts().items() if len(ids) > 1)
    assert message in more_questions()[answers[0]]
    assert judgements()[message, answers[0]] == frozenset(answers[1:])


def test_what_is_another_windows_or_unanswered_is_no_question_of_a_section() -> None:
    others = {story.first for story in stories() if not story.expected[0]}
    assert len(others) > 200
    assert not others & {question for questions in more_questions().values() for question in questions}
