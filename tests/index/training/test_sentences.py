from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from corpus.records import Document
from index.encoder import SentenceEncoder
from index.sections import section_text
from index.terms import Analyzer, default_analyzer
from index.training import sentence_stages, sentences
from index.training import sentence_texts as texts_module
from index.training.lay_folds import FOLDS, hold_out
from index.training.sentence_batches import Sampler, TaskTexts
from index.training.sentence_export import save
from index.training.sentence_imitation import Imitation
from index.training.sentence_losses import distance
from index.training.sentence_network import SentenceNetwork, shallow
from index.training.sentence_stages import Distilled, Following, Recipe, Stage, draw_for, optimise, tune
from index.training.sentence_texts import SentenceTexts, frequent_words, sentence_texts
from index.training.sentence_tokens import SentenceTokens
from index.training.sources import TrainingData

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
TODAY = dt.date(2026, 11, 23)
Teacher = tuple[Tokenizer, SentenceNetwork]
RECIPE = Recipe(
    layers=(0, 1),
    distilling=Stage(steps=10, learning_rate=3e-3, warm_up=2),
    tuning=Stage(steps=30, learning_rate=5e-3, warm_up=4),
    following=Stage(steps=40, learning_rate=5e-3, warm_up=4),
    questions=12,
    law_questions=4,
    unlabelled=(12, 6),
    beside=(6, 3),
    combined_words=8,
)


# What is trained on


def test_texts_are_normalised_with_single_blanks(
    guides: list[Document], texts: SentenceTexts, analyzer: Analyzer
) -> None:
    document = guides[0]
    wanted = " ".join(section_text(document, document.passages[0], analyzer).split())
    assert texts.sections.texts[0] == wanted
    assert "\n" not in "".join([*texts.sections.texts, *texts.articles.texts])
    assert texts.sections.questions[0] == analyzer.normalise(document.passages[0].questions[0])


def test_sections_are_of_guides_and_articles_of_everything(texts: SentenceTexts) -> None:
    assert len(texts.sections.texts) == 6
    assert texts.sections.siblings == [[0, 1], [0, 1], [2, 3], [2, 3], [4, 5], [4, 5]]
    assert [answers[0] for answers in texts.sections.answers] == [n for n in range(6) for _ in range(4)]
    assert len(texts.articles.texts) == 3 + 6


def test_only_law_questions_whose_article_is_known_are_learnt(texts: SentenceTexts) -> None:
    assert texts.articles.answers == [0, 1, 2]
    assert texts.articles.chosen == [False, False, True]


def test_judged_further_answers_are_answers_too(
    guides: list[Document], training_data: TrainingData, monkeypatch: pytest.MonkeyPatch, analyzer: Analyzer
) -> None:
    judged = {
        ("办牌子贵吗", "商标#0"): frozenset({"专利#0", "unknown"}),
        ("办牌子贵吗", "专利#1"): frozenset({"商标#1"}),
    }
    monkeypatch.setattr(texts_module, "judgements", lambda: judged)
    sections = sentence_texts(guides, training_data, [], analyzer).sections
    assert sections.answers[2] == [0, 2]
    assert [len(answers) for answers in sections.answers] == [1, 1, 2] + [1] * 21


def test_held_out_questions_of_a_fold_are_in_no_batch(
    guides: list[Document], training_data: TrainingData, analyzer: Analyzer
) -> None:
    drawn: set[str] = set()
    for fold in range(FOLDS):
        kept, held = hold_out(guides, fold, TODAY)
        texts = sentence_texts(kept, training_data, [], analyzer)
        assert len(texts.sections.questions) == 24 - len(held)
        sampler = Sampler(texts, device=CPU, seed=0)
        seen = set()
        for _ in range(20):
            draw = sampler.draw(12, 4)
            seen |= {texts.sections.questions[at] for at in torch.cat([draw.questions, draw.others]).tolist()}
        assert not seen & {analyzer.normalise(question.query) for question in held}
        drawn |= seen
    assert len(drawn) == 24


