"""A visitor at the page: asks, reads, opens the source, says what was wrong, prints, comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import messages
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
QUESTION = "专利费减要什么材料"
PHONE = {"width": 390, "height": 664, "has_touch": True, "is_mobile": True}
Open = Callable[..., Any]
# Every text with the contrast between its colour and what lies behind it, where that is below 4.5 to 1.
LOW_CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgb(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest("script, style, .sr-only, .visually-hidden")) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${text.slice(0, 20)}: ${ratio.toFixed(1)}`);
  }
  return low;
}"""
# What is read or read out: the texts, and the labels that a screen reader says.
WORDS = """() => [document.title, document.body.innerText, ...[...document.querySelectorAll("[aria-label], [title], [placeholder]")]
  .filter((each) => each.checkVisibility()).flatMap((each) => ["aria-label", "title", "placeholder"].map((name) => each.getAttribute(name)))]
  .filter(Boolean).join("\\n")"""


def ask(page: Any, question: str) -> Any:
    """Type a question and return the reply to it."""
    replies = page.locator("#chat .bot-row")
    before = replies.count()
    page.fill("#query textarea", question)
    page.press("#query textarea", "Enter")
    return replied(page, before)


def replied(page: Any, before: int) -> Any:
    """Return the reply that follows ``before`` replies."""
    reply = page.locator("#chat .bot-row").nth(before)
    reply.filter(has_not_text=messages.LOOKING).wait_for()
    return reply


def sideways(page: Any) -> int:
    """Return by how many pixels the page is wider than the phone; a phone's own window grows with the page."""
    return int(page.evaluate("document.documentElement.scrollWidth")) - PHONE["width"]


def test_a_typed_question_gets_an_answer_whose_source_opens_at_the_marked_passage(
    open_page: Open, screenshots: Path
) -> None:
    page = open_page()
    page.screenshot(path=screenshots / "first-visit.png")
    reply = ask(page, QUESTION)
    assert "证明" in reply.inner_text()
    assert "〔1〕" in reply.inner_text()
    reply.locator("summary").first.click()
    quote = reply.locator("blockquote").first.inner_text()
    page.screenshot(path=screenshots / "answer.png")
    with page.context.expect_page() as opened:
        reply.get_by_text(messages.OPEN_SOURCE).first.click()
    document = opened.value
    document.wait_for_load_state()
    cited = document.locator("section.cited")
    assert cited.count() == 1
    assert cited.evaluate("each => each.getBoundingClientRect().top < innerHeight")
    assert quote.splitlines()[0] in cited.inner_text()
    assert cited.evaluate("each => getComputedStyle(each).backgroundColor") != "rgba(0, 0, 0, 0)"
    document.screenshot(path=screenshots / "document.png")


def test_a_follow_up_is_understood_and_suggestions_can_be_clicked(open_page: Open) -> None:
    page = open_page()
    ask(page, "商标注册要什么材料")
    follow_up = ask(page, "多长时间")
    assert "9个月" in follow_up.inner_text()
    assert messages.ASK_NEXT in page.locator("#suggestions").inner_text()
    suggestion = page.locator("#suggestions button:visible").first
    question = suggestion.inner_text()
    suggestion.click()
    assert replied(page, 2).locator(".sources").count() == 1
    assert page.locator("#chat .user-row").last.inner_text().strip() == question


def test_a_question_sent_at_once_after_another_is_answered_too(open_page: Open) -> None:
    page = open_page()
    for question in ("商标注册要什么材料", "红标怎么申请"):
        page.fill("#query textarea", question)
        page.press("#query textarea", "Enter")
        page.locator("#chat .user-row", has_text=question).wait_for()
    assert "红标" in replied(page, 1).inner_text()


