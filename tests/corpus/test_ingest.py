import datetime as dt
import io

import docx
import pytest

from corpus.errors import BrokenFileError, EmptyFileError, FileTooLargeError, UnsafeArchiveError, UnsupportedFormatError
from corpus.ingest import Outcome, ingest
from corpus.readers.base import MIB, Limits

GUIDE = """---
id: gi-basics
kind: guide
title: 地标怎么办
topic: 地理标志
---
## 谁能办
由县级以上政府提出。{more}

来源：《地理标志产品保护办法》第九条
"""
NOTICE = "关于开展第{n}次地理标志保护工作的通知\n各旗县市区要加强地理标志专用标志使用管理，依法查处侵权行为。\n2026年5月{n}日\n"


def outcomes(report):
    return [file.outcome.value for file in report.files]


def names(report):
    return [file.name.rsplit("/", 1)[-1] for file in report.files]


def test_a_folder_is_taken_in_with_all_below_it(tmp_path, library):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "b.txt").write_text(NOTICE.format(n=1), encoding="utf-8")
    (tmp_path / "in" / "deep" / "a.md").write_text(GUIDE.format(more=""), encoding="utf-8")
    report = ingest([tmp_path / "in"], library=library)
    assert outcomes(report) == ["added", "added"]
    assert report.changed
    assert report.files[1].document_id == "gi-basics"
    assert report.files[1].passages == 1
    assert {d.document_id for d in library.documents_in_library()} == {file.document_id for file in report.files}


