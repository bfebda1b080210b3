import datetime as dt

from corpus.records import Document, Kind
from corpus.succession import make_document_id, title_key, with_succession


def law(document_id, title="甲条例", start=None, kind=Kind.LAW, **fields):
    return Document(document_id, title, kind, effective_date=start and dt.date(start, 1, 1), **fields)


def ends(*documents):
    return {
        d.document_id: (d.repealed_date and d.repealed_date.year, d.replaced_by) for d in with_succession(documents)
    }


def test_titles_of_one_law_have_one_key():
    assert title_key("中华人民共和国专利法") == title_key("专利法")
    assert title_key("最高人民法院 最高人民检察院关于甲的解释（三）") == title_key(
        "最高人民法院、最高人民检察院关于甲的解释(三)"
    )
    assert title_key("甲的解释（二）") != title_key("甲的解释（三）")


def test_ids_are_short_ascii_and_share_the_family():
    one = make_document_id(Kind.LAW, "中华人民共和国专利法", dt.date(2021, 6, 1))
    other = make_document_id(Kind.LAW, "专利法", dt.date(2009, 10, 1))
    assert one.startswith("law-20210601-")
    assert one.isascii()
    assert one.rsplit("-", 1)[1] == other.rsplit("-", 1)[1]
    assert make_document_id(Kind.POLICY, "甲", None).count("-") == 1


def test_the_next_version_ends_a_law():
    assert ends(law("a", start=2010), law("c", start=2024), law("b", start=2020)) == {
        "a": (2020, "b"),
        "b": (2024, "c"),
        "c": (None, None),
    }


def test_the_day_of_publication_stands_in_for_an_unknown_day_of_effect():
    newer = Document("b", "甲条例", Kind.LAW, published_date=dt.date(2023, 12, 11))
    assert ends(law("a", start=2010), newer)["a"] == (2023, "b")


def test_a_text_without_any_date_neither_ends_nor_is_ended():
    assert ends(law("a"), law("b", start=2020)) == {"a": (None, None), "b": (None, None)}


def test_what_the_text_itself_states_is_kept():
    stated = law("a", start=2010, repealed_date=dt.date(2015, 1, 1))
    assert ends(stated, law("b", start=2020))["a"] == (2015, None)


def test_a_text_repealed_by_name_ends_when_the_other_begins():
    new = law("b", title="乙办法", start=2024, replaces=("甲条例",))
    assert ends(law("a", start=2010), new)["a"] == (2024, "b")
    assert ends(law("a", start=2010), law("b", title="乙办法", start=2024, replaces=("a",)))["a"] == (2024, "b")


def test_a_text_younger_than_the_one_that_names_it_goes_on():
    assert ends(law("a", start=2025), law("b", title="乙办法", start=2024, replaces=("甲条例",)))["a"] == (None, None)


def test_guides_of_one_title_do_not_end_each_other():
    assert ends(law("a", start=2010, kind=Kind.GUIDE), law("b", start=2020, kind=Kind.GUIDE))["a"] == (None, None)
