import datetime as dt
from dataclasses import replace

import pytest

from corpus.errors import AmendmentError, DocumentNotFoundError
from corpus.held import held
from corpus.library import Addition
from corpus.records import Confidence, Document, Facet, Kind, Passage, Source
from corpus.shipped import shipped_documents

DAY = dt.date(2024, 2, 1)


def a_document(document_id="gi-basics", text="由县级以上政府提出。", **changes):
    passage = Passage(
        f"{document_id}#who", document_id, "谁能办", "地标 › 谁能办", text, 1, Facet.WHO, ("谁能报",), "《办法》第九条"
    )
    whole = Document(
        document_id,
        "地标怎么办",
        Kind.GUIDE,
        aliases=("地标",),
        effective_date=DAY,
        confidence=Confidence.SINGLE_SOURCE,
        sources=(Source("办法", "第80号"),),
        sha256=f"digest of {text}",
        passages=(passage,),
    )
    return replace(whole, **changes)


def a_law(year, **changes):
    start = dt.date(year, 1, 1)
    return a_document(f"law-{year}", title="中华人民共和国商标法", kind=Kind.LAW, effective_date=start, **changes)


def test_a_document_comes_back_as_it_was_added(library):
    assert library.add(a_document()) is Addition.ADDED
    assert library.get("gi-basics") == a_document()
    assert list(library.documents_in_library()) == [a_document()]


def test_the_shipped_documents_come_back_as_they_were_read(library):
    shipped = {document.document_id: document for document in shipped_documents()}
    for document in shipped.values():
        library.add(document)
    assert {document.document_id: document for document in library.documents_in_library()} == shipped


def test_the_same_text_again_is_no_new_version(library):
    library.add(a_document())
    assert library.add(a_document(sha256="other bytes, same text")) is Addition.UNCHANGED
    assert len(library.versions("gi-basics")) == 1
    assert library.get("gi-basics").sha256 == "other bytes, same text"


def test_changed_text_is_a_new_version_and_the_old_one_is_kept(library):
    library.add(a_document())
    assert library.add(a_document(text="改了。")) is Addition.UPDATED
    assert [(version.number, version.current) for version in library.versions("gi-basics")] == [(2, True), (1, False)]
    assert library.get("gi-basics").passages[0].text == "改了。"
    assert library.get("gi-basics", number=1) == a_document()


def test_going_back_to_an_earlier_text_is_a_new_version(library):
    for text in ("甲。", "乙。", "甲。"):
        library.add(a_document(text=text))
    assert library.get("gi-basics").passages[0].text == "甲。"
    assert len(library.versions("gi-basics")) == 3


def test_a_withdrawn_document_is_out_of_use_until_it_is_restored(library):
    library.add(a_document())
    library.withdraw("gi-basics")
    assert library.list() == []
    assert list(library.documents_in_library()) == []
    assert [entry.document.document_id for entry in library.list(withdrawn=True)] == ["gi-basics"]
    assert library.get("gi-basics") == a_document()
    library.restore("gi-basics")
    assert len(library.list()) == 1


def test_a_new_version_of_a_withdrawn_document_stays_withdrawn(library):
    library.add(a_document())
    library.withdraw("gi-basics")
    library.add(a_document(text="改了。"))
    assert library.list() == []


def test_the_original_file_is_kept_by_its_content(library):
    library.add(a_document(), original=b"content", file_name="地标.PDF")
    path = library.original("gi-basics")
    assert path.read_bytes() == b"content"
    assert path.suffix == ".pdf"


def test_a_strange_suffix_does_not_reach_the_disk(library):
    library.add(a_document(), original=b"content", file_name="a./../../x")
    assert "." not in library.original("gi-basics").name


def test_what_was_added_without_a_file_has_no_original(library):
    library.add(a_document())
    with pytest.raises(DocumentNotFoundError, match="without a file"):
        library.original("gi-basics")


@pytest.mark.parametrize("ask", ["get", "withdraw", "restore", "versions", "original", "amend"])
def test_an_unknown_document_is_named(library, ask):
    with pytest.raises(DocumentNotFoundError, match="no-such"):
        getattr(library, ask)("no-such")


