"""Texts that come with the product, changed at the desk: withdrawn, restored, superseded, replaced."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import wiring
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.documents import Holdings
from assistant.desk.release import Deed, go_live, rehearse_deed
from assistant.desk.shipped import ShippedTexts
from assistant.errors import ForbiddenError, NotFoundError, QueryError, StaleVersionError
from assistant.replies import Answer, Reply
from assistant.settings import Settings
from assistant.wiring import Components
from corpus.database import Database
from corpus.library import Library
from corpus.records import Document, Kind, Passage
from corpus.shipped import shipped_documents


def guide(name: str, text: str = "交270元。") -> Document:
    passage = Passage(f"{name}#fee", name, "收多少钱", name, text, 0)
    return Document(name, f"{name}怎么办", Kind.GUIDE, effective_date=dt.date(2020, 1, 1), passages=(passage,))


@pytest.fixture
def shipped(database: Database, audit: Audit, clock: Any) -> ShippedTexts:
    return ShippedTexts(database=database, audit=audit, read=lambda: (guide("fees"), guide("marks")), now=clock)


@pytest.fixture
def library(database: Database, tmp_path: Path) -> Library:
    return Library(database=database, files_dir=tmp_path / "documents")


@pytest.fixture
def holdings(database: Database, audit: Audit, library: Library, shipped: ShippedTexts) -> Holdings:
    return Holdings(database=database, library=library, shipped=shipped, audit=audit)


def in_use(shipped: ShippedTexts) -> list[str]:
    return [document.document_id for document in shipped.documents()]


def test_is_withdrawn_and_restored_by_an_editor_who_saw_its_state(
    holdings: Holdings, shipped: ShippedTexts, editor: Actor, clerk: Actor, audit: Audit
) -> None:
    assert in_use(shipped) == ["fees", "marks"]
    held = holdings.get("fees")
    assert (held.shipped, held.number, held.version) == (True, 0, 0)
    with pytest.raises(ForbiddenError):
        holdings.withdraw(clerk, "fees", version=0)
    withdrawn = holdings.withdraw(editor, "fees", version=0)
    assert withdrawn.withdrawn_at is not None
    assert in_use(shipped) == ["marks"]
    with pytest.raises(StaleVersionError):
        holdings.restore(editor, "fees", version=0)
    holdings.restore(editor, "fees", version=withdrawn.version)
    assert in_use(shipped) == ["fees", "marks"]
    deeds = [entry.action for entry in audit.entries(record_id="fees")[0]]
    assert deeds == ["document.restore", "document.withdraw"]
    with pytest.raises(NotFoundError):
        holdings.withdraw(editor, "nothing", version=0)


def test_is_superseded_from_a_day_on_and_keeps_its_passages(
    holdings: Holdings, shipped: ShippedTexts, editor: Actor
) -> None:
    with pytest.raises(QueryError, match="这样改不行"):
        holdings.amend(editor, "fees", version=0, changes={"repealed_date": dt.date(2019, 1, 1)})
    changes = {"repealed_date": dt.date(2027, 1, 1), "replaced_by": "new-fees"}
    holdings.amend(editor, "fees", version=0, changes=changes)
    (fees, _marks) = shipped.documents()
    assert (fees.repealed_date, fees.replaced_by) == (dt.date(2027, 1, 1), "new-fees")
    assert fees.passages == guide("fees").passages
    holdings.amend(editor, "fees", version=1, changes={"repealed_date": None, "replaced_by": None})
    assert next(shipped.documents()) == guide("fees")


def test_a_document_of_the_library_takes_the_place_of_the_shipped_one_even_when_it_is_withdrawn(
    holdings: Holdings, shipped: ShippedTexts, library: Library, editor: Actor
) -> None:
    library.add(replace(guide("fees", "交300元。"), sha256="1"))
    held = holdings.get("fees")
    assert (held.shipped, held.number) == (False, 1)
    assert in_use(shipped) == ["marks"]
    changes = holdings.newest_changes("fees")
    assert changes is not None
    assert "".join(piece.text for piece in changes.passages[0].pieces if piece.change == "added") == "300"
    holdings.withdraw(editor, "fees", version=held.version)
    assert in_use(shipped) == ["marks"]
    assert [(each.document.document_id, each.shipped) for each in holdings.list()] == [("fees", False), ("marks", True)]


def test_what_an_upload_would_change_is_shown_against_the_text_in_use(holdings: Holdings) -> None:
    changes = holdings.changes_of(guide("fees", "交300元。"))
    assert changes is not None
    assert [change.locator for change in changes.passages] == ["收多少钱"]
    assert holdings.changes_of(guide("new")) is None


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Components]:
    """Return the product as it is wired, over the shipped corpus."""
    folder = tmp_path_factory.mktemp("whole")
    golden = {"id": "1", "group": "fees", "turns": ["商标注册多少钱"], "kind": "answer", "must": [], "must_not": []}
    (folder / "golden.jsonl").write_text(json.dumps(golden, ensure_ascii=False), encoding="utf-8")
    parts = wiring.build(Settings(data_dir=folder, golden_questions=folder / "golden.jsonl"))
    parts.indexes.ensure()
    yield parts
    parts.database.close()


def test_a_withdrawal_is_rehearsed_reaches_the_answers_and_can_be_taken_back(whole: Components, editor: Actor) -> None:
    question, document_id = _some_question()

    def reply() -> Reply:
        return whole.assistant().ask(question).reply

    before = reply()
    assert isinstance(before, Answer)
    assert before.citations[0].document_id == document_id
    found = rehearse_deed(whole, editor, Deed.WITHDRAW, document_id)
    changed = {each.question: each for each in found.changed}
    assert changed[question].before.text == before.text
    assert reply().text == before.text
    withdrawn = whole.desk.holdings.withdraw(editor, document_id, version=0)
    go_live(whole)
    assert reply().text == changed[question].after.text != before.text
    again = rehearse_deed(whole, editor, Deed.RESTORE, document_id)
    assert before.text in [each.after.text for each in again.changed]
    whole.desk.holdings.restore(editor, document_id, version=withdrawn.version)
    go_live(whole)
    assert reply().text == before.text


def test_an_amendment_is_rehearsed_and_nothing_of_it_stays(whole: Components, editor: Actor, clerk: Actor) -> None:
    question, document_id = _some_question()
    repealed = {"repealed_date": dt.date(2026, 11, 1)}
    found = rehearse_deed(whole, editor, Deed.AMEND, document_id, repealed)
    assert question in [each.question for each in found.changed]
    assert whole.desk.holdings.get(document_id).document.repealed_date is None
    with pytest.raises(ForbiddenError):
        rehearse_deed(whole, clerk, Deed.AMEND, document_id, repealed)
    with pytest.raises(NotFoundError):
        rehearse_deed(whole, editor, Deed.WITHDRAW, "nothing")


def _some_question() -> tuple[str, str]:
    """Return a lay question of a shipped guide, and the guide's id."""
    document = next(each for each in shipped_documents() if each.document_id == "customs-protection")
    passage = next(each for each in document.passages if each.questions)
    return passage.questions[0], document.document_id