def test_what_is_no_document_is_passed_over_in_folders(tmp_path, library):
    for name in (".hidden", "~$lock.docx", "README.md", "Thumbs.db", ".git/config"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(NOTICE.format(n=1), encoding="utf-8")
    assert ingest([tmp_path / "in"], library=library).files == ()


def test_content_that_is_here_already_is_not_read_again(tmp_path, library, monkeypatch):
    (tmp_path / "a.txt").write_text(NOTICE.format(n=1), encoding="utf-8")
    ingest([tmp_path / "a.txt"], library=library)
    (tmp_path / "renamed.txt").write_text(NOTICE.format(n=1), encoding="utf-8")
    monkeypatch.setattr("corpus.ingest.read_document", lambda *args, **kwargs: pytest.fail("it was read again"))
    report = ingest([tmp_path / "renamed.txt"], library=library)
    assert outcomes(report) == ["unchanged"]
    assert not report.changed


def test_newer_readers_read_the_same_content_again(tmp_path, library, monkeypatch):
    (tmp_path / "a.md").write_text(GUIDE.format(more=""), encoding="utf-8")
    ingest([tmp_path / "a.md"], library=library)
    monkeypatch.setattr("corpus.ingest.READER_VERSION", 1_000_000)
    assert outcomes(ingest([tmp_path / "a.md"], library=library)) == ["unchanged"]
    assert len(library.versions("gi-basics")) == 1


def test_changed_content_becomes_a_new_version(tmp_path, library):
    path = tmp_path / "a.md"
    path.write_text(GUIDE.format(more=""), encoding="utf-8")
    ingest([path], library=library)
    path.write_text(GUIDE.format(more="个人不能自己报。"), encoding="utf-8")
    assert outcomes(ingest([path], library=library)) == ["updated"]
    assert len(library.versions("gi-basics")) == 2
    assert "个人不能" in library.get("gi-basics").passages[0].text


def test_bad_files_are_named_with_their_reason_and_the_rest_goes_on(tmp_path, library, make_zip):
    files = {
        "1-empty.txt": b"",
        "2-bomb.docx": make_zip({"[Content_Types].xml": b"", "word/document.xml": b"\0" * 30 * MIB}),
        "3-broken.docx": make_zip({"[Content_Types].xml": b"", "word/other.xml": b""}),
        "4-picture.png": b"\x89PNG\r\n\x1a\n",
        "5-large.txt": b"a" * 2 * MIB,
        "6-good.txt": NOTICE.format(n=1).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    report = ingest([tmp_path], library=library, limits=Limits(max_bytes=MIB))
    assert names(report) == list(files)
    assert [type(file.error) for file in report.failures] == [
        EmptyFileError,
        UnsafeArchiveError,
        BrokenFileError,
        UnsupportedFormatError,
        FileTooLargeError,
    ]
    assert all(str(file.error).startswith("found") for file in report.failures)
    assert report.files[-1].outcome is Outcome.ADDED
    assert len(library.list()) == 1


def test_a_file_that_cannot_be_opened_is_named(tmp_path, library, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text(NOTICE.format(n=1), encoding="utf-8")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    assert "Permission denied" in str(ingest([path], library=library).failures[0].error)


def test_an_archive_is_taken_in_file_by_file(tmp_path, library, make_zip):
    stream = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("关于商标工作的通知")
    document.add_paragraph("各单位要加强商标保护工作，落实各项措施。")
    document.save(stream)
    path = tmp_path / "all.zip"
    entries = {"a/1.txt": NOTICE.format(n=1).encode(), "a/2.docx": stream.getvalue(), "a/3.bin": b"\0\1\2"}
    entries |= {"a/4.zip": make_zip({"x.txt": b"x"}), "__MACOSX/5": b"x", "a/.6": b"x"}
    path.write_bytes(make_zip(entries))
    report = ingest([path], library=library)
    assert names(report) == ["1.txt", "2.docx", "3.bin", "4.zip"]
    assert outcomes(report) == ["added", "added", "failed", "failed"]
    assert "archive inside an archive" in str(report.files[3].error)


def test_an_unsafe_archive_is_refused_whole(tmp_path, library, make_zip):
    (tmp_path / "a.zip").write_bytes(make_zip({"good.txt": NOTICE.format(n=1).encode(), "../../evil.txt": b"x"}))
    report = ingest([tmp_path / "a.zip"], library=library)
    assert [type(file.error) for file in report.files] == [UnsafeArchiveError]
    assert library.list() == []
    assert not (tmp_path.parent / "evil.txt").exists()


def test_the_same_document_twice_in_one_batch_is_taken_in_once(tmp_path, library):
    (tmp_path / "1.md").write_text(GUIDE.format(more=""), encoding="utf-8")
    (tmp_path / "2.md").write_text(GUIDE.format(more="另一版。"), encoding="utf-8")
    for expected in (["added", "duplicate"], ["unchanged", "duplicate"]):
        report = ingest([tmp_path], library=library)
        assert outcomes(report) == expected
        assert "1.md" in str(report.files[1].error)
    assert len(library.versions("gi-basics")) == 1


def test_a_newer_version_of_a_policy_supersedes_the_older(tmp_path, library):
    text = "通辽市专利资助办法\n第一条 甲。\n第二条 乙。\n第三条 本办法自{year}年1月1日起施行。"
    for year in (2024, 2027):
        (tmp_path / f"{year}.txt").write_text(text.format(year=year), encoding="utf-8")
    ingest([tmp_path], library=library)
    lives = [(d.effective_date, d.repealed_date) for d in library.documents_in_library()]
    assert lives == [(dt.date(2024, 1, 1), dt.date(2027, 1, 1)), (dt.date(2027, 1, 1), None)]


def test_progress_is_told_before_each_file(tmp_path, library):
    for number in range(1, 4):
        (tmp_path / f"{number}.txt").write_text(NOTICE.format(n=number), encoding="utf-8")
    told = []
    ingest([tmp_path], library=library, progress=lambda name, number, total: told.append((name[-5:], number, total)))
    assert told == [("1.txt", 1, 3), ("2.txt", 2, 3), ("3.txt", 3, 3)]


def test_stopping_in_the_middle_keeps_what_was_done(tmp_path, library):
    for number in range(1, 4):
        (tmp_path / f"{number}.txt").write_text(NOTICE.format(n=number), encoding="utf-8")

    def stop_at_three(name, number, total):
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([tmp_path], library=library, progress=stop_at_three)
    assert len(library.list()) == 2
    assert outcomes(ingest([tmp_path], library=library)) == ["unchanged", "unchanged", "added"]


def test_a_path_that_does_not_exist_is_an_error_before_anything_is_taken_in(tmp_path, library):
    (tmp_path / "a.txt").write_text(NOTICE.format(n=1), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match="no-such"):
        ingest([tmp_path / "a.txt", tmp_path / "no-such"], library=library)
    assert library.list() == []
