from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from corpus.shipped import shipped_documents
from index.encoder import CONFIG, NETWORK, SentenceEncoder
from index.terms import Analyzer
from index.training.further import Following, Recipe, Task, by_length, rows_of, unlabelled_texts
from index.training.judgements import judgements
from index.training.more_questions import more_questions
from index.training.sentence_export import read_back, save
from index.training.sentence_network import SentenceNetwork, read_teacher, shallow
from index.training.sentence_stages import Stage, optimise
from index.training.sentence_texts import SentenceTexts, plain
from index.training.sentence_tokens import QUERY_PREFIX, QUESTION_TOKENS, PaddedTexts, cut, read_tokenizer
from index.training.stories import answered_firsts, stories

pytestmark = pytest.mark.usefixtures("one_thread")

Teacher = tuple[Tokenizer, SentenceNetwork]
STAGE = Stage(steps=60, learning_rate=5e-3, warm_up=4)
RECIPE = Recipe(tuning=STAGE, following=STAGE, questions=12, unlabelled=5, often=0.25, siblings=4, read_again=10)
OFTEN = [0, 1, 2, 3]
UNANSWERED = ["辣椒去哪办", "二楼在哪", "牌子审查", "发明窗口", "红标九百元"]


def task(teacher: Teacher, texts: SentenceTexts, *, prefixed: bool = False) -> Task:
    torch.manual_seed(0)
    tokenizer, network = teacher
    return Task(network, tokenizer, texts.sections, OFTEN, RECIPE, prefixed=prefixed)


def first_right(of: Task, texts: SentenceTexts) -> float:
    nearest = (of.network.encode(of.questions) @ of.network.encode(of.sections).T).argmax(1).tolist()
    return float(np.mean([near in answers for near, answers in zip(nearest, texts.sections.answers, strict=True)]))


def test_questions_come_nearer_to_their_sections(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    asked = task(pruned_teacher, texts)
    before = first_right(asked, texts)
    optimise(asked.network, asked.loss, STAGE)
    assert first_right(asked, texts) > before + 0.3


def test_sections_that_a_step_does_not_read_are_compared_as_they_were_read_last(
    pruned_teacher: Teacher, texts: SentenceTexts
) -> None:
    asked = task(pruned_teacher, texts)
    before = asked.network.encode(asked.sections)
    asked.step()
    with torch.no_grad():
        asked.network.words.weight += torch.randn_like(asked.network.words.weight)
    read = asked.step()
    old = torch.tensor([number not in read.answers.tolist() for number in range(len(before))])
    assert read.every.shape == before.shape
    assert torch.allclose(read.every[old], before[old], atol=1e-6)
    assert torch.allclose(read.every[read.answers], read.sections)
    assert not torch.allclose(read.every[~old], before[~old], atol=0.1)


def test_after_some_steps_all_sections_are_read_anew(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    tokenizer, network = pruned_teacher
    few = dataclasses.replace(RECIPE, questions=1, often=0.0, siblings=0, read_again=2)
    asked = Task(network, tokenizer, texts.sections, OFTEN, few)
    before = asked.step().every
    with torch.no_grad():
        network.words.weight += torch.randn_like(network.words.weight)
    same, new = ((asked.step().every - before).abs().amax(1) < 1e-5 for _ in range(2))
    assert same.sum() == len(before) - 1
    assert new.sum() == 0


def test_the_encoder_comes_to_see_what_nothing_answers_as_its_teacher_does(
    pruned_teacher: Teacher, texts: SentenceTexts
) -> None:
    tokenizer, network = pruned_teacher
    teacher = task(pruned_teacher, texts, prefixed=True)
    optimise(network, teacher.loss, STAGE)
    student = task((tokenizer, shallow(network, [0])), texts)
    following = Following(student, teacher, tokenizer, UNANSWERED, RECIPE)
    tokens = cut(UNANSWERED, tokenizer, QUESTION_TOKENS)
    cpu = torch.device("cpu")
    theirs = network.encode(PaddedTexts.of(tokens, tokenizer, cpu, QUERY_PREFIX))
    mine = PaddedTexts.of(tokens, tokenizer, cpu)

    def alike() -> float:
        return float((student.network.encode(mine) * theirs).sum(1).mean())

    before = alike()
    optimise(student.network, following.loss, STAGE)
    assert alike() > max(before, 0.9)
    assert first_right(student, texts) > 0.6


def test_what_is_drawn_often_fills_its_share(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    asked = task(pruned_teacher, texts)
    drawn = np.concatenate([asked.draw() for _ in range(50)])
    assert len(drawn) == 50 * RECIPE.questions
    assert np.isin(drawn, OFTEN).mean() == pytest.approx(RECIPE.often)


def test_texts_read_by_length_come_back_in_their_order(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    asked = task(pruned_teacher, texts)
    numbers = torch.tensor([3, 0, 2])
    vectors = by_length(asked.network, asked.sections, numbers)
    assert torch.allclose(vectors, asked.network.encode(asked.sections)[numbers], atol=1e-5)


def test_a_piece_keeps_its_row_of_the_teacher(pruned_teacher: Teacher, teacher: Path) -> None:
    tokenizer, network = pruned_teacher
    rows = rows_of(tokenizer, read_tokenizer(teacher))
    assert torch.equal(read_teacher(teacher, rows).words.weight, network.words.weight)
    tokenizer = Tokenizer(Unigram([("<unk>", 0.0), ("鵝", -1.0)], unk_id=0, byte_fallback=False))
    with pytest.raises(ValueError, match="鵝"):
        rows_of(tokenizer, read_tokenizer(teacher))


def test_texts_without_an_answer_are_those_of_stories_laws_and_other_windows_that_are_not_known(
    analyzer: Analyzer,
) -> None:
    other = next(story for story in stories() if story.expected[0] == () and len(story.turns) > 1)
    known = plain(next(iter(answered_firsts())), analyzer)
    texts = unlabelled_texts(["买卖合同几年内能告"], [known], analyzer)
    wanted = (other.first, f"{other.first} {other.turns[1]}", "买卖合同几年内能告")
    assert {plain(each, analyzer) for each in wanted} <= {*texts}
    assert known not in texts
    assert "" not in texts
    assert len(set(texts)) == len(texts) > 20_000


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
