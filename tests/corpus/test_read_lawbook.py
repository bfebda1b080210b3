import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from corpus.ingest import Outcome, ingest
from corpus.readers.lawbook import is_lawbook, read_lawbook
from corpus.records import Confidence, Kind, Status
from corpus.structure import article_of

LAWS = Path(__file__).parents[3] / "shared" / "laws"
needs_laws = pytest.mark.skipif(not LAWS.is_dir(), reason="the folder ../shared/laws with public laws is not here")
LAW = """# 中华人民共和国甲条例

1997年3月20日 中华人民共和国国务院令第213号公布

{amended}<!-- INFO END -->

## 第一章 总 则

第一条 为了保护，制定本条例。

第二条 下列各项：

(一)甲；

(二)乙。

## 第二章 附 则

第三条 本条例自{day}起施行。1991年6月4日发布的《乙暂行办法》同时废止。
"""


def law(day="1997年10月1日", amended="", name="甲条例(1997-03-20).md"):
    return read_lawbook(LAW.format(day=day, amended=amended), name)


def test_reads_title_dates_number_and_articles():
    document = law()
    assert (document.title, document.kind) == ("中华人民共和国甲条例", Kind.LAW)
    assert document.published_date == dt.date(1997, 3, 20)
    assert document.effective_date == dt.date(1997, 10, 1)
    assert (document.issuer, document.document_number) == ("国务院", "中华人民共和国国务院令第213号")
    assert document.confidence is Confidence.SINGLE_TRANSCRIPTION
    assert document.replaces == ("乙暂行办法",)
    assert [passage.locator for passage in document.passages] == ["第一条", "第二条", "第三条"]
    assert document.passages[1].text == "第二条 下列各项：\n(一)甲；\n(二)乙。"
    assert document.passages[2].heading == "中华人民共和国甲条例 › 第二章 附则"


def test_the_first_versions_day_is_not_that_of_an_amended_law():
    document = law(
        amended="2014年7月29日 《国务院关于修改部分行政法规的决定》第二次修订\n\n", name="甲条例(2014-07-29).md"
    )
    assert document.published_date == dt.date(2014, 7, 29)
    assert document.effective_date is None
    assert document.document_number is None


def test_a_line_with_the_day_of_effect_is_believed():
    document = law(amended="2014年7月29日 国务院令第653号修订\n\n2014年9月1日 施行\n\n", name="甲条例(2014-07-29).md")
    assert document.effective_date == dt.date(2014, 9, 1)
    assert document.document_number == "国务院令第653号"


def test_since_publication_means_the_day_of_adoption_of_a_first_version():
    assert law(day="发布之日").effective_date == dt.date(1997, 3, 20)
    assert law(day="发布之日", amended="2014年7月29日 修订\n\n", name="甲(2014-07-29).md").effective_date is None


def test_a_line_of_adoption_of_the_first_version_says_nothing_of_a_later_one():
    document = law(day="发布之日", name="甲条例(2013-01-30).md")
    assert document.published_date == dt.date(2013, 1, 30)
    assert (document.effective_date, document.document_number) == (None, None)


def test_a_version_is_not_in_force_before_it_was_adopted():
    document = law(amended="2014年7月29日 第二次修订\n\n", name="甲条例(2014-07-29).md")
    assert document.effective_date is None
    assert document.status(dt.date(2014, 7, 28)) is Status.FUTURE
    assert document.status(dt.date(2014, 7, 29)) is Status.CURRENT


def test_without_a_day_in_the_name_the_last_day_above_the_text_counts():
    assert law(name="甲条例.md").published_date == dt.date(1997, 3, 20)


def test_other_markdown_is_no_law_of_this_form():
    assert is_lawbook(LAW)
    assert not is_lawbook("# 标题\n\n正文")


@needs_laws
def test_all_public_laws_are_taken_in_with_every_article(library):
    report = ingest([LAWS], library=library)
    assert Counter(file.outcome for file in report.files) == {Outcome.ADDED: 76, Outcome.DUPLICATE: 2}
    for path in LAWS.rglob("*(*.md"):
        lines = path.read_text(encoding="utf-8").splitlines()
        wanted = {str(place) for line in lines if (place := article_of(line.strip()))}
        document = read_lawbook("\n".join(lines), path.name)
        found = {
            passage.locator.split("款")[0].split("条")[0] + "条"
            for passage in document.passages
            if "条" in passage.locator
        }
        assert {place.split("条")[0] + "条" for place in wanted} == found, path.name
        assert document.title
        assert document.published_date is not None, path.name


@needs_laws
def test_of_two_versions_of_a_public_law_the_day_asked_about_picks_one(library):
    ingest([LAWS], library=library)
    versions = [d for d in library.documents_in_library() if d.title == "中华人民共和国农产品质量安全法"]
    assert len(versions) == 2
    for day, year in ((dt.date(2022, 12, 31), 2018), (dt.date(2023, 1, 1), 2022)):
        in_force = [d for d in versions if d.status(day) is Status.CURRENT]
        assert [d.published_date.year for d in in_force] == [year]
