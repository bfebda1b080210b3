from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.writer import ExtractiveWriter
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.curated import CuratedAnswers
from assistant.desk.curated_records import CuratedAnswer, CuratedSource, CuratedState, CuratedText
from assistant.desk.shelf import Shelf
from assistant.errors import NotFoundError
from assistant.indexes import Indexes
from assistant.question_chain import Rules
from assistant.replies import Answer, Handoff
from assistant.service import Assistant
from assistant.sessions import Conversations
from assistant.understanding import Understander
from corpus.database import Database
from corpus.records import Document, Facet, Kind, Passage, Status
from index.embedder import load_embedder
from index.store import IndexStore
from index.terms import default_analyzer

TODAY = dt.date(2026, 11, 23)
FEE = Passage(
    "guide-a#fee",
    "guide-a",
    "收多少钱",
    "商标注册 › 收多少钱",
    "一个类别网上申请收270元。",
    0,
    Facet.FEE,
    ("商标注册多少钱",),
)
GUIDE = Document("guide-a", "商标注册怎么办", Kind.GUIDE, effective_date=dt.date(2020, 1, 1), passages=(FEE,))
OTHER = Document(
    "guide-b", "专利年费怎么交", Kind.GUIDE,
    passages=(Passage("guide-b#time", "guide-b", "多长时间", "专利年费 › 多长时间", "每年交一次。", 0, Facet.TIME, ("专利年费多久交一次",)),),
)  # fmt: skip
CONTENT = CuratedText(
    question="合作社注册商标有没有补贴", text="现在没有补贴，只收官费。",
    sources=(CuratedSource("窗口答复", reference="工单"),), review_due=dt.date(2027, 5, 1),
    similar=("合作社注册商标给不给补贴",), negative=("公司注册商标有没有补贴",),
)  # fmt: skip


class World:
    """A small corpus, an index over it and the assistant, all real; ``documents`` and ``today`` can be changed."""

    def __init__(self, *, folder: Path, database: Database, audit: Audit, conversations: Conversations) -> None:
        self.documents = [GUIDE, OTHER]
        self.today = TODAY
        self.indexes = Indexes(
            store=IndexStore(folder), embedder=load_embedder(embedding_model=None), documents=lambda: self.documents
        )
        self.indexes.build()
        self.curated = CuratedAnswers(database=database, audit=audit)
        self.shelf = Shelf(answers=self.curated, today=lambda: self.today)
        self.assistant = Assistant(
            indexes=self.indexes, understander=Understander(normalise=default_analyzer().normalise),
            writer=ExtractiveWriter(), conversations=conversations, rules=Rules(), shelf=self.shelf,
            today=lambda: self.today,
        )  # fmt: skip

    def publish(self, editor: Actor, content: CuratedText = CONTENT) -> CuratedAnswer:
        draft = self.curated.create(editor, content)
        return self.curated.approve(editor, draft.curated_id, version=draft.version)

    def reply(self, query: str, as_of: dt.date | None = None) -> object:
        return self.assistant.ask(query, as_of=as_of).reply

    def is_curated(self, query: str, as_of: dt.date | None = None) -> bool:
        reply = self.reply(query, as_of)
        return isinstance(reply, Answer) and reply.curated_id is not None

    def state(self, answer: CuratedAnswer) -> CuratedState:
        return self.curated.get(answer.curated_id).state


@pytest.fixture
def world(tmp_path: Path, database: Database, audit: Audit, conversations: Conversations) -> World:
    return World(folder=tmp_path, database=database, audit=audit, conversations=conversations)


@pytest.fixture
def on_fee(world: World) -> CuratedText:
    return replace(CONTENT, sources=(world.shelf.source("guide-a#fee", world.indexes.current()),))


def test_an_approved_answer_is_given_to_the_next_visitor_with_its_source(
    world: World, editor: Actor, on_fee: CuratedText
) -> None:
    assert isinstance(world.reply(CONTENT.question), Handoff)
    answer = world.publish(editor, on_fee)
    reply = world.reply(CONTENT.question)
    assert isinstance(reply, Answer)
    assert reply.curated_id == answer.curated_id
    assert reply.text.startswith("现在没有补贴，只收官费。 [1]")
    assert "《商标注册怎么办》收多少钱 [2]" in reply.text
    assert [(each.marker, each.passage_id, each.quote) for each in reply.citations] == [
        (1, f"{answer.document_id}#answer", CONTENT.text), (2, "guide-a#fee", FEE.text)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("合作社注册商标有没有补贴？", True), ("请问合作社注册商标给补贴不", True), ("合作社注册商标给不给补贴", True),
        ("公司注册商标有没有补贴", False), ("公司注册商标有没有补贴呀", False), ("商标注册多少钱", False),
        ("专利年费多久交一次", False), ("今天天气怎么样", False),
    ],
)  # fmt: skip
def test_is_found_for_its_questions_and_never_for_those_it_must_not_answer(
    world: World, editor: Actor, query: str, found: bool
) -> None:
    world.publish(editor)
    assert world.is_curated(query) is found


