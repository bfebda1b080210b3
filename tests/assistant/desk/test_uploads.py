from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.documents import Holdings
from assistant.desk.file_names import safe_name
from assistant.desk.rehearsal import ChangedReply, Rehearsal, Spoken
from assistant.desk.shipped import ShippedTexts
from assistant.desk.uploads import Uploads, UploadState
from assistant.errors import ConflictError, ForbiddenError, NotFoundError, QueryError, StaleVersionError
from corpus.database import Database
from corpus.library import Addition, Library

NOTHING = Rehearsal(0, ())


def regulation(amount: str = "500元") -> bytes:
    return f"""通辽市市场监督管理局文件
通市监发〔2026〕12号
通辽市合作社商标补贴办法
第一条 为鼓励合作社注册商标，制定本办法。
第二条 合作社注册一个商标，补贴{amount}。
第三条 本办法自2026年3月1日起施行。
通辽市市场监督管理局
2026年2月10日
""".encode()


@pytest.fixture
def library(database: Database, tmp_path: Path) -> Library:
    return Library(database=database, files_dir=tmp_path / "documents")


@pytest.fixture
def shipped() -> set[str]:
    return set()


@pytest.fixture
def uploads(
    database: Database, audit: Audit, library: Library, tmp_path: Path, shipped: set[str], clock: Any
) -> Uploads:
    return Uploads(
        database=database, audit=audit, library=library, folder=tmp_path / "uploads", shipped_ids=lambda: shipped,
        now=clock,
    )  # fmt: skip


@pytest.fixture
def holdings(database: Database, audit: Audit, library: Library) -> Holdings:
    return Holdings(
        database=database,
        library=library,
        audit=audit,
        shipped=ShippedTexts(database=database, audit=audit, read=tuple),
    )


@pytest.fixture
def publish(uploads: Uploads, editor: Actor) -> Callable[[bytes], Addition]:
    def one(data: bytes) -> Addition:
        upload = uploads.take(editor, data, "办法.txt")
        uploads.rehearsed(editor, upload.upload_id, NOTHING)
        return uploads.confirm(editor, upload.upload_id, version=2)

    return one


def test_a_preview_shows_what_was_recognised_and_nothing_is_live(
    uploads: Uploads, library: Library, editor: Actor
) -> None:
    upload = uploads.take(editor, regulation(), "办法.txt")
    document = upload.document
    assert (document.issuer, document.document_number) == ("通辽市市场监督管理局", "通市监发〔2026〕12号")
    assert document.effective_date == dt.date(2026, 3, 1)
    assert [passage.locator for passage in document.passages] == ["第一条", "第二条", "第三条"]
    assert upload.warnings == ()
    assert library.list() == []
    assert uploads.waiting() == [upload]


def test_warns_of_what_was_not_recognised(uploads: Uploads, editor: Actor) -> None:
    warnings = "".join(uploads.take(editor, "请大家周一来开会。".encode(), "通知.txt").warnings)
    for word in ("发文机关", "文号", "日期", "一段"):
        assert word in warnings


def test_is_live_only_after_a_rehearsal_and_a_confirmation(uploads: Uploads, library: Library, editor: Actor) -> None:
    upload = uploads.take(editor, regulation(), "办法.txt")
    with pytest.raises(ConflictError, match="试跑"):
        uploads.confirm(editor, upload.upload_id, version=1)
    changed = ChangedReply("补贴多少", Spoken("handoff", "请找窗口。", ()), Spoken("answer", "500元。", ("law#a2",)))
    rehearsed = uploads.rehearsed(editor, upload.upload_id, Rehearsal(7, (changed,)))
    assert uploads.get(upload.upload_id).rehearsal == rehearsed.rehearsal == Rehearsal(7, (changed,))
    with pytest.raises(StaleVersionError):
        uploads.confirm(editor, upload.upload_id, version=1)
    assert library.list() == []
    assert uploads.confirm(editor, upload.upload_id, version=2) is Addition.ADDED
    assert [entry.document.title for entry in library.list()] == ["通辽市合作社商标补贴办法"]
    assert library.original(upload.document.document_id).read_bytes() == regulation()
    assert uploads.waiting() == []
    with pytest.raises(ConflictError):
        uploads.confirm(editor, upload.upload_id, version=3)


def test_what_visitors_asked_goes_from_a_closed_upload(uploads: Uploads, editor: Actor, database: Database) -> None:
    upload = uploads.take(editor, regulation(), "办法.txt")
    asked = ChangedReply("我的补贴", Spoken("answer", "一", ()), Spoken("answer", "二", ()))
    uploads.rehearsed(editor, upload.upload_id, Rehearsal(1, (asked,)))
    uploads.confirm(editor, upload.upload_id, version=2)
    assert uploads.get(upload.upload_id).rehearsal is None


def test_an_upload_can_be_put_away(uploads: Uploads, library: Library, editor: Actor, tmp_path: Path) -> None:
    upload = uploads.take(editor, regulation(), "办法.txt")
    uploads.discard(editor, upload.upload_id, version=1)
    assert uploads.get(upload.upload_id).state is UploadState.DISCARDED
    assert list((tmp_path / "uploads").iterdir()) == []
    assert library.list() == []


