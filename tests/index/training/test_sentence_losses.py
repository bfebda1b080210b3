from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from index.training.sentence_batches import Draw, Sampler, TaskTexts
from index.training.sentence_comparison import Comparison
from index.training.sentence_imitation import Imitation, long_texts, short_texts
from index.training.sentence_losses import distance, divergence, neighbour_divergence, ranking_losses
from index.training.sentence_network import SentenceNetwork, shallow
from index.training.sentence_stages import Following, Recipe, Stage, optimise
from index.training.sentence_texts import SentenceTexts
from index.training.sentence_tokens import (
    PaddedTexts,
    SentenceTokens,
    read_tokenizer,
)

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


def numbers(*values: int) -> torch.Tensor:
    return torch.tensor(values)


# Losses


def test_right_answers_of_other_queries_are_no_wrong_ones() -> None:
    queries = functional.normalize(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), dim=1)
    answers = functional.normalize(torch.tensor([[1.0, 0.2], [0.0, 1.0], [1.0, 0.0]]), dim=1)
    none = torch.zeros(2, 3, dtype=torch.bool)
    further = none.clone()
    further[0, 2] = True
    wrong, masked = ranking_losses(queries, answers, none, 30.0), ranking_losses(queries, answers, further, 30.0)
    assert wrong[0] > 0.6
    assert masked[0] < 0.01
    assert masked[1] == wrong[1]
    assert torch.equal(masked, ranking_losses(queries, answers, further | torch.eye(2, 3, dtype=torch.bool), 30.0))


def test_nothing_is_lost_where_vectors_are_as_wanted() -> None:
    torch.manual_seed(0)
    vectors, others = (functional.normalize(torch.randn(5, 4), dim=1) for _ in range(2))
    assert distance(vectors, vectors).item() == pytest.approx(0, abs=1e-6)
    assert neighbour_divergence(vectors, vectors, 20.0).item() == pytest.approx(0, abs=1e-6)
    assert distance(vectors, -vectors).item() == pytest.approx(2, abs=1e-6)
    assert neighbour_divergence(vectors, others, 20.0) > 0.1
    likeness, wanted = vectors @ others.T, others @ others.T
    p, q = wanted.softmax(1), likeness.softmax(1)
    assert divergence(likeness, wanted).item() == pytest.approx((p * (p / q).log()).sum(1).mean().item(), abs=1e-6)


# Draws


@pytest.fixture
def judged_texts(texts: SentenceTexts) -> SentenceTexts:
    """The first question is answered by section 2, too."""
    answers = [[0, 2], *texts.sections.answers[1:]]
    return dataclasses.replace(texts, sections=dataclasses.replace(texts.sections, answers=answers))


def test_a_draw_compares_questions_with_their_sections_and_siblings(judged_texts: SentenceTexts) -> None:
    sampler = Sampler(judged_texts, device=CPU, seed=0)
    answers, siblings = judged_texts.sections.answers, judged_texts.sections.siblings
    chosen = 0
    for _ in range(10):
        draw = sampler.draw(12, 8)
        assert len(set(draw.questions.tolist())) == 12
        for question, section, sibling, other in zip(
            draw.questions.tolist(), draw.sections.tolist(), draw.siblings.tolist(), draw.others.tolist(), strict=True
        ):
            assert answers[question][0] == answers[other][0] == section
            assert sibling in siblings[section]
        assert draw.articles.tolist() == [judged_texts.articles.answers[each] for each in draw.law_questions.tolist()]
        chosen += sum(judged_texts.articles.chosen[each] for each in draw.law_questions.tolist())
        assert (draw.siblings != draw.sections).any()
        assert (draw.questions != draw.others).any()
    assert chosen == 20


def test_draws_know_every_right_answer(judged_texts: SentenceTexts) -> None:
    draw = Sampler(judged_texts, device=CPU, seed=0).draw(24, 4)
    passages = [("section", each) for each in draw.sections.tolist()]
    passages += [("article", each) for each in draw.articles.tolist()]
    passages += [("section", each) for each in draw.siblings.tolist()]
    wanted = [
        [kind == "section" and number in judged_texts.sections.answers[question] for kind, number in passages]
        for question in draw.questions.tolist()
    ]
    wanted += [[(kind, number) == ("article", article) for kind, number in passages] for article in draw.articles]
    assert draw.right.tolist() == wanted


class Lookup(SentenceNetwork):
    """Gives each text the vector of its first token."""

    def __init__(self, vectors: torch.Tensor) -> None:
        torch.nn.Module.__init__(self)
        self.words = torch.nn.Embedding.from_pretrained(vectors)

    def forward(self, ids: torch.Tensor, there: torch.Tensor | None = None) -> torch.Tensor:
        return self.words(ids[:, 0])


def single(*tokens: int) -> PaddedTexts:
    return PaddedTexts(torch.tensor(tokens, dtype=torch.int32)[:, None], torch.ones(len(tokens), dtype=torch.int64), 1)


