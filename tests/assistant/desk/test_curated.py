from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.curated import CuratedAnswers
from assistant.desk.curated_records import CuratedSource, CuratedState, CuratedText
from assistant.errors import ConflictError, ForbiddenError, NotFoundError, QueryError, StaleVersionError
from corpus.database import Database
from corpus.records import Kind, Status

OUTSIDE = CuratedSource(title="市局内部通知", reference="通知第3号")
CONTENT = CuratedText(
    question="周六能去窗口办商标吗",
    text="不能，周六窗口不上班。",
    sources=(OUTSIDE,),
    review_due=dt.date(2027, 5, 1),
    similar=("礼拜六窗口开门吗",),
    negative=("税务窗口周六上班吗",),
    topic="窗口",
)


@pytest.fixture
def curated(database: Database, audit: Audit, clock: Any) -> CuratedAnswers:
    return CuratedAnswers(database=database, audit=audit, now=clock)


def test_a_draft_becomes_an_approved_answer_with_an_editor_and_a_date(
    curated: CuratedAnswers, clerk: Actor, editor: Actor, clock: Any
) -> None:
    draft = curated.create(clerk, CONTENT, ticket_id="t1")
    assert (draft.state, draft.owner, draft.ticket_id) == (CuratedState.DRAFT, clerk.account_id, "t1")
    approved = curated.approve(editor, draft.curated_id, version=1)
    assert (approved.state, approved.approved_by, approved.approved_at) == (
        CuratedState.APPROVED, editor.account_id, clock()
    )  # fmt: skip
    assert curated.approved() == [curated.get(draft.curated_id)] == [approved]


def test_a_clerk_cannot_approve_or_withdraw(curated: CuratedAnswers, clerk: Actor, editor: Actor) -> None:
    draft = curated.create(clerk, CONTENT)
    with pytest.raises(ForbiddenError):
        curated.approve(clerk, draft.curated_id, version=1)
    curated.approve(editor, draft.curated_id, version=1)
    with pytest.raises(ForbiddenError):
        curated.withdraw(clerk, draft.curated_id, version=2)


def test_an_edit_must_be_approved_again_and_the_old_text_stays_on_record(
    curated: CuratedAnswers, clerk: Actor, editor: Actor
) -> None:
    draft = curated.create(clerk, CONTENT)
    curated.approve(editor, draft.curated_id, version=1)
    edited = curated.edit(clerk, draft.curated_id, version=2, content=replace(CONTENT, text="能，上午有人。"))
    assert edited.state is CuratedState.DRAFT
    assert curated.approved() == []
    assert curated.get(draft.curated_id).content.text == "能，上午有人。"
    assert curated.get(draft.curated_id, approved=True).content.text == CONTENT.text
    curated.approve(editor, draft.curated_id, version=3)
    assert curated.get(draft.curated_id, approved=True).content.text == "能，上午有人。"