def test_an_unknown_version_is_named(library):
    library.add(a_document())
    with pytest.raises(DocumentNotFoundError, match="found no 7"):
        library.get("gi-basics", number=7)


def test_the_content_of_the_current_version_is_known_by_its_digest(library):
    library.add(a_document(), reader_version=1)
    digest = a_document().sha256
    assert library.holds(digest, reader_version=1) == "gi-basics"
    assert library.holds(digest, reader_version=2) is None
    library.add(a_document(text="改了。"), reader_version=1)
    assert library.holds(digest, reader_version=1) is None


def test_a_law_is_repealed_by_its_next_version(library):
    for year in (2027, 2019, 2013):
        library.add(a_law(year))
    lives = [
        (d.effective_date.year, d.repealed_date and d.repealed_date.year, d.replaced_by)
        for d in library.documents_in_library()
    ]
    assert lives == [(2013, 2019, "law-2019"), (2019, 2027, "law-2027"), (2027, None, None)]
    assert library.get("law-2019").repealed_date == dt.date(2027, 1, 1)


def test_withdrawing_the_next_version_brings_the_former_back_into_force(library):
    library.add(a_law(2019))
    library.add(a_law(2027))
    library.withdraw("law-2027")
    assert library.get("law-2019").repealed_date is None


def test_fields_amended_by_hand_hold_for_later_versions_too(library):
    library.add(a_law(2019))
    library.amend("law-2019", effective_date=dt.date(2019, 11, 1), region="通辽")
    library.add(a_law(2019, text="改了。"))
    document = library.get("law-2019")
    assert (document.effective_date, document.region) == (dt.date(2019, 11, 1), "通辽")
    assert document.passages[0].text == "改了。"


def test_an_amended_date_moves_the_end_of_the_former_version(library):
    library.add(a_law(2013))
    library.add(a_law(2019))
    library.amend("law-2019", effective_date=dt.date(2019, 11, 1))
    assert library.get("law-2013").repealed_date == dt.date(2019, 11, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"document_id": "x"},
        {"passages": []},
        {"kind": "novel"},
        {"effective_date": "soon"},
        {"title": object()},
        {"effective_date": dt.date(2024, 1, 1), "repealed_date": dt.date(2023, 1, 1)},
    ],
)
def test_senseless_amendments_are_refused_and_change_nothing(library, changes):
    library.add(a_document())
    with pytest.raises(AmendmentError):
        library.amend("gi-basics", **changes)
    assert library.get("gi-basics") == a_document()


def digests(library):
    return {each.document_id: each.digest for each in library.held()}


def test_what_is_held_reads_as_the_document_and_has_its_digest(library):
    library.add(a_document())
    library.add(a_law(2019))
    library.amend("law-2019", issuer="国务院")
    library.add(a_law(2027))
    library.add(a_document("withdrawn"))
    library.withdraw("withdrawn")
    documents = list(library.documents_in_library())
    assert [each.read() for each in library.held()] == documents
    assert list(library.held()) == [held(document) for document in documents]


@pytest.mark.parametrize(
    "change",
    [
        lambda library: library.add(a_law(2019, text="改了。")),
        lambda library: library.add(a_law(2019, topic="商标")),
        lambda library: library.add(a_law(2019, sha256="other bytes, same text")),
        lambda library: library.amend("law-2019", repealed_date=dt.date(2026, 1, 1)),
        lambda library: library.add(a_law(2027)),
    ],
    ids=["text", "header", "file", "amendment", "successor"],
)
def test_whatever_changes_about_a_document_changes_its_digest(library, change):
    library.add(a_law(2019))
    library.add(a_document())
    before = digests(library)
    change(library)
    after = digests(library)
    assert after["law-2019"] != before["law-2019"]
    assert after["gi-basics"] == before["gi-basics"]


def test_what_is_held_is_read_as_it_was_when_a_new_version_comes(library):
    library.add(a_document())
    [seen] = library.held()
    library.add(a_document(text="改了。"))
    assert seen.read() == a_document()
