"""What stands on the pages: the documents, the replies, and what the chat page does with a question."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant import messages
from assistant.desk.page_messages import DESK
from assistant.errors import RateLimitedError
from assistant.indexes import Indexes
from assistant.replies import Abstention, Answer, Channel, Citation, Clarification, Handoff, Reply, Turn
from assistant.wiring import Components
from corpus.records import Document, Kind, Passage, Status
from index.embedder import StaticEmbedder
from index.store import IndexStore
from tests.web.serving import application
from web.pages.rendering import linked, turn_markdown
from web.pages.visit import Visit

CHAT, QUERY, SESSION, IDS, START, WHY, NOTE, ROW, LABEL, *BUTTONS = range(12)
VISITOR = SimpleNamespace(client=SimpleNamespace(host="127.0.0.1"))
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def served(small_indexes: Indexes, tmp_path_factory: pytest.TempPathFactory) -> tuple[FastAPI, Components]:
    return application(small_indexes, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def client(served: tuple[FastAPI, Components]) -> Iterator[TestClient]:
    with TestClient(served[0], client=("127.0.0.1", 5000)) as opened:
        yield opened


@pytest.fixture
def visit(served: tuple[FastAPI, Components]) -> Visit:
    return Visit(state=served[0].state.services, limit=lambda _address: None)


def after(visit: Visit, query: str, so_far: Any = None) -> Any:
    """Return what the page shows when a question has been answered."""
    history, session, ids = (so_far[CHAT]["value"], so_far[SESSION], so_far[IDS]) if so_far else ([], "", [])
    return list(visit.ask(query, history, session, ids, VISITOR))[-1]  # type: ignore[arg-type]


def a_citation(**changes: Any) -> Citation:
    return replace(
        Citation(1, "heron-mark#fee", "heron-mark", "鹭标怎么申请", "收多少钱", "收费260元。", Status.CURRENT),
        **changes,
    )


def a_turn(reply: Reply) -> Turn:
    return Turn("r1", "s1", "多少钱", "多少钱", reply, dt.date(2026, 11, 23), Channel.WEB, 1.0)


def test_the_cited_passage_is_marked_on_the_document_page(client: TestClient) -> None:
    html = client.get("/documents/heron-mark", params={"passage": "fee"}).text
    assert html.count('class="cited"') == 1
    assert messages.CITED_HERE in html
    assert "<td>260元</td>" in html


def test_a_document_can_bring_no_script(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path: Path
) -> None:
    evil = Document(
        document_id="evil",
        title=f"坏文件{SCRIPT}",
        kind=Kind.GUIDE,
        issuer=f"某局{SCRIPT}",
        passages=(Passage("evil#a", "evil", "一", f"标题{SCRIPT}", f"正文{SCRIPT}\n\n[点](javascript:alert(1))", 0),),
    )
    indexes = Indexes(store=IndexStore(tmp_path), embedder=small_embedder, documents=lambda: [*small_documents, evil])
    indexes.build()
    app, _components = application(indexes, tmp_path)
    with TestClient(app, client=("127.0.0.1", 5000)) as client:
        for path in ("/documents/evil", "/documents"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "<script" not in answer.text
            assert 'href="javascript' not in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_list_has_every_document_by_kind_and_topic(client: TestClient, small_documents: list[Document]) -> None:
    html = client.get("/documents").text
    for document in small_documents:
        assert f'<a href="/documents/{document.document_id}">{document.title}</a>' in html
    assert html.index("办事指南") < html.index("规划") < html.index("没有收录的事")
    assert "已废止" in html
    assert f"一共 {len(small_documents)} 份。" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("印章", {"seal-lease"}),
        ("印章租借", {"seal-lease"}),
        ("鹭标 奖励", {"heron-reward-gap"}),
        ("没有这种文件", set()),
        ("", {"seal-lease", "heron-mark", "heron-reward-gap", "old-heron-rule", "test-plan"}),
    ],
)
def test_the_list_is_filtered_by_words_of_the_name(client: TestClient, query: str, found: set[str]) -> None:
    html = client.get("/documents", params={"query": query}).text
    assert set(re.findall(r'<li><a href="/documents/([^"]+)"', html)) == found


def test_a_filter_is_shown_again_escaped(client: TestClient) -> None:
    html = client.get("/documents", params={"query": f'"{SCRIPT}'}).text
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_range_strikes_nothing_out() -> None:
    text = "每年举办10~15次培训班，鼓励各旗县市区每年举办2~3次"
    assert linked(text, ()) == "每年举办10～15次培训班，鼓励各旗县市区每年举办2～3次"


def test_markers_become_links_and_unknown_ones_go() -> None:
    text = linked("收费260元。[1] 不收。[7]", (a_citation(),))
    assert text == "收费260元。 [〔1〕](/documents/heron-mark?passage=fee#fee) 不收。"


def test_nothing_in_a_reply_is_taken_for_html() -> None:
    citation = a_citation(title=f"标题{SCRIPT}", quote=f"引文{SCRIPT}", locator=f"一{SCRIPT}", document_number=SCRIPT)
    handoff = Handoff(f"正文{SCRIPT}[1]", "gap", "窗口", 0.5, (citation,), notices=(f"提醒{SCRIPT}",))
    assert "<script" not in turn_markdown(a_turn(handoff))


def test_a_quote_with_paragraphs_and_a_table_stays_inside_its_card() -> None:
    quote = "收费如下：\n\n| 项目 | 金额 |\n|---|---|\n| 申请费 | 260元 |\n\n另有说明。"
    card = turn_markdown(a_turn(Answer("见表。[1]", (a_citation(quote=quote),), 0.9))).split('<div class="sources">')[1]
    assert "\n\n" not in card.split("</details>")[0]
    assert "<td>260元</td>" in card


def test_a_reply_says_of_which_day_it_speaks_and_that_a_program_wrote_it() -> None:
    shown = turn_markdown(a_turn(Answer("收费260元。[1]", (a_citation(),), 0.9)))
    assert "按 2026年11月23日 有效的规定" in shown
    assert "程序自动生成" in shown


@pytest.mark.parametrize(
    ("reply", "badge"),
    [
        (Answer("好。[1]", (a_citation(),), 0.9), "有依据的回答"),
        (Handoff("请问窗口。", "x", "窗口", 0.5, ticket_id="261123-ABC"), "请人工答复"),
        (Clarification("您问哪一件？"), None),
        (Abstention("没有查到。"), None),
    ],
)
def test_a_badge_says_what_sort_of_reply_it_is(reply: Reply, badge: str | None) -> None:
    shown = turn_markdown(a_turn(reply))
    assert ("badge" in shown) == (badge is not None)
    if badge:
        assert badge in shown
    if isinstance(reply, Handoff):
        assert "261123-ABC" in shown


def test_asking_shows_the_answer_with_its_source_and_what_to_ask_next(visit: Visit) -> None:
    first, *_, last = visit.ask("鹭标多少钱", [], "", [], VISITOR)  # type: ignore[arg-type]
    assert first[CHAT]["value"][-1]["content"] == messages.LOOKING
    question, reply = last[CHAT]["value"]
    assert question == {"role": "user", "content": "鹭标多少钱"}
    assert "260元" in reply["content"]
    assert "/documents/heron-mark?passage=fee#fee" in reply["content"]
    assert last[START]["visible"] is False
    assert last[ROW]["visible"] is True
    assert last[LABEL] == messages.ASK_NEXT
    assert any(last[button].get("value") for button in BUTTONS)
    assert last[IDS][0] is None
    assert last[IDS][1]


def test_a_follow_up_belongs_to_the_session_of_the_first_question(visit: Visit) -> None:
    first = after(visit, "鹭标要啥材料")
    second = after(visit, "多少钱", first)
    assert second[SESSION] == first[SESSION]
    assert "260元" in second[CHAT]["value"][-1]["content"]
    assert len(second[CHAT]["value"]) == len(second[IDS]) == 4


def test_a_reopened_session_shows_the_same_again(visit: Visit) -> None:
    before = after(visit, "鹭标多少钱", after(visit, "鹭标要啥材料"))
    again = visit.reopen(before[SESSION])
    assert again[CHAT]["value"] == before[CHAT]["value"]
    assert again[IDS] == before[IDS]
    assert [again[part] for part in (LABEL, *BUTTONS)] == [before[part] for part in (LABEL, *BUTTONS)]


@pytest.mark.parametrize("session_id", ["", "no-such-session"])
def test_without_a_session_opening_leaves_the_page_as_it_is(visit: Visit, session_id: str) -> None:
    page = visit.reopen(session_id)
    assert len(page) == len(visit.restart())
    assert all(part == gr.skip() for part in page)


def test_starting_again_forgets_the_session(visit: Visit) -> None:
    assert visit.restart()[SESSION] == ""
    assert visit.restart()[CHAT]["value"] == []
    assert visit.restart()[START]["visible"] is True


def test_what_a_visitor_types_is_not_taken_for_html(visit: Visit) -> None:
    assert "<script" not in after(visit, f"鹭标多少钱{SCRIPT}")[CHAT]["value"][0]["content"]


def test_a_visitor_who_asks_too_fast_is_told_so_before_anything_is_looked_up(
    served: tuple[FastAPI, Components], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_address: str) -> None:
        raise RateLimitedError(retry_after_s=60)

    def asks_database(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Visit, "_staff_answers", asks_database)
    page = after(Visit(state=served[0].state.services, limit=full), "鹭标多少钱")
    assert page[CHAT]["value"][-1]["content"] == messages.ERROR_RATE
    assert page[IDS] == [None, None]


def test_the_pages_do_not_look_for_questions_all_the_time(served: tuple[FastAPI, Components]) -> None:
    served_pages = [page for page in gr.Blocks.instances if page.title in (messages.ASSISTANT_NAME, DESK)]
    assert {page.title for page in served_pages} == {messages.ASSISTANT_NAME, DESK}
    for page in served_pages:
        assert min(page._queue.sleep_when_free, page._queue.progress_update_sleep_when_free) >= 0.01


def test_an_unexpected_error_is_a_sentence(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(visit._state.assistant, "ask_stream", breaks)
    assert after(visit, "鹭标多少钱")[CHAT]["value"][-1]["content"] == messages.ERROR_INTERNAL


def test_a_verdict_is_stored_and_a_bad_one_asks_why(visit: Visit, served: tuple[FastAPI, Components]) -> None:
    page = after(visit, "鹭标多少钱")
    reply_id = page[IDS][1]
    down = SimpleNamespace(index=1, liked="Dislike")
    why, rated, note = visit.rate(down, page[IDS])  # type: ignore[arg-type]
    assert why["visible"] is True
    assert rated == reply_id
    assert note["visible"] is False
    assert visit.reason("出处不对", rated)[1]["value"] == messages.FEEDBACK_THANKS
    with served[1].database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT rating, reason FROM feedback WHERE reply_id = ?", (reply_id,)).one()
    assert tuple(stored) == ("down", "wrong_citation")
    up = SimpleNamespace(index=(1, 0), liked=True)
    assert visit.rate(up, page[IDS])[2]["value"] == messages.FEEDBACK_THANKS  # type: ignore[arg-type]


def test_a_question_cannot_be_rated(visit: Visit) -> None:
    page = after(visit, "鹭标多少钱")
    why, rated, note = visit.rate(SimpleNamespace(index=0, liked=True), page[IDS])  # type: ignore[arg-type]
    assert (why["visible"], rated, note["visible"]) == (False, "", False)
