"""The whole loop in a real browser: asked, unknown, answered, approved, found, superseded, waiting for review."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from assistant.desk.actors import SYSTEM, Role
from assistant.indexes import Indexes
from corpus.records import Document
from index.embedder import StaticEmbedder
from index.store import IndexStore
from tests.web.desk.conftest import PASSWORD, DeskServer, desk_server
from tests.web.desk.test_documents import guide
from tests.web.serving import running

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser
playwright.expect.set_options(timeout=20_000)  # a busy machine draws slowly
QUESTION = "今年库伦旗给合作社商标奖多少钱"


@pytest.fixture(scope="module")
def served(
    small_documents: list[Document], small_embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DeskServer, str]]:
    folder = tmp_path_factory.mktemp("browser")
    holder: list[DeskServer] = []

    def documents() -> Iterator[Document]:
        return chain(small_documents, *(each.components.library.documents_in_library() for each in holder))

    indexes = Indexes(store=IndexStore(folder), embedder=small_embedder, documents=documents)
    indexes.build()
    with desk_server(indexes, folder) as server, running(server.app) as address:
        holder.append(server)
        yield server, address


def page_of(browser: object, errors: list[str]):
    page = browser.new_context(locale="zh-CN", viewport={"width": 1360, "height": 900}).new_page()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page


def serious(errors: list[str]) -> list[str]:
    """Return the errors that are ours: leaving a page ends Gradio's open streams, and it says so; refused forms too."""
    passing = ("AbortError", "errored out", "status of 401", "status of 422")
    return [error for error in errors if not any(words in error for words in passing)]


def log_in(page, address: str, name: str) -> None:
    page.goto(f"{address}/desk/")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector("text=窗口工作台")
    page.wait_for_selector("#tickets, #desk-tabs")


def open_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_the_first_start_leads_over_the_link_to_the_login(served, browser) -> None:
    server, address = served
    errors: list[str] = []
    page = page_of(browser, errors)
    _, token = server.components.desk.accounts.create(SYSTEM, name="new-one", display_name="新人", role=Role.CLERK)
    page.goto(f"{address}/desk/setup?token={token}")
    page.fill("[name=password]", "short")
    page.click("button")
    playwright.expect(page.get_by_role("alert")).to_contain_text("密码要有")
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    playwright.expect(page.get_by_role("status")).to_contain_text("请登录")
    page.goto(f"{address}/desk/setup?token={token}")
    playwright.expect(page.get_by_role("alert")).to_contain_text("已经用过")
    assert serious(errors) == []


def test_an_unknown_question_becomes_an_answer_until_its_ground_moves(served, browser) -> None:
    server, address = served
    errors: list[str] = []
    visitor, clerk, editor = (page_of(browser, errors) for _ in range(3))

    log_in(editor, address, "the-editor")
    open_tab(editor, "文件")
    editor.set_input_files("input[name=file]", {"name": "办法.md", "mimeType": "text/markdown", "buffer": guide()})
    editor.get_by_role("button", name="上传并预览").click()
    editor.wait_for_selector("#desk-tabs")
    _publish(editor)

    _ask_and_leave_a_number(visitor, address)
    log_in(clerk, address, "the-clerk")
    _answer_the_ticket(clerk)
    visitor.reload()
    playwright.expect(visitor.locator("#chat")).to_contain_text("今年奖一千元")

    editor.reload()
    _approve(editor)
    other = page_of(browser, errors)
    assert _ask(other, address) == ("窗口审定", True)

    open_tab(editor, "文件")
    editor.set_input_files(
        "input[name=file]", {"name": "办法.md", "mimeType": "text/markdown", "buffer": guide("八次")}
    )
    editor.get_by_role("button", name="上传并预览").click()
    editor.wait_for_selector("#desk-tabs")
    _publish(editor)

    assert _ask(page_of(browser, errors), address) == ("请人工答复", False)
    clerk.reload()
    open_tab(clerk, "审定答案")
    playwright.expect(clerk.locator("#curated-list label", has_text="等复核")).to_contain_text(QUESTION)
    assert serious(errors) == []

    _withdraw(editor)
    playwright.expect(editor.locator("#version-diff")).to_contain_text("如果撤下")
    assert "camel-milk" in _in_use(server)
    editor.click("#carry-out")
    playwright.expect(editor.locator("#holdings label")).to_contain_text("已撤下", timeout=30_000)
    assert "camel-milk" not in _in_use(server)
    assert serious(errors) == []


