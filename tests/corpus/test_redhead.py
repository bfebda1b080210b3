import datetime as dt

import pytest

from corpus.dates import effective_date_in, find_date, repealed_date_in
from corpus.readers.base import Content, Paragraph
from corpus.reading import read_document
from corpus.records import Kind
from corpus.redhead import identify

NOTICE = """通辽市人民政府办公室文件
通政办发〔2024〕12号
通辽市人民政府办公室关于印发
《通辽市知识产权专项资金管理办法》的通知
各旗县市区人民政府，市直各有关部门：
《通辽市知识产权专项资金管理办法》已经市政府同意，现印发给你们，请认真贯彻执行。
通辽市人民政府办公室
2024年3月5日
（此件公开发布）
通辽市知识产权专项资金管理办法
第一章 总 则
第一条 为了加强专项资金管理，制定本办法。
第二条 本办法所称专项资金，是指市级财政预算安排的资金。
第三条 本办法自2024年4月1日起施行，有效期至2027年3月31日。
抄送：市委各部门。
通辽市人民政府办公室 2024年3月6日印发
- 2 -
"""
RULES = """地理标志产品保护办法
（2023年12月29日国家知识产权局令第80号公布 自2024年2月1日起施行）
第一条 甲。
第二条 乙。
第三条 丙。
"""


def read(text: str, name: str = "文件.txt"):
    return read_document(text.encode(), name)


def test_a_red_head_notice_says_who_issued_it_when_and_for_how_long():
    document = read(NOTICE)
    assert document.title == "通辽市人民政府办公室关于印发《通辽市知识产权专项资金管理办法》的通知"
    assert document.aliases == ("通辽市知识产权专项资金管理办法",)
    assert document.issuer == "通辽市人民政府办公室"
    assert document.document_number == "通政办发〔2024〕12号"
    assert document.published_date == dt.date(2024, 3, 5)
    assert document.effective_date == dt.date(2024, 4, 1)
    assert document.repealed_date == dt.date(2027, 4, 1)
    assert (document.kind, document.region) == (Kind.POLICY, "通辽")


def test_the_furniture_of_a_red_head_notice_is_in_no_passage():
    text = "\n".join(passage.text for passage in read(NOTICE).passages)
    for furniture in ("通政办发", "抄送", "印发\n", "公开发布", "- 2 -", "2024年3月5日"):
        assert furniture not in text
    assert [passage.locator for passage in read(NOTICE).passages] == ["前言", "第一条", "第二条", "第三条"]


def test_rules_carry_their_enactment_in_parentheses_under_the_title():
    document = read(RULES)
    assert (document.kind, document.title) == (Kind.LAW, "地理标志产品保护办法")
    assert document.issuer == "国家知识产权局"
    assert document.document_number == "国家知识产权局令第80号"
    assert document.published_date == dt.date(2023, 12, 29)
    assert document.effective_date == dt.date(2024, 2, 1)
    assert document.topic == "地理标志"


def test_a_plan_has_a_period():
    document = read("内蒙古自治区“十五五”知识产权规划\n一、总体要求\n" + "坚持以保护促发展，健全工作机制。" * 10)
    assert (document.kind, document.region) == (Kind.PLAN, "内蒙古")
    assert (document.period_start, document.period_end) == (dt.date(2026, 1, 1), dt.date(2030, 12, 31))


def test_a_number_cited_in_the_text_is_not_the_documents_own():
    text = "关于做好申报工作的通知\n根据《关于加强工作的意见》（国知发〔2021〕1号），现将有关事项通知如下，请遵照执行。"
    assert read(text).document_number is None


def test_a_document_without_a_title_takes_the_file_name():
    assert read("各单位要加强宣传。\n请于月底前报送总结材料。", "宣传工作.txt").title == "宣传工作"


def test_the_date_in_running_text_is_no_signature():
    text = "关于做好工作的通知\n请于\n2024年3月5日前报送材料，逾期不予受理，责任自负。"
    assert (
        identify(Content(tuple(Paragraph(line) for line in text.splitlines())), fallback_title="").published_date
        is None
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年3月5日", dt.date(2024, 3, 5)),
        ("二〇二四年三月十五日", dt.date(2024, 3, 15)),
        ("一九九二年九月三十日", dt.date(1992, 9, 30)),
        ("2024-03-05 10:00", dt.date(2024, 3, 5)),
        ("2024年2月30日", None),
        ("2024年3月", None),
    ],
)
def test_days_are_read_in_every_spelling(text, day):
    assert find_date(text) == day


def test_since_the_day_of_publication_means_that_day():
    day = dt.date(2024, 3, 5)
    assert effective_date_in("本办法自发布之日起施行。", day) == day
    assert effective_date_in("本办法自发布之日起施行。", None) is None
    assert effective_date_in("本办法自2027年1月1日起施行。", day) == dt.date(2027, 1, 1)
    assert effective_date_in("自受理之日起十五日内答复。", day) is None


def test_validity_ends_on_the_day_after_the_last():
    assert repealed_date_in("有效期至2026年12月31日", None) == dt.date(2027, 1, 1)
    assert repealed_date_in("有效期5年", dt.date(2024, 2, 29)) == dt.date(2029, 3, 1)
    assert repealed_date_in("有效期为五年", dt.date(2024, 4, 1)) == dt.date(2029, 4, 1)
    assert repealed_date_in("有效期五年", None) is None