def test_two_editors_cannot_overwrite_each_other(curated: CuratedAnswers, clerk: Actor, editor: Actor) -> None:
    draft = curated.create(clerk, CONTENT)
    curated.edit(clerk, draft.curated_id, version=1, content=replace(CONTENT, topic="时间"))
    for late in (
        lambda: curated.edit(editor, draft.curated_id, version=1, content=CONTENT),
        lambda: curated.approve(editor, draft.curated_id, version=1),
        lambda: curated.withdraw(editor, draft.curated_id, version=1),
    ):
        with pytest.raises(StaleVersionError):
            late()
    assert curated.get(draft.curated_id).content.topic == "时间"


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""}, {"question": "长" * 201}, {"text": "  "}, {"text": "长" * 1201},
        {"similar": tuple(f"问法{number}" for number in range(41))}, {"similar": ("长" * 201,)},
        {"negative": ("周六能去窗口办商标吗",)}, {"sources": (OUTSIDE,) * 6},
        {"valid_from": dt.date(2027, 1, 2), "valid_until": dt.date(2027, 1, 1)},
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_an_answer(curated: CuratedAnswers, clerk: Actor, change: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        curated.create(clerk, replace(CONTENT, **change))


def test_an_answer_without_a_source_stays_a_draft(curated: CuratedAnswers, clerk: Actor, editor: Actor) -> None:
    draft = curated.create(clerk, replace(CONTENT, sources=()))
    with pytest.raises(QueryError, match="依据"):
        curated.approve(editor, draft.curated_id, version=1)


def test_an_expired_answer_cannot_be_approved_but_its_last_day_counts(curated: CuratedAnswers, editor: Actor) -> None:
    today = dt.date(2026, 11, 23)
    over = curated.create(editor, replace(CONTENT, valid_until=today - dt.timedelta(days=1)))
    with pytest.raises(ConflictError):
        curated.approve(editor, over.curated_id, version=1)
    last_day = curated.create(editor, replace(CONTENT, valid_until=today))
    assert curated.approve(editor, last_day.curated_id, version=1).state is CuratedState.APPROVED


def test_what_is_withdrawn_can_be_approved_again(curated: CuratedAnswers, editor: Actor) -> None:
    draft = curated.create(editor, CONTENT)
    curated.approve(editor, draft.curated_id, version=1)
    with pytest.raises(ConflictError):
        curated.approve(editor, draft.curated_id, version=2)
    curated.withdraw(editor, draft.curated_id, version=2)
    with pytest.raises(ConflictError):
        curated.withdraw(editor, draft.curated_id, version=3)
    assert curated.approved() == []
    assert curated.approve(editor, draft.curated_id, version=3).state is CuratedState.APPROVED


def test_review_takes_back_approved_answers_only_and_says_why(
    curated: CuratedAnswers, editor: Actor, audit: Audit
) -> None:
    live = curated.create(editor, CONTENT)
    curated.approve(editor, live.curated_id, version=1)
    draft = curated.create(editor, CONTENT)
    reason = "source g1#fee is gone"
    assert curated.send_to_review({live.curated_id: reason, draft.curated_id: reason}) == 1
    found = curated.get(live.curated_id)
    assert (found.state, found.reason) == (CuratedState.REVIEW, reason)
    entries, _ = audit.entries(record_id=live.curated_id)
    assert (entries[0].actor, entries[0].action) == ("system", "curated.review")


def test_the_revision_changes_with_every_change(curated: CuratedAnswers, editor: Actor) -> None:
    seen = [curated.revision()]
    draft = curated.create(editor, CONTENT)
    seen.append(curated.revision())
    curated.approve(editor, draft.curated_id, version=1)
    seen.append(curated.revision())
    curated.send_to_review({draft.curated_id: "x"})
    seen.append(curated.revision())
    assert len(set(seen)) == 4


def test_personal_numbers_and_leftover_markers_are_taken_out(curated: CuratedAnswers, editor: Actor) -> None:
    content = replace(
        CONTENT, question="13812345678的商标", text="找小张 13812345678，座机 0475-8836600。[1] 见通知 [12]。",
        similar=("152301199001011234 怎么办",),
    )  # fmt: skip
    stored = curated.create(editor, content).content
    assert stored.text == "找小张 [手机号]，座机 0475-8836600。 见通知。".replace("。 见", "。 见")
    assert (stored.question, stored.similar) == ("[手机号]的商标", ("[身份证号] 怎么办",))


def test_finds_by_state_and_words(curated: CuratedAnswers, editor: Actor) -> None:
    first = curated.create(editor, CONTENT)
    second = curated.create(editor, replace(CONTENT, question="专利费减几折", text="按规定减缴。"))
    curated.approve(editor, first.curated_id, version=1)
    assert [each.curated_id for each in curated.find(state=CuratedState.DRAFT)[0]] == [second.curated_id]
    assert [each.curated_id for each in curated.find(words="减缴")[0]] == [second.curated_id]
    assert curated.find(page_size=1)[1] == 2


def test_is_a_document_whose_life_ends_when_it_is_no_longer_approved(curated: CuratedAnswers, editor: Actor) -> None:
    today = dt.date(2026, 11, 23)
    draft = curated.create(editor, replace(CONTENT, valid_from=today, valid_until=dt.date(2026, 12, 31)))
    approved = curated.approve(editor, draft.curated_id, version=1).as_document()
    assert approved.kind is Kind.CURATED
    assert [approved.status(today + dt.timedelta(days=days)) for days in (-1, 0, 38, 39)] == [
        Status.FUTURE, Status.CURRENT, Status.CURRENT, Status.REPEALED
    ]  # fmt: skip
    assert curated.withdraw(editor, draft.curated_id, version=2).as_document().status(today) is Status.REPEALED


def test_a_draft_that_was_never_approved_is_nobodys_document(curated: CuratedAnswers, editor: Actor) -> None:
    draft = curated.create(editor, CONTENT)
    with pytest.raises(NotFoundError):
        curated.get(draft.curated_id, approved=True)
    with pytest.raises(NotFoundError):
        curated.get("unknown")