def test_a_clerk_takes_nothing_in(uploads: Uploads, clerk: Actor) -> None:
    with pytest.raises(ForbiddenError):
        uploads.take(clerk, regulation(), "办法.txt")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "empty.txt", "没有文字"), (b"PK\x03\x04broken", "broken.docx", "坏了"),
        (b"%PDF-1.7 broken", "broken.pdf", "读不了"), (b"MZ\x90\x00" + bytes(100), "virus.exe", "读不了"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_clear_sentence(
    uploads: Uploads, editor: Actor, data: bytes, name: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(QueryError, match=said):
        uploads.take(editor, data, name)
    assert not (tmp_path / "uploads").exists()
    assert uploads.waiting() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x", "x"), ("..\\..\\x.docx", "x.docx"), ("/etc/passwd", "passwd"), ("a\x00b\n.txt", "ab.txt"),
        ("", "file"), ("..", "file"), ("通知.docx", "通知.docx"), ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
        ('<script>"x".html', "scriptx.html"), ("C:\\x\\y.pdf", "y.pdf"),
    ],
)  # fmt: skip
def test_a_file_name_leads_nowhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_an_upload_that_takes_the_place_of_a_shipped_text_says_so_first(
    uploads: Uploads, editor: Actor, shipped: set[str], library: Library
) -> None:
    shipped.add(uploads.take(editor, regulation(), "办法.txt").document.document_id)
    upload = uploads.take(editor, regulation(), "办法.txt")
    assert any("自带" in warning for warning in upload.warnings)
    uploads.rehearsed(editor, upload.upload_id, NOTHING)
    assert uploads.confirm(editor, upload.upload_id, version=2) is Addition.ADDED
    assert [entry.document.document_id for entry in library.list()] == list(shipped)


def test_files_of_uploads_that_were_stopped_are_removed(
    uploads: Uploads, editor: Actor, tmp_path: Path, clock: Any
) -> None:
    kept = uploads.take(editor, regulation(), "办法.txt")
    orphan, young = tmp_path / "uploads" / "0123.bin", tmp_path / "uploads" / ".4567.part"
    for path in (orphan, young, tmp_path / "uploads" / f"{kept.upload_id}.bin"):
        path.touch()
    now = clock().timestamp()
    for path, age in ((orphan, 7200), (tmp_path / "uploads" / f"{kept.upload_id}.bin", 7200), (young, 60)):
        os.utime(path, (now - age, now - age))
    other = uploads.take(editor, regulation("800元"), "办法.txt")
    names = {path.name for path in (tmp_path / "uploads").iterdir()}
    assert names == {f"{kept.upload_id}.bin", f"{other.upload_id}.bin", young.name}


def test_an_unknown_upload_is_not_found(uploads: Uploads, editor: Actor) -> None:
    for call in (lambda: uploads.get("x"), lambda: uploads.confirm(editor, "x", version=1)):
        with pytest.raises(NotFoundError):
            call()


def test_a_second_version_can_be_compared_with_the_first(
    publish: Callable[[bytes], Addition], holdings: Holdings
) -> None:
    assert publish(regulation()) is Addition.ADDED
    assert publish(regulation("800元")) is Addition.UPDATED
    assert publish(regulation("800元")) is Addition.UNCHANGED
    (held,) = holdings.list()
    document_id = held.document.document_id
    assert [version.number for version in holdings.versions(document_id)] == [2, 1]
    (change,) = holdings.diff(document_id, old=1, new=2).passages
    assert change.locator == "第二条"
    for call in (lambda: holdings.versions("x"), lambda: holdings.diff(document_id, old=1, new=9)):
        with pytest.raises(NotFoundError):
            call()


def test_is_withdrawn_and_restored_by_an_editor_who_saw_its_state(
    publish: Callable[[bytes], Addition],
    holdings: Holdings,
    library: Library,
    editor: Actor,
    clerk: Actor,
    audit: Audit,
) -> None:
    publish(regulation())
    (held,) = holdings.list()
    document_id = held.document.document_id
    with pytest.raises(ForbiddenError):
        holdings.withdraw(clerk, document_id, version=held.version)
    withdrawn = holdings.withdraw(editor, document_id, version=held.version)
    assert withdrawn.withdrawn_at is not None
    assert library.list() == []
    with pytest.raises(StaleVersionError):
        holdings.restore(editor, document_id, version=held.version)
    restored = holdings.restore(editor, document_id, version=withdrawn.version)
    assert (restored.withdrawn_at, restored.version) == (None, held.version)
    deeds = [entry.action for entry in audit.entries(record_id=document_id)[0]]
    assert deeds == ["document.restore", "document.withdraw"]


def test_is_superseded_by_naming_what_replaces_it(
    publish: Callable[[bytes], Addition], holdings: Holdings, editor: Actor
) -> None:
    publish(regulation())
    (held,) = holdings.list()
    document_id = held.document.document_id
    with pytest.raises(QueryError, match="这样改不行"):
        holdings.amend(editor, document_id, version=held.version, changes={"repealed_date": dt.date(2020, 1, 1)})
    changes = {"repealed_date": dt.date(2026, 12, 1), "replaced_by": "new-rules"}
    amended = holdings.amend(editor, document_id, version=held.version, changes=changes)
    assert (amended.document.repealed_date, amended.document.replaced_by) == (dt.date(2026, 12, 1), "new-rules")
    with pytest.raises(StaleVersionError):
        holdings.amend(editor, document_id, version=held.version, changes={"title": "别的"})