def test_a_further_answer_costs_a_question_nothing_and_any_other_does() -> None:
    """Question 0 is like section 0, where it stands, and like section 1, and like another question of either."""
    vectors = torch.eye(8)
    texts = TaskTexts(single(0, 0), questions=single(0, 2, 0, 0), articles=single(3), law_questions=single(3))
    right = torch.tensor([[True, True, False, True, True], [False, True, False, False, True], [0, 0, True, 0, 0]])
    draw = Draw(numbers(0, 1), numbers(0, 1), numbers(0, 1), numbers(2, 3), numbers(0), numbers(0), right.bool())
    judged = Comparison.of(Lookup(vectors), texts, draw)
    right = right.clone()
    right[0, 1] = right[0, 4] = False
    unjudged = Comparison.of(Lookup(vectors), texts, dataclasses.replace(draw, right=right.bool()))
    among_passages, among_questions = np.log(3) / 3, np.log(2) / 2
    assert unjudged.loss() - judged.loss() == pytest.approx(among_passages + 0.5 * among_questions, abs=1e-3)


def test_a_question_without_another_of_its_section_is_not_compared_with_itself() -> None:
    vectors = torch.eye(8)
    texts = TaskTexts(single(0, 1), questions=single(0, 0, 5), articles=single(3), law_questions=single(3))
    rows = (numbers(0, 1), numbers(0, 1), numbers(1, 0), numbers(0, 1), numbers(0), numbers(0))
    alone = Comparison.of(Lookup(vectors), texts, Draw(*rows, torch.zeros(3, 5, dtype=torch.bool)))
    other = Comparison.of(Lookup(vectors), texts, dataclasses.replace(alone.draw, others=numbers(2, 1)))
    ranked = ranking_losses(alone.queries, alone.passages, alone.draw.right, 30.0).mean()
    assert alone.loss() == ranked
    assert other.loss() > ranked + 0.1
    assert torch.equal(alone.sections, vectors[[0, 1, 1, 0]])
    assert torch.equal(alone.questions, vectors[[0, 0]])


class NothingToImitate(Imitation):
    def __init__(self) -> None:
        pass

    def loss(self, student: SentenceNetwork, sizes: tuple[int, int]) -> torch.Tensor:
        return torch.zeros(())


def test_a_student_follows_vectors_likenesses_and_the_task() -> None:
    torch.manual_seed(0)
    theirs, vectors = (functional.normalize(torch.randn(8, 4), dim=1) for _ in range(2))
    texts = TaskTexts(single(0, 1), questions=single(2, 4), articles=single(3), law_questions=single(5))
    rows = (numbers(0, 1), numbers(0, 1), numbers(1, 0), numbers(0, 1), numbers(0), numbers(0))
    draw = Draw(*rows, torch.zeros(3, 5, dtype=torch.bool))
    following = Following(Lookup(theirs), texts, NothingToImitate(), Recipe(dropout=0.0))
    losses = [following.loss(Lookup(each), texts, draw) for each in (theirs, -theirs, vectors)]
    task = [Comparison.of(Lookup(each), texts, draw).loss() for each in (theirs, vectors)]
    assert losses[0] == pytest.approx(0.3 * task[0])
    assert losses[1] == pytest.approx(losses[0] + 2 * (2 + 2))
    asked, passages = [2, 4], [0, 1, 1, 0]
    away = distance(vectors[asked], theirs[asked]) + distance(vectors[passages], theirs[passages])
    likeness, wanted = (each[asked] @ each[passages].T * 20 for each in (vectors, theirs))
    assert losses[2] == pytest.approx(0.3 * task[1] + 2 * away + divergence(likeness, wanted))


# Imitation


def test_unlabelled_texts_are_short_and_long(teacher: Path, texts: SentenceTexts) -> None:
    tokens = SentenceTokens.of(texts, read_tokenizer(teacher))
    long = [np.arange(150)]
    tokens = dataclasses.replace(tokens, sections=long)
    random = np.random.default_rng(0)
    short = short_texts(tokens, 10, random)
    assert len(short) == 3 * len(tokens.law_questions) + len(tokens.words) + 10
    assert max(map(len, short)) <= 60
    sections = long_texts(tokens, random)
    assert [len(text) for text in sections[:4]] == [150, 64, 64, 38]
    assert len(sections) == 4 + (len(tokens.articles) + 1) // 2


class Reading(Lookup):
    """Remembers the beginnings of what it reads."""

    def forward(self, ids: torch.Tensor, there: torch.Tensor | None = None) -> torch.Tensor:
        self.openings = {*getattr(self, "openings", set()), *map(tuple, ids[:, 1:4].tolist())}
        return super().forward(ids, there)


def test_the_teacher_knows_short_texts_as_queries_and_long_ones_as_passages(
    pruned_teacher: tuple[Tokenizer, SentenceNetwork], texts: SentenceTexts
) -> None:
    tokenizer, network = pruned_teacher
    reading = Reading(network.words.weight.detach())
    Imitation(SentenceTokens.of(texts, tokenizer), tokenizer, device=CPU, combined=8, seed=0).follow(reading)
    openings = ["".join(map(tokenizer.id_to_token, ids)) for ids in reading.openings]
    assert {opening[:9] for opening in openings} == {"▁query:", "▁passage:"}


def test_a_shallow_copy_learns_to_give_the_teachers_vectors(
    pruned_teacher: tuple[Tokenizer, SentenceNetwork], texts: SentenceTexts
) -> None:
    tokenizer, network = pruned_teacher
    imitation = Imitation(SentenceTokens.of(texts, tokenizer), tokenizer, device=CPU, combined=8, seed=0)
    imitation.follow(network)
    student = shallow(network, (0,))
    before = imitation.loss(student, (99, 99)).item()
    optimise(student, lambda: imitation.loss(student, (16, 8)), Stage(steps=30, learning_rate=5e-3, warm_up=3))
    assert imitation.loss(student, (99, 99)).item() < 0.7 * before