def test_words_of_the_dictionary_are_chinese_and_most_frequent_first() -> None:
    words = frequent_words(50)
    assert len(words) == 50
    assert "我们" in words
    assert all(2 <= len(word) <= 6 and not word.isascii() for word in words)


# Training


def margin(vectors: torch.Tensor, sections: torch.Tensor, texts: SentenceTexts) -> float:
    """Return how much nearer questions are to their section than to the nearest other one, in the mean."""
    likeness = vectors @ sections.T
    own = torch.tensor([answers[0] for answers in texts.sections.answers])
    right = likeness.gather(1, own[:, None])[:, 0]
    return float((right - likeness.scatter(1, own[:, None], -1.0).max(1).values).mean())


def margin_of(network: SentenceNetwork, tokenizer: Tokenizer, texts: SentenceTexts, *, prefixed: bool) -> float:
    task = TaskTexts.of(SentenceTokens.of(texts, tokenizer), tokenizer, CPU, prefixed=prefixed)
    return margin(network.encode(task.questions), network.encode(task.sections), texts)


def test_rates_rise_and_fall() -> None:
    stage = Stage(steps=100, learning_rate=1.0, warm_up=10)
    assert [stage.share(step) for step in (0, 9, 50, 99)] == pytest.approx([0.1, 0.91, 0.5, 0.03])


def test_tuning_brings_questions_nearer_to_their_sections(pruned_teacher: Teacher, texts: SentenceTexts) -> None:
    tokenizer, network = pruned_teacher
    task = TaskTexts.of(SentenceTokens.of(texts, tokenizer), tokenizer, CPU, prefixed=True)
    before = margin_of(network, tokenizer, texts, prefixed=True)
    torch.manual_seed(0)
    tune(network, task, Sampler(texts, device=CPU, seed=0), RECIPE)
    assert margin_of(network, tokenizer, texts, prefixed=True) > before + 0.1


def test_following_brings_a_students_questions_and_sections_to_the_teachers_vectors(
    pruned_teacher: Teacher, texts: SentenceTexts
) -> None:
    tokenizer, network = pruned_teacher
    tokens = SentenceTokens.of(texts, tokenizer)
    prefixed, plain = (TaskTexts.of(tokens, tokenizer, CPU, prefixed=prefixed) for prefixed in (True, False))
    imitation = Imitation(tokens, tokenizer, device=CPU, combined=8, seed=0)
    imitation.follow(network)
    following = Following(network, prefixed, imitation, RECIPE)
    student, sampler = shallow(network, (0,)), Sampler(texts, device=CPU, seed=0)

    def away() -> tuple[float, float]:
        questions = distance(student.encode(plain.questions), network.encode(prefixed.questions))
        return questions.item(), distance(student.encode(plain.sections), network.encode(prefixed.sections)).item()

    before = away()
    optimise(student, lambda: following.loss(student, plain, draw_for(sampler, RECIPE)), RECIPE.following)
    after = away()
    assert after[0] < 0.6 * before[0]
    assert after[1] < 0.6 * before[1]


def test_training_makes_an_encoder_that_knows_the_task(
    teacher: Path, pruned_teacher: Teacher, texts: SentenceTexts, tmp_path: Path
) -> None:
    before = margin_of(pruned_teacher[1], pruned_teacher[0], texts, prefixed=False)
    distilled = Distilled(texts, teacher, device=CPU, recipe=RECIPE)
    network, tokenizer = distilled.train(texts), distilled.tokenizer
    assert margin_of(network, tokenizer, texts, prefixed=False) > before + 0.1
    save(network, tokenizer, tmp_path)
    encoder = SentenceEncoder.open(tmp_path)
    questions, sections = texts.sections.questions, texts.sections.texts
    vectors = [torch.from_numpy(encoder.encode(each)) for each in (questions, sections)]
    assert margin(vectors[0], vectors[1], texts) > before + 0.1