def _ask_and_leave_a_number(visitor, address: str) -> None:
    visitor.goto(f"{address}/")
    visitor.fill("#query textarea", QUESTION)
    visitor.keyboard.press("Enter")
    playwright.expect(visitor.locator("#chat")).to_contain_text("已登记，编号")
    visitor.locator("#chat .message-buttons-left").first.wait_for()  # the reply is whole
    visitor.fill("#query textarea", "13812345678")
    visitor.keyboard.press("Enter")
    playwright.expect(visitor.locator("#chat")).to_contain_text("电话记下了")


def _answer_the_ticket(clerk) -> None:
    open_tab(clerk, "工单")
    clerk.locator("#tickets label", has_text=QUESTION).click()
    playwright.expect(clerk.locator("#story")).to_contain_text(QUESTION)
    clerk.click("#take")
    playwright.expect(clerk.locator("#story")).to_contain_text("办理中")
    playwright.expect(clerk.locator("#story")).to_contain_text("138****5678")
    clerk.click("#show-phone")
    playwright.expect(clerk.locator("#phone textarea, #phone input")).to_have_value("13812345678")
    clerk.fill("#ticket-answer textarea", "今年奖一千元，先贴好标识。")
    clerk.click("#send")
    playwright.expect(clerk.locator("#story")).to_contain_text("已答复")
    clerk.click("#curate")
    playwright.expect(clerk.get_by_text("已写成草稿")).to_be_visible()


def _approve(editor) -> None:
    open_tab(editor, "审定答案")
    editor.locator("#curated-list label", has_text=QUESTION).click()
    playwright.expect(editor.get_by_label("问题", exact=True)).to_have_value(QUESTION)
    editor.get_by_label("依据的段落编号（一行一个）").fill("camel-milk#steps")
    editor.get_by_role("button", name="保存").click()
    playwright.expect(editor.get_by_text("已办好").first).to_be_visible()
    editor.click("#preview-curated")
    playwright.expect(editor.locator("#curated-preview")).to_contain_text("会用这条答的")
    playwright.expect(editor.locator("#curated-preview")).to_contain_text(QUESTION)
    editor.click("#approve")
    playwright.expect(editor.locator("#curated-list label", has_text="已批准")).to_be_visible()


def _withdraw(editor) -> None:
    open_tab(editor, "文件")
    editor.fill("#find-document textarea, #find-document input", "骆驼奶")
    editor.keyboard.press("Enter")
    playwright.expect(editor.locator("#holdings label")).to_have_count(1)
    editor.locator("#holdings label", has_text="骆驼奶").click()
    playwright.expect(editor.locator("#version-diff")).to_contain_text("八次")
    editor.click("#try-withdraw")


def _in_use(server: DeskServer) -> list[str]:
    return [entry.document.document_id for entry in server.components.library.list()]


def _publish(editor) -> None:
    open_tab(editor, "文件")
    editor.locator("#uploads label", has_text="骆驼奶").click()
    playwright.expect(editor.locator("#preview")).to_contain_text("骆驼奶")
    editor.click("#rehearse")
    playwright.expect(editor.locator("#preview")).to_contain_text("试跑了", timeout=30_000)
    editor.click("#confirm")
    playwright.expect(editor.locator("#uploads label")).to_have_count(0, timeout=30_000)


def _ask(page, address: str) -> tuple[str, bool]:
    page.goto(f"{address}/")
    page.fill("#query textarea", QUESTION)
    page.keyboard.press("Enter")
    badge = page.locator("#chat .badge").first
    badge.wait_for()
    return badge.inner_text(), "骆驼奶商标标识怎么贴" in page.locator("#chat").inner_text()


def test_the_slip_is_one_page_to_print_with_the_edited_answer(served, browser, tmp_path: Path) -> None:
    _server, address = served
    errors: list[str] = []
    page = page_of(browser, errors)
    log_in(page, address, "the-clerk")
    page.locator("#query textarea, #query input").first.fill("鹭标要啥材料")
    page.keyboard.press("Enter")
    page.wait_for_selector("#evidence .desk-card")
    answer = page.locator("#answer textarea")
    answer.fill(f"请周三来。{answer.input_value()}")
    with page.context.expect_page() as opened:
        page.click("#print-slip")
    slip = opened.value
    playwright.expect(slip.locator("main")).to_contain_text("请周三来。")
    assert slip.locator(".checklist li").count() == 3
    assert slip.pdf(format="A4").count(b"/Type /Page\n") == 1
    assert serious(errors) == []