def test_examples_are_shown_first_and_make_room_for_the_answer(open_page: Open) -> None:
    page = open_page()
    for audience, questions in messages.EXAMPLES.items():
        page.get_by_role("tab", name=audience).click()
        page.get_by_role("button", name=questions[0]).wait_for()
    assert not page.locator("#chat").is_visible()
    page.get_by_role("button", name=questions[0]).click()
    replied(page, 0)
    assert not page.locator("#start").is_visible()


def test_an_off_topic_question_is_declined_without_sources(open_page: Open) -> None:
    reply = ask(open_page(), "今天天气咋样")
    assert reply.locator(".sources").count() == 0
    assert messages.ABSTAIN_OFF_TOPIC[:10] in reply.inner_text()


def test_large_text_stays_after_a_reload(open_page: Open, screenshots: Path) -> None:
    page = open_page()

    def size() -> float:
        return float(page.locator("#welcome p").evaluate("each => parseFloat(getComputedStyle(each).fontSize)"))

    normal = size()
    page.click("#large-text")
    page.wait_for_selector("#large-text[aria-pressed=true]")
    assert size() > normal * 1.25
    page.reload()
    page.wait_for_selector("#large-text[aria-pressed=true]")
    assert size() > normal * 1.25
    page.screenshot(path=screenshots / "large.png")


def test_on_a_phone_everything_needed_to_begin_is_there_without_scrolling(open_page: Open, screenshots: Path) -> None:
    page = open_page(**PHONE)
    page.screenshot(path=screenshots / "phone-first-visit.png")
    needed = [
        page.locator("#notice"), page.locator("#query"), page.locator("#send"), page.locator("#person"),
        *(page.get_by_role("tab", name=audience) for audience in messages.EXAMPLES),
        *(page.get_by_role("button", name=question) for question in next(iter(messages.EXAMPLES.values()))),
    ]  # fmt: skip
    for each in needed:
        box = each.bounding_box()
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PHONE["height"], each
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"], each


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page: Open, screenshots: Path) -> None:
    page = open_page(**PHONE)
    for large in (False, True):
        if large:
            page.click("#large-text")
            page.wait_for_selector("#large-text[aria-pressed=true]")
        assert sideways(page) <= 0
        ask(page, "专利年费交多少钱")
        assert sideways(page) <= 0
        page.screenshot(path=screenshots / f"phone-answer{'-large' if large else ''}.png")
    for path in ("/documents", "/documents/patent-fees"):
        assert sideways(open_page(path, **PHONE)) <= 0


def test_nothing_lies_over_the_box_for_the_next_question(open_page: Open) -> None:
    page = open_page(**PHONE)
    ask(page, QUESTION)
    covered = page.evaluate(
        """() => {
            const box = document.querySelector('#query textarea'), covered = []
            for (let down = 0; down <= document.documentElement.scrollHeight; down += 15) {
                scrollTo({ top: down, behavior: 'instant' })
                const { left, top, width, height } = box.getBoundingClientRect()
                for (const share of [.05, .2, .4, .6, .8, .95]) {
                    const found = document.elementFromPoint(left + share * width, top + height / 2)
                    if (found && !found.closest('#ask')) covered.push(found.className)
                }
            }
            return covered
        }"""
    )
    assert covered == []


def test_on_a_phone_what_is_tapped_is_large_enough(open_page: Open) -> None:
    page = open_page(**PHONE)
    ask(page, QUESTION)
    for button in page.locator("button:visible").all():
        assert button.bounding_box()["height"] >= 40, button.inner_text()


def test_a_bad_verdict_is_stored_with_its_reason(open_page: Open, server: Server) -> None:
    page = open_page()
    ask(page, "地理标志产品专用标志怎么申请使用")
    page.locator("#chat [data-action=down]:visible").click()
    page.locator("#why").get_by_text("出处不对").click()
    page.get_by_text(messages.FEEDBACK_THANKS).wait_for()
    rows = server.rows(
        "SELECT rating, reason FROM feedback JOIN replies USING (reply_id) WHERE query = ?",
        "地理标志产品专用标志怎么申请使用",
    )
    assert rows == [("down", "wrong_citation")]


