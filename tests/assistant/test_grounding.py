"""What stays of a text is what its cited passages say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.answering.extractive import extract
from assistant.answering.sentences import sentences
from assistant.evidence import Evidence
from assistant.figures import figures
from assistant.grounding import Reason, SentenceStream, ground, ground_extract, judge, split
from assistant.support import support, support_of_text
from corpus.records import Document, Kind, Passage
from corpus.shipped import shipped_documents
from index.retriever import Hit

TODAY = dt.date(2026, 11, 23)
calm = settings(deadline=None)
"""A busy machine is no failure."""
FEES = support_of_text("普通商标注册，一个类别官费300元，网上交270元。审查要9个月，公告3个月。")
PLACES = support_of_text("在自治区知识产权局窗口办，电话0471-5200441，工作日8:30开门。")
SOURCES = {1: FEES, 2: PLACES}


def reason_for(sentence: str) -> Reason | None:
    dropped = judge(sentence, SOURCES).dropped
    return None if dropped is None else dropped.reason


@pytest.mark.parametrize("sentence", [
    "商标注册一个类别官费300元[1]。", "商标注册官费三百元[1]。", "网上交270块钱[1]。", "审查要九个月，公告3 个月[1]。",
    "在自治区知识产权局窗口办[2]。", "电话是0471—5200441[2]。", "官费300元[1]，在窗口办[2]。", "商标注册官费300元。[1]",
    "商标注册官费300元【1】。", "官费300元，在窗口办[1,2]。", "- 商标注册官费300元[1]\n",
])  # fmt: skip
def test_a_supported_sentence_stays(sentence: str) -> None:
    assert reason_for(sentence) is None


@pytest.mark.parametrize(("sentence", "reason"), [
    ("商标注册官费300元。", Reason.NO_MARKER),
    ("商标注册官费300元[9]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[0]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[-1]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[1.5]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[一]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[²]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费300元[99999999999]。", Reason.UNKNOWN_MARKER),
    ("商标注册官费500元[1]。", Reason.UNSUPPORTED_FIGURE),
    ("商标注册官费300元[2]。", Reason.UNSUPPORTED_FIGURE),
    ("商标注册官费免费[1]。", Reason.UNSUPPORTED_FIGURE),
    ("商标注册要9天[1]。", Reason.UNSUPPORTED_FIGURE),
    ("窗口电话0471-5200442[2]。", Reason.UNSUPPORTED_FIGURE),
    ("请看 www.fake-office.com 办理商标注册[1]。", Reason.UNSUPPORTED_FIGURE),
    ("请把材料送到王经理家里，他会帮你走后门[1]。", Reason.UNSUPPORTED_WORDS),
])  # fmt: skip
def test_an_unsupported_sentence_goes_and_says_why(sentence: str, reason: Reason) -> None:
    assert reason_for(sentence) is reason


@pytest.mark.parametrize(("source", "sentence", "stays"), [
    ("鹭标由合作社申请，个人不能直接申请。", "个人可以直接申请鹭标[1]。", False),
    ("鹭标由合作社申请，个人不能直接申请。", "个人不可以直接申请鹭标[1]。", True),
    ("合作社可以申请鹭标。", "合作社不能申请鹭标[1]。", False),
    ("合作社可以申请鹭标。", "合作社能申请鹭标[1]。", True),
    ("申请鹭标不用交检验报告。", "申请鹭标需要交检验报告[1]。", False),
    ("申请鹭标需要交检验报告。", "申请鹭标不需要交检验报告[1]。", False),
    ("申请鹭标必须交检验报告。", "申请鹭标要交检验报告[1]。", True),
])  # fmt: skip
def test_a_sentence_that_says_the_opposite_goes(source: str, sentence: str, stays: bool) -> None:
    assert (judge(sentence, {1: support_of_text(source)}).dropped is None) is stays


@pytest.mark.parametrize(("source", "sentence", "stays"), [
    ("经营额5万元以上的，可以罚20%以下。", "经营额5万元以下的，可以罚20%以下[1]。", False),
    ("经营额5万元以上的，可以罚20%以下。", "经营额5万元以上的，可以罚20%以上[1]。", False),
    ("经营额5万元以上的，可以罚20%以下。", "经营额超过5万元的，最多罚20%[1]。", True),
    ("罚款10万元到100万元。收到通知起3个月内请求复审。", "收到通知3个月后请求复审[1]。", False),
    ("收到通知起3个月内请求复审。", "收到通知，最长3个月，要请求复审[1]。", True),
    ("收到通知起3个月内请求复审。", "收到通知，复审的期限是3个月[1]。", True),
    ("企业所得税应纳税所得额低于100万元。", "企业应纳税所得额不低于100万元[1]。", False),
    ("企业所得税应纳税所得额低于100万元。", "企业应纳税所得额不到100万元[1]。", True),
    ("企业应纳税所得额低于100万元的能减，其他的不能减。", "企业应纳税所得额超过100万元的，不能减[1]。", True),
    ("新法自2027年1月1日起施行。", "新法在2027年1月1日以前施行[1]。", False),
    ("过期6个月以内还能续，超过6个月就注销。", "商标过期超过6个月就注销[1]。", True),
    ("商标过期6个月还能续。", "商标过期6个月以内还能续[1]。", True),
])  # fmt: skip
def test_the_least_is_not_the_most(source: str, sentence: str, stays: bool) -> None:
    verdict = judge(sentence, {1: support_of_text(source)})
    assert (verdict.dropped is None) is stays
    assert stays or verdict.dropped is None or verdict.dropped.reason is Reason.REVERSED


LEAST = ["{}以上", "不低于{}", "至少{}", "最少{}", "超过{}", "不得少于{}", "高于{}"]
MOST = ["{}以下", "不超过{}", "最多{}", "不到{}", "低于{}", "不足{}", "{}以内"]


@calm
@given(
    st.integers(2, 9999), st.sampled_from(["元", "万元", "%", "家", "个月"]), st.sampled_from([LEAST, MOST]), st.data()
)
def test_bounds_agree_in_other_words_and_never_turn(
    value: int, unit: str, said: list[str], data: st.DataObject
) -> None:
    turned = MOST if said is LEAST else LEAST
    passage = support_of_text(f"申请的条件是{data.draw(st.sampled_from(said)).format(f'{value}{unit}')}，照此办理。")

    def stays(forms: list[str]) -> bool:
        written = f"申请的条件是{data.draw(st.sampled_from(forms)).format(f'{value}{unit}')}[1]。"
        return judge(written, {1: passage}).dropped is None

    assert stays(said)
    assert not stays(turned)
    assert stays(["{}"])


FEE_TABLE = support_of_text(
    "商标的官费（元）：\n\n| 业务 | 纸件 | 网上 |\n|---|---|---|\n| 续展 | 500 | 450 |\n| 宽展期里续展，另加 | 250 | 225 |\n"
    "| 变更 | 150 | 0 |\n| 补发（丢了） | 60 | 50 |\n\n另交工本费60元。"
)


@pytest.mark.parametrize(("sentence", "stays"), [
    ("续展纸件500元，网上450元[1]。", True),
    ("变更网上办450元[1]。", False),
    ("变更150元，网上0元[1]。", True),
    ("变更纸件0元[1]。", False),
    ("续展网上500元[1]。", False),
    ("官费150元[1]。", True),
    ("宽展期续展每类另外加250元[1]。", True),
    ("补发要60元，变更也要60元[1]。", True),
    ("补发一本网上50元[1]。", True),
])  # fmt: skip
def test_what_stands_in_one_row_of_a_table_is_not_said_of_another(sentence: str, stays: bool) -> None:
    assert (judge(sentence, {1: FEE_TABLE}).dropped is None) is stays


NAMES = st.lists(
    st.sampled_from(["转让", "许可", "异议", "撤销", "续展", "变更", "补证", "复审"]),
    min_size=2,
    max_size=6,
    unique=True,
)


@calm
@given(NAMES, st.lists(st.integers(10, 9999), min_size=6, max_size=6, unique=True), st.data())
def test_only_its_own_row_proves_a_fee(names: list[str], amounts: list[int], data: st.DataObject) -> None:
    fees = dict(zip(names, amounts, strict=False))
    rows = "\n".join(f"| {name} | {amount} |" for name, amount in fees.items())
    table = support_of_text(f"官费：\n\n| 业务 | 金额（元） |\n|---|---|\n{rows}")
    name = data.draw(st.sampled_from(names))
    other = data.draw(st.sampled_from([each for each in names if each != name]))
    assert judge(f"{name}的官费是{fees[name]}元[1]。", {1: table}).dropped is None
    assert judge(f"{name}的官费是{fees[other]}元[1]。", {1: table}).dropped is not None


def test_a_figure_that_another_cited_source_says_outright_may_be_said_of_any_row() -> None:
    other = support_of_text("变更的官费现在是450元。")
    assert judge("变更网上办450元[1]。", {1: FEE_TABLE, 2: other}).dropped is not None
    assert judge("变更网上办450元[1][2]。", {1: FEE_TABLE, 2: other}).dropped is None


def _rows_in_words(text: str) -> Iterator[str]:
    """Yield each cell of the tables in ``text`` as words: row, column, value."""
    header: list[str] = []
    for line in text.split("\n"):
        parts = [part.strip() for part in line.strip("| ").split("|")] if line.startswith("|") else []
        if parts and header and not line.startswith("|--"):
            yield from (f"{parts[0]}，{name}：{part}" for name, part in zip(header[1:], parts[1:], strict=True))
        header = (header or parts) if parts else []


@pytest.mark.parametrize("document", shipped_documents(), ids=lambda document: document.document_id)
def test_each_row_of_our_tables_and_each_of_our_sentences_is_true_of_itself(document: Document) -> None:
    for passage in document.passages:
        proved = {1: support(passage, document)}
        for written in _rows_in_words(passage.text):
            dropped = judge(f"{document.title}，{written}[1]。", proved).dropped
            assert dropped is None or dropped.reason is Reason.UNSUPPORTED_WORDS, (passage.passage_id, written)
        for sentence in sentences(passage.text):
            assert judge(f"{sentence}[1]", proved).dropped is None, (passage.passage_id, sentence)


def test_unknown_markers_are_taken_out_of_a_sentence_that_has_a_known_one() -> None:
    grounded = ground("商标注册官费300元[1][9][0]。", SOURCES)
    assert grounded.text == "商标注册官费300元[1]。"
    assert grounded.markers == {1}


def test_a_link_in_a_sentence_is_not_left_as_a_link() -> None:
    assert "](" not in ground("商标注册官费300元[1][点这里](x)。", SOURCES).text


def test_a_text_without_its_first_figure_has_lost_its_core() -> None:
    grounded = ground("商标注册官费500元[1]。网上交270元[1]。审查要9个月，公告3个月[1]。", SOURCES)
    assert grounded.core_lost
    assert [dropped.unsupported for dropped in grounded.dropped] == [("500元",)]


def test_a_text_of_which_less_than_a_third_is_left_has_lost_its_core() -> None:
    assert ground(f"官费300元[1]。{'这是我自己想的话。' * 6}", SOURCES).core_lost
    assert ground("", SOURCES).core_lost
    assert not ground("商标注册一个类别官费300元[1]。网上交500元[1]。", SOURCES).core_lost


def test_the_document_s_own_number_and_dates_count_as_support() -> None:
    passage = Passage("d#1", "d", "第九条", "办法", "申请人提出申请。", 1)
    document = Document("d", "地理标志产品保护办法", Kind.LAW, document_number="国家知识产权局令第80号",
                        effective_date=dt.date(2024, 2, 1))  # fmt: skip
    sources = {1: support(passage, document)}
    text = "《地理标志产品保护办法》（第80号令）第9条自2024年2月1日起施行，申请人提出申请[1]。"
    assert ground(text, sources).text == text
    assert ground(text.replace("80", "81"), sources).text == ""


def test_a_bare_number_in_a_fee_table_is_an_amount() -> None:
    table = support_of_text("| 项目 | 金额（元） |\n|---|---|\n| 申请费 | 900 |")
    assert judge("申请费900元[1]。", {1: table}).dropped is None
    assert judge("申请费950元[1]。", {1: table}).dropped is not None


@pytest.mark.parametrize("text", [
    "官费300元[1]。网上270元。[1]然后。", "要三样：\n1. 表[1]\n2. 照[1]\n", "。。", "一句", "\n\n头。\n\n尾。", "问？[1] [2]答！”[1]下",
])  # fmt: skip
def test_sentences_together_are_the_text_and_a_stream_cuts_them_alike(text: str) -> None:
    assert "".join(split(text)) == text
    stream = SentenceStream()
    streamed = [sentence for character in text for sentence in stream.feed(character)] + stream.finish()
    assert streamed == split(text)


@calm
@given(st.text(alphabet="官费元。！？\n[]12：”） ", max_size=60), st.integers(1, 7))
def test_no_character_is_lost_whatever_the_pieces(text: str, size: int) -> None:
    assert "".join(split(text)) == text
    stream = SentenceStream()
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert "".join(sentence for piece in pieces for sentence in stream.feed(piece)) + "".join(stream.finish()) == text


@calm
@given(st.integers(10, 999_999), st.integers(0, 5), st.integers(1, 9),
       st.sampled_from(["{}元", "{}个月", "{}天", "{}%", "第{}号", "第{}条", "{}家", "{}万元", "GB/T {}", "0471-5{:06d}", "〔2021〕{}号",
                        "2~{}家"]))  # fmt: skip
def test_a_figure_changed_by_one_digit_is_never_supported(value: int, place: int, by: int, form: str) -> None:
    digits = str(value)
    assume(place < len(digits))
    changed = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assume(changed[0] != "0")
    passage = support_of_text(f"商标注册的规定写的是{form.format(value)}，请照此办理。")
    right, wrong = (f"商标注册的规定写的是{form.format(int(each))}[1]。" for each in (digits, changed))
    assume(figures(form.format(value)))
    assert judge(right, {1: passage}).dropped is None
    assert judge(wrong, {1: passage}).dropped is not None


@calm
@given(st.integers(0, 7), st.integers(1, 9))
def test_a_date_changed_by_one_digit_is_never_supported(place: int, by: int) -> None:
    digits = "20270101"
    changed = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    passage = support_of_text("新法自2027年1月1日起施行。")
    wrong = f"新法自{changed[:4]}-{changed[4:6]}-{changed[6:]}起施行[1]。"
    assert judge(wrong, {1: passage}).dropped is not None


def _hit(document: Document, passage: Passage) -> Hit:
    return Hit(passage, replace(document, passages=()), 1, 1.0, 1.0, 1.0, None, document.status(TODAY, passage))


@pytest.mark.parametrize("document", shipped_documents(), ids=lambda document: document.document_id)
def test_every_passage_we_ship_supports_its_own_extractive_answer(document: Document) -> None:
    for passage in document.passages:
        draft = extract("多少钱 多长时间", Evidence((_hit(document, passage),)))
        sources = {citation.marker: support(passage, document) for citation in draft.citations}
        grounded = ground_extract(draft.text, sources)
        assert not grounded.dropped, passage.passage_id
        assert grounded.text == draft.text.strip()


def test_the_whole_extractive_answer_over_several_passages_is_supported() -> None:
    for document in shipped_documents():
        hits = tuple(_hit(document, passage) for passage in document.passages[:4])
        if document.kind is Kind.GAP or not hits:
            continue
        draft = extract("要什么材料 多少钱", Evidence(hits))
        by_id = {passage.passage_id: passage for passage in document.passages}
        sources = {each.marker: support(by_id[each.passage_id], document) for each in draft.citations}
        assert not ground_extract(draft.text, sources).dropped, document.document_id


def test_a_sentence_is_released_only_when_its_markers_are_known() -> None:
    stream = SentenceStream()
    released = list(accumulate((len(stream.feed(character)) for character in "官费300元。[1]网"), initial=0))
    assert released[-1] == 1
    assert released[-2] == 0
