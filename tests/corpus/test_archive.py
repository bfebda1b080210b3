import io
import struct
import zipfile

import pytest

from corpus.errors import BrokenFileError, EncryptedFileError, FileTooLargeError, UnsafeArchiveError
from corpus.readers.archive import entry_name, open_archive, open_part, read_entry
from corpus.readers.base import MIB, Limits


def check(data: bytes, **limits) -> None:
    with open_archive(data, Limits(**limits)):
        pass


def test_a_bomb_is_refused_by_its_ratio(make_zip):
    with pytest.raises(UnsafeArchiveError, match="times its size"):
        check(make_zip({"a": b"\0" * 20 * MIB}))


def test_a_bomb_is_refused_by_its_total(make_zip):
    with pytest.raises(UnsafeArchiveError, match="unpacked"):
        check(make_zip({"a": b"\0" * 2 * MIB}), max_unpacked_bytes=MIB)


def test_a_small_file_may_shrink_well(make_zip):
    check(make_zip({"a.xml": b"<a/>" * 100_000}))


def test_too_many_entries_are_refused(make_zip):
    with pytest.raises(UnsafeArchiveError, match="found 21 entries"):
        check(make_zip({str(n): b"" for n in range(21)}), max_entries=20)


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/../../b.txt", "/etc/passwd", "C:/a.txt", "..\\a.txt", "a\\..\\..\\b.txt"]
)
def test_names_that_leave_the_folder_are_refused(make_zip, name):
    with pytest.raises(UnsafeArchiveError, match="leaves"):
        check(make_zip({name: b"a"}))


def test_names_with_dots_inside_are_no_reason_to_refuse(make_zip):
    check(make_zip({"a..b/c...txt": b"a"}))


def test_links_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeArchiveError, match="link"):
        check(stream.getvalue())


def test_entries_behind_a_password_are_named(make_zip):
    data = bytearray(make_zip({"a.txt": b"a"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedFileError, match=r"a\.txt"):
        check(bytes(data))


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_states(make_zip):
    data = bytearray(make_zip({"a.txt": b"\0" * 1_000_000}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 10)
    data[22:26] = struct.pack("<I", 10)
    with open_archive(bytes(data), Limits()) as archive, pytest.raises(BrokenFileError):
        read_entry(archive, archive.infolist()[0], Limits())


def test_a_large_part_of_an_office_file_is_refused(make_zip):
    data = make_zip({"word/document.xml": b"a" * 2000})
    limits = Limits(max_part_bytes=1000)
    with (
        open_archive(data, limits) as archive,
        pytest.raises(FileTooLargeError),
        open_part(archive, "word/document.xml", limits),
    ):
        pass


def test_names_written_by_windows_in_gbk_are_read():
    entry = zipfile.ZipInfo("通知.txt".encode("gbk").decode("cp437"))
    assert entry_name(entry) == "通知.txt"


def test_a_cut_off_archive_is_refused(make_zip):
    with pytest.raises(BrokenFileError):
        check(make_zip({"a.txt": b"a" * 1000})[:50])