def test_a_negative_question_bars_its_own_answer_only(world: World, editor: Actor) -> None:
    world.publish(editor)
    companies = replace(CONTENT, question="公司注册商标有没有补贴", similar=(), negative=(), text="公司也没有。")
    world.publish(editor, companies)
    reply = world.reply("公司注册商标有没有补贴")
    assert isinstance(reply, Answer)
    assert reply.text.startswith("公司也没有。")


def test_a_nearer_question_of_the_corpus_wins(world: World, editor: Actor) -> None:
    world.publish(editor, replace(CONTENT, question="商标注册续展多少钱", similar=(), negative=()))
    assert not world.is_curated("商标注册多少钱")
    assert world.is_curated("商标注册续展多少钱")


def test_drafts_and_withdrawn_answers_are_never_found(world: World, editor: Actor) -> None:
    draft = world.curated.create(editor, CONTENT)
    assert not world.is_curated(CONTENT.question)
    world.curated.approve(editor, draft.curated_id, version=1)
    assert world.is_curated(CONTENT.question)
    world.curated.withdraw(editor, draft.curated_id, version=2)
    assert not world.is_curated(CONTENT.question)


def test_is_found_from_its_first_to_its_last_day_and_then_waits_for_review(world: World, editor: Actor) -> None:
    first, last = TODAY + dt.timedelta(days=2), TODAY + dt.timedelta(days=10)
    answer = world.publish(editor, replace(CONTENT, valid_from=first, valid_until=last))
    assert not world.is_curated(CONTENT.question)
    assert world.is_curated(CONTENT.question, first)
    assert not world.is_curated(CONTENT.question, last + dt.timedelta(days=1))
    assert world.state(answer) is CuratedState.APPROVED
    world.today = last
    assert world.is_curated(CONTENT.question)
    world.today = last + dt.timedelta(days=1)
    assert not world.is_curated(CONTENT.question)
    assert world.state(answer) is CuratedState.REVIEW


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda guide: [replace(guide, repealed_date=TODAY)], "is repealed"),
        (lambda guide: [replace(guide, passages=(replace(FEE, text="一个类别收300元。"),))], "reads differently"),
        (lambda guide: [replace(guide, passages=())], "is gone"),
        (lambda _: [], "is gone"),
    ],
)
def test_waits_for_review_as_soon_as_the_text_it_cites_is_replaced(
    world: World, editor: Actor, on_fee: CuratedText, change: Callable[[Document], list[Document]], reason: str
) -> None:
    answer = world.publish(editor, on_fee)
    assert world.is_curated(CONTENT.question)
    world.documents = [*change(GUIDE), OTHER]
    world.indexes.build()
    assert not world.is_curated(CONTENT.question)
    found = world.curated.get(answer.curated_id)
    assert found.state is CuratedState.REVIEW
    assert reason in (found.reason or "")


def test_a_text_repealed_tomorrow_still_holds_today(world: World, editor: Actor, on_fee: CuratedText) -> None:
    answer = world.publish(editor, on_fee)
    tomorrow = TODAY + dt.timedelta(days=1)
    world.documents = [replace(GUIDE, repealed_date=tomorrow), OTHER]
    world.indexes.build()
    assert world.is_curated(CONTENT.question)
    assert not world.is_curated(CONTENT.question, tomorrow)
    assert world.state(answer) is CuratedState.APPROVED
    world.today = tomorrow
    assert world.shelf.sweep(world.indexes.current()) == 1
    assert world.state(answer) is CuratedState.REVIEW


def test_a_change_elsewhere_in_the_corpus_changes_nothing(world: World, editor: Actor, on_fee: CuratedText) -> None:
    answer = world.publish(editor, on_fee)
    world.documents = [GUIDE]
    world.indexes.build()
    assert world.is_curated(CONTENT.question)
    assert world.state(answer) is CuratedState.APPROVED


def test_another_process_that_approves_is_noticed(world: World, editor: Actor, database: Database) -> None:
    assert not world.is_curated(CONTENT.question)
    elsewhere = CuratedAnswers(database=Database(database.url), audit=Audit(database=Database(database.url)))
    draft = elsewhere.create(editor, CONTENT)
    elsewhere.approve(editor, draft.curated_id, version=1)
    assert world.is_curated(CONTENT.question)


def test_one_of_several_questions_may_be_answered_by_the_desk(world: World, editor: Actor) -> None:
    world.publish(editor)
    reply = world.reply("专利年费多久交一次？合作社注册商标有没有补贴？")
    assert isinstance(reply, Answer)
    assert [each.marker for each in reply.citations] == [1, 2]
    assert "现在没有补贴，只收官费。 [2]" in reply.text


def test_can_be_opened_as_a_document_even_after_it_was_withdrawn(world: World, editor: Actor) -> None:
    answer = world.publish(editor)
    assert world.shelf.document(answer.document_id).status(TODAY) is Status.CURRENT
    world.curated.withdraw(editor, answer.curated_id, version=2)
    document = world.shelf.document(answer.document_id)
    assert document.passages[0].text == CONTENT.text
    for unknown in ("curated-unknown", "guide-a"):
        with pytest.raises(NotFoundError):
            world.shelf.document(unknown)
    with pytest.raises(NotFoundError):
        world.shelf.source("guide-a#nothing", world.indexes.current())