def test_the_copy_imitates_first_then_the_teacher_is_tuned_and_followed(
    teacher: Path, texts: SentenceTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[int, Stage]] = []
    wanted: list[torch.Tensor] = []

    def recorded(network: SentenceNetwork, loss: Callable[[], torch.Tensor], stage: Stage) -> None:
        done.append((len(network.layers), stage))
        optimise(network, loss, stage)

    def noted(imitation: Imitation, network: SentenceNetwork) -> None:
        follow(imitation, network)
        wanted.append(network.words.weight.detach().clone())

    def checked(network: SentenceNetwork, texts: TaskTexts, sampler: Sampler, recipe: Recipe) -> None:
        assert texts.questions.opening == 1 + len(["▁que", "ry", ":"])
        assert texts.articles.opening == 1 + len(["▁passage", ":"])
        tune(network, texts, sampler, recipe)

    follow = Imitation.follow
    monkeypatch.setattr(sentence_stages, "tune", checked)
    monkeypatch.setattr(sentence_stages, "optimise", recorded)
    monkeypatch.setattr(Imitation, "follow", noted)
    recipe = dataclasses.replace(RECIPE, layers=(1,))
    distilled = Distilled(texts, teacher, device=CPU, recipe=recipe)
    once, again = (distilled.train(texts).state_dict() for _ in range(2))
    assert done == [(1, recipe.distilling), *[(2, recipe.tuning), (1, recipe.following)] * 2]
    assert not torch.equal(wanted[0], wanted[1])
    assert torch.equal(wanted[1], wanted[2]), "the second encoder begins where the first one did"
    assert once.keys() == again.keys()


def test_the_same_seed_makes_the_same_encoder(teacher: Path, texts: SentenceTexts) -> None:
    stage = Stage(steps=3, learning_rate=5e-3, warm_up=2)
    recipe = dataclasses.replace(RECIPE, distilling=stage, tuning=stage, following=stage)
    first, second = (Distilled(texts, teacher, device=CPU, recipe=recipe).train(texts).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_command_writes_an_encoder_and_one_without_the_questions_of_each_fold(
    teacher: Path,
    guides: list[Document],
    training_data: TrainingData,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    learnt: list[SentenceTexts] = []

    class Short(Distilled):
        def __init__(self, texts: SentenceTexts, teacher_folder: Path, *, device: torch.device) -> None:
            stage = Stage(steps=1, learning_rate=1e-3, warm_up=1)
            recipe = dataclasses.replace(RECIPE, distilling=stage, tuning=stage, following=stage)
            super().__init__(texts, teacher_folder, device=device, recipe=recipe)

        def train(self, texts: SentenceTexts) -> SentenceNetwork:
            learnt.append(texts)
            return super().train(texts)

    monkeypatch.setattr(sentences, "Distilled", Short)
    monkeypatch.setattr(sentences, "shipped_documents", lambda: guides)
    monkeypatch.setattr(sentences, "frequent_words", lambda: words)
    monkeypatch.setattr(sentences, "read_training_data", lambda bench, **_: training_data)
    places = ["--out", str(tmp_path / "all"), "--folds", str(tmp_path)]
    monkeypatch.setattr(
        "sys.argv", ["sentences", "--teacher", str(teacher), "--bench", "x", "--device", "cpu", *places]
    )
    sentences.main()
    for name in ("all", *(f"fold-{fold}" for fold in range(FOLDS))):
        assert SentenceEncoder.open(tmp_path / name).encode(["商标"]).shape == (1, 16)
    everything, *folds = [set(each.sections.questions) for each in learnt]
    assert len(everything) == 24
    for fold, questions in enumerate(folds):
        held = {default_analyzer().normalise(question.query) for question in hold_out(guides, fold, TODAY)[1]}
        assert questions == everything - held
