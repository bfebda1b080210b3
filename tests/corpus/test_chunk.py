from hypothesis import given
from hypothesis import strategies as st

from corpus.chunk import chunk
from corpus.readers.base import Cell, Heading, Paragraph, make_table


def cut(*blocks):
    made = [Paragraph(block) if isinstance(block, str) else block for block in blocks]
    return chunk(made, document_id="d", title="甲办法")


def places(passages):
    return [passage.locator for passage in passages]


def table(*rows, numbers=()):
    return make_table(
        [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)], row_numbers=numbers
    )


def test_an_article_is_one_passage_with_all_its_paragraphs_and_items():
    passages = cut(
        "第一章 总则",
        "第一条 为了保护。",
        "第二条 下列各项：",
        "（一）甲；",
        "（二）乙。",
        "前款不适用于丙。",
        "第二章 附则",
        "第三条 施行。",
    )
    assert places(passages) == ["第一条", "第二条", "第三条"]
    assert passages[1].text == "第二条 下列各项：\n（一）甲；\n（二）乙。\n前款不适用于丙。"
    assert passages[1].heading == "甲办法 › 第一章 总则"
    assert passages[2].heading == "甲办法 › 第二章 附则"
    assert passages[1].passage_id == "d#a2"
    assert [passage.order for passage in passages] == [1, 2, 3]


def test_a_mention_of_an_article_at_the_beginning_of_a_paragraph_is_no_new_article():
    passages = cut("第一条 甲。", "第二条 乙。", "第二条规定的期限从受理之日起算。", "第三条 丙。")
    assert places(passages) == ["第一条", "第二条", "第三条"]
    assert "受理之日" in passages[1].text


def test_a_very_long_article_is_cut_between_its_paragraphs_and_items():
    passages = cut(
        "第一条 甲。",
        "第二条 " + "乙" * 400 + "。",
        "丙" * 400 + "：",
        "（一）" + "丁" * 300 + "；",
        "（二）" + "戊" * 300 + "。",
        "第三条 己。",
    )
    assert places(passages) == [
        "第一条",
        "第二条第一款",
        "第二条第二款",
        "第二条第二款第（一）项",
        "第二条第二款第（二）项",
        "第三条",
    ]
    assert len({passage.passage_id for passage in passages}) == 6


def test_items_of_an_article_with_one_paragraph_are_cited_without_it():
    passages = cut(
        "第一条 甲。", "第二条 下列：", *(f"（{n}）" + "丁" * 200 + "；" for n in "一二三四五"), "第三条 己。"
    )
    assert "第二条第（三）项至第（四）项" in places(passages)


def test_inserted_articles_are_articles():
    passages = cut("第一条 甲。", "第一条之一 乙。", "第二条 丙。")
    assert places(passages) == ["第一条", "第一条之一", "第二条"]
    assert passages[1].passage_id == "d#a1-1"


def test_a_plan_is_cut_along_its_outline():
    body = "各地要加强工作，落实责任。" * 10
    passages = cut(
        "序言" * 50,
        "一、发展背景",
        "（一）现有基础",
        body,
        "（二）面临形势",
        body,
        "二、主要任务",
        "（一）加强保护。" + body,
    )
    assert places(passages) == ["前言", "一（一）", "一（二）", "二（一）"]
    assert passages[1].heading == "甲办法 › 一、发展背景 › （一）现有基础"
    assert passages[3].heading == "甲办法 › 二、主要任务 › （一）加强保护"
    assert passages[3].text.startswith("（一）加强保护。各地")


def test_passages_stay_between_the_bounds_and_lose_nothing():
    paragraphs = [f"第{n}个事项说明如下，请按要求准备材料。" * (n % 40 + 1) for n in range(60)]
    passages = cut(*paragraphs)
    assert all(len(passage.text) <= 580 for passage in passages)
    assert all(len(passage.text) >= 80 for passage in passages[:-1])
    assert "".join(passages[i].text for i in range(len(passages))).replace("\n", "") == "".join(paragraphs)


def test_numbered_lines_that_head_nothing_are_the_text():
    passages = cut("申请时交下列材料，缺一不可，复印件要盖章。", "一、营业执照复印件", "二、经办人身份证", "三、申请书")
    text = "\n".join(passage.text for passage in passages)
    assert all(line in text for line in ("一、营业执照复印件", "二、经办人身份证", "三、申请书"))


def test_small_neighbours_are_joined_and_cited_together():
    passages = cut(Heading("一、条件", 2), "在通辽登记。", Heading("二、材料", 2), "申请书一份。")
    assert places(passages) == ["一至二"]
    assert passages[0].text == "在通辽登记。\n申请书一份。"


def test_headings_of_the_file_name_the_place():
    long = "需要带上身份证和营业执照原件。" * 20
    assert places(cut(Heading("需要什么材料", 2), long, Heading("怎么办", 2), long)) == ["需要什么材料", "怎么办"]


def test_tables_of_contents_are_left_out():
    passages = cut(
        "目录", "第一章 总则......1", "第二章 附则……2", "第一章 总则", "第一条 甲。", "第二条 乙。", "第三条 丙。"
    )
    assert places(passages) == ["第一条", "第二条", "第三条"]


def test_an_appendix_ends_the_articles():
    passages = cut("第一条 甲。", "第二条 乙。", "第三条 丙。", "附件1 收费标准", "商标每类三百元。")
    assert places(passages)[-1] == "附件1"
    assert "三百元" not in passages[2].text


def test_a_small_table_stays_whole_with_the_line_that_names_it():
    passages = cut("收费标准：", table(("项目", "金额", "上限"), ("专利", "3960", "704")))
    assert passages[0].text == "收费标准：\n\n| 项目 | 金额 | 上限 |\n|---|---|---|\n| 专利 | 3960 | 704 |"


def test_a_large_table_is_cut_between_rows_under_its_header():
    passages = cut(table(("项目", "金额"), *((f"第{n}类商品注册费用", f"{n * 10}元") for n in range(100))))
    assert len(passages) > 2
    assert all(passage.text.startswith("| 项目 | 金额 |\n|---|---|\n") for passage in passages)
    assert sum(passage.text.count("注册费用") for passage in passages) == 100


def test_a_row_of_a_spreadsheet_is_a_fact_with_its_headers():
    passages = cut(Heading("费用", 1), table(("项目", "金额"), ("商标", "300"), ("专利", "900"), numbers=(3, 4, 7)))
    assert [(p.locator, p.text) for p in passages] == [
        ("费用 第4行", "项目：商标；金额：300"),
        ("费用 第7行", "项目：专利；金额：900"),
    ]


def test_a_bar_in_a_cell_does_not_break_the_table():
    assert "甲\\|乙" in cut(table(("项目", "值"), ("甲|乙", "1")))[0].text


def test_passage_ids_are_unique_where_two_texts_count_articles_from_one():
    passages = cut(*(f"第{n}条 甲。" for n in "一二三"), *(f"第{n}条 乙。" for n in "一二三"))
    assert len({passage.passage_id for passage in passages}) == 6


@given(st.lists(st.text("第一二十百千〇编章节条款项之、（）()附件12.。；：甲乙 ", max_size=60), max_size=12))
def test_no_text_makes_it_stumble_and_no_paragraph_is_lost(lines):
    texts = [line.strip() for line in lines if line.strip()]
    passages = cut(*texts)
    everything = "".join(passage.text + passage.heading for passage in passages)
    assert not passages or all(passage.text for passage in passages)
    for text in texts:
        if "甲" in text and len(text) > 45:
            assert text[:20].replace(" ", "") in everything.replace(" ", "").replace("\n", "")
