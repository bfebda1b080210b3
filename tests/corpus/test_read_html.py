import datetime as dt

import pytest

from corpus.errors import BrokenFileError, FileTooLargeError
from corpus.readers.base import Heading, Limits, Paragraph, Table
from corpus.readers.html import read_html
from corpus.reading import read_document

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>关于商标收费的公告_国家知识产权局</title>
<meta name="ArticleTitle" content="关于商标收费的公告"><meta name="PubDate" content="2024-01-02 10:00">
<meta name="ContentSource" content="国家知识产权局"></head><body>
<div class="header"><a href="/">首页</a>网站导航</div><ul id="nav"><li>新闻</li><li>政策</li></ul>
<div class="breadcrumb">首页 &gt; 公告</div>
<div class="TRS_Editor"><p>　　现将商标收费标准公告如下，请各有关单位遵照执行，并做好宣传解释工作。</p>
<h2>一、收费标准</h2>
<table><tr><th rowspan="2">项目</th><th colspan="2">金额</th></tr><tr><th>纸质</th><th>电子</th></tr>
<tr><td>注册</td><td>300</td><td>270</td></tr><tr><td>续展</td><td>3960</td><td>704</td></tr></table>
<p>特此公告。<br>联系处室：商标局</p><script>var tracking = 1;</script></div>
<div class="share">分享到微信</div><footer>版权所有 京ICP备000号</footer></body></html>"""


def read(text: str):
    return read_html(text.encode(), Limits())


def test_reads_the_article_and_drops_menus_and_footers():
    content = read(PAGE.format(charset="utf-8"))
    texts = [block.text for block in content.blocks if not isinstance(block, Table)]
    assert texts == [
        "现将商标收费标准公告如下，请各有关单位遵照执行，并做好宣传解释工作。",
        "一、收费标准",
        "特此公告。",
        "联系处室：商标局",
    ]


def test_takes_title_source_and_day_from_the_metadata():
    document = read_document(PAGE.format(charset="utf-8").encode(), "page.html")
    assert document.title == "关于商标收费的公告"
    assert document.issuer == "国家知识产权局"
    assert document.published_date == dt.date(2024, 1, 2)


def test_merged_cells_of_a_table_are_resolved():
    table = next(block for block in read(PAGE.format(charset="utf-8")).blocks if isinstance(block, Table))
    assert table.names == ("项目", "金额/纸质", "金额/电子")
    assert table.rows == (("注册", "300", "270"), ("续展", "3960", "704"))


def test_pages_in_gb2312_are_read():
    content = read_html(PAGE.format(charset="gb2312").encode("gb18030"), Limits())
    assert content.title == "关于商标收费的公告"


def test_a_layout_table_is_not_a_table():
    text = "这是放在版面表格里的正文，长度足够成为一段话。"
    blocks = read(f"<html><body><table><tr><td><p>{text}</p><p>第二段。</p></td></tr></table></body></html>").blocks
    assert blocks == (Paragraph(text), Paragraph("第二段。"))


def test_inline_markup_does_not_split_a_sentence():
    blocks = read(
        "<html><body><p>官费<b>300</b>元，<a href='#'>网上</a>办理<span>270</span>元。</p></body></html>"
    ).blocks
    assert blocks == (Paragraph("官费300元，网上办理270元。"),)


def test_hidden_text_and_comments_are_left_out():
    blocks = read("<html><body><p>看得见。</p><p style='display: none'>看不见。</p><!-- 注释 --></body></html>").blocks
    assert blocks == (Paragraph("看得见。"),)


def test_a_senseless_span_does_not_blow_the_table_up():
    table = read(
        "<html><body><table><tr><td colspan='99999999'>甲</td></tr><tr><td>乙</td><td>丙</td></tr></table></body></html>"
    )
    assert len(table.blocks[0].names) <= 100


def test_headings_keep_their_level():
    assert read("<html><body><h3>办理 材料</h3><p>身份证。</p></body></html>").blocks[0] == Heading("办理 材料", 3)


def test_a_very_large_page_is_refused():
    with pytest.raises(FileTooLargeError, match="web page"):
        read_html(b"<html><body><p>a</p></body></html>", Limits(max_html_bytes=10))


def test_very_deep_nesting_is_named_as_damage():
    deep = "<html><body>" + "<div>" * 20000 + "深处的字" + "</div>" * 20000 + "</body></html>"
    with pytest.raises(BrokenFileError, match="RecursionError"):
        read_document(deep.encode(), "deep.html")