def test_asking_for_a_person_gives_a_number_to_remember(open_page: Open, server: Server) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.click("#person")
    number = re.search(r"编号 ([0-9A-Z-]+)", replied(page, 1).inner_text())
    assert number is not None
    assert server.rows("SELECT question FROM tickets WHERE ticket_id = ?", number[1]) == [(QUESTION,)]


def test_a_reopened_page_shows_the_same_answers_and_sources(open_page: Open) -> None:
    page = open_page()
    ask(page, QUESTION)
    ask(page, "多长时间")
    page.locator("#chat .message-buttons-left").nth(1).wait_for()  # the reply is whole
    before = page.locator("#chat").inner_text()
    page.reload()
    page.locator("#chat .message-buttons-left").nth(1).wait_for()
    assert page.locator("#chat").inner_text() == before
    page.click("#restart")
    page.locator("#start").wait_for()
    page.reload()
    page.locator("#start").wait_for()
    assert not page.locator("#chat").is_visible()


def test_on_paper_there_is_only_the_question_the_answer_the_sources_the_date_and_the_disclaimer(
    open_page: Open, screenshots: Path
) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.locator("body").inner_text()
    for wanted in (QUESTION, "证明", "〔1〕", messages.PAGE_NOTICE, messages.DISCLAIMER):
        assert wanted in printed
    assert page.locator("#chat blockquote").first.is_visible()
    assert re.search(r"\d{4}/\d{1,2}/\d{1,2}", page.locator("#bottom").get_attribute("data-printed"))
    for unwanted in ("#top", "#tools", "#ask", "#suggestions", "#chat .message-buttons", "#start"):
        assert not page.locator(unwanted).first.is_visible(), unwanted
    assert messages.LINKS not in printed
    page.screenshot(path=screenshots / "print.png", full_page=True)


def test_a_copied_answer_is_plain_text_with_sources_and_says_who_wrote_it(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.locator("#chat [data-action=copy]:visible").click()
    page.locator(f"#chat [title={messages.COPIED}]").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "证明" in copied
    assert "〔1〕《" in copied
    assert "程序自动生成" in copied
    assert "<" not in copied


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page()
    page.wait_for_function("document.activeElement?.closest('#query')")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    reply = replied(page, 0)
    reply.locator("summary").first.focus()
    page.keyboard.press("Enter")
    reply.locator("blockquote").first.wait_for()
    assert reply.locator("summary").first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_nothing_read_or_read_out_is_english_whatever_the_browser_speaks(open_page: Open) -> None:
    page = open_page(locale="en-US")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert re.findall(r"[A-Za-z]{2,}", page.evaluate(WORDS)) == []
    ask(page, QUESTION)
    page.locator("#chat [data-action=up]:visible").click()
    page.get_by_text(messages.FEEDBACK_THANKS).wait_for()
    assert re.findall(r"[A-Za-z]{2,}", page.evaluate(WORDS)) == []
    assert page.get_by_role("textbox", name=messages.ASK_LABEL).count() == 1
    assert page.get_by_role("log", name=messages.CONVERSATION).count() == 1
    assert not page.locator("footer").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(open_page: Open, scheme: str, screenshots: Path) -> None:
    page = open_page(color_scheme=scheme)
    assert page.evaluate(LOW_CONTRAST) == []
    ask(page, "规划里质押融资的目标是多少")
    page.locator("#chat summary").first.click()
    page.screenshot(path=screenshots / f"{scheme}.png", full_page=True)
    assert page.evaluate(LOW_CONTRAST) == []
    for path in ("/documents", "/documents/patent-fee-reduction?passage=materials#materials"):
        assert open_page(path, color_scheme=scheme).evaluate(LOW_CONTRAST) == []


def test_the_description_of_the_interface_is_drawn(open_page: Open) -> None:
    page = open_page("/docs")
    page.get_by_text("/api/v1/ask", exact=True).first.wait_for()
