"""What one works at is in view and hides nothing: steps, their buttons, fields, what the mouse selects."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from annotate.models import Queue, Slot
from tests.annotate.browser.screen import expect_session, press
from tests.browsing import PHONE, browsing
from tests.builders import make_session, make_slot, make_steps
from traces.models import StepKind

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Whether the middle of an element is what one sees in its place.
IN_VIEW = """(node) => {
  const { left, right, top, bottom } = node.getBoundingClientRect();
  const points = [[(left + right) / 2, top + 4], [(left + right) / 2, bottom - 4]];
  return points.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
}"""
# The lines of a step's words, as rectangles, that any of its buttons lies over; a point or two of white space is free.
COVERED = """(step) => {
  const range = document.createRange();
  const boxes = [...step.querySelectorAll(".step-tools .button")].map((each) => each.getBoundingClientRect());
  return [...step.querySelectorAll(".line, .words, .bubble header .who")].flatMap((words) => {
    range.selectNodeContents(words);
    return [...range.getClientRects()].filter((line) => boxes.some((box) => box.bottom > line.top + 4
      && box.top < line.bottom - 4 && box.left < line.right && box.right > line.left));
  }).length;
}"""


def drag(page: Page, selector: str, start: int, end: int) -> None:
    """Selects the characters from `start` to `end` of the element's first text, with the mouse."""
    box = page.locator(selector).first.evaluate(
        """(node, [start, end]) => {
          const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode();
          const range = document.createRange();
          range.setStart(text, start);
          range.setEnd(text, end);
          const { left, right, top, height } = range.getBoundingClientRect();
          return { left, right, middle: top + height / 2 };
        }""",
        [start, end],
    )
    page.mouse.move(box["left"] + 1, box["middle"])
    page.mouse.down()
    page.mouse.move(box["right"] - 1, box["middle"], steps=8)
    page.mouse.up()


def test_words_marked_with_the_mouse_are_quoted_by_the_button_beside_them(page: Page) -> None:
    expect(page.locator("#quote-button")).to_be_hidden()
    drag(page, '.step[data-step="k3"] .words p', 6, 17)
    expect(page.locator("#quote-button")).to_be_visible()
    assert page.locator("#quote-button").evaluate(IN_VIEW)
    page.locator("#quote-button").click()
    expect(page.locator("[data-quote] [data-text]")).to_have_text(["Your refund"])
    expect(page.locator("input[name='outcome'][value='failure']")).to_be_checked()
    assert json.loads(page.locator("[name='failures-0-quotes']").input_value()) == [
        {"step": "k3", "start": 6, "end": 17, "text": "Your refund"}
    ]
    expect(page.locator("#quote-button")).to_be_hidden()


def test_the_buttons_of_a_step_hide_none_of_its_words(page: Page) -> None:
    for _ in range(3):
        press(page, "j")
        current = page.locator(".step.current")
        assert current.locator(".step-tools .button").first.evaluate("node => getComputedStyle(node).opacity") == "1"
        assert current.locator(".step-tools .button").first.evaluate(IN_VIEW)
        assert current.evaluate(COVERED) == 0


@pytest.fixture
def long(queue: Queue) -> Slot:
    """A session of many steps, the first of which are behind the scenes, at the head of the queue."""
    session = make_session(queue.project, "long")
    turns = [(StepKind.USER, {"text": f"Turn {turn}. " + "And so on. " * 60}) for turn in range(1, 150)]
    make_steps(session, (StepKind.LLM, {"name": "chat", "text": "thinking"}), *turns)
    return make_slot(queue, session, priority=2)


def open_long(page: Page, queue: Queue, long: Slot, step: str = "") -> None:
    page.goto(f"/p/{queue.project.slug}/review/slots/{long.pk}/{step}")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()


def test_a_link_to_a_step_opens_the_review_page_there(page: Page, queue: Queue, long: Slot) -> None:
    open_long(page, queue, long, "#step-120")
    expect(page.locator("#step-120")).to_be_focused()
    expect(page.locator("#step-120")).to_be_in_viewport()
    expect(page.locator(".outline [aria-current] .n")).to_have_text("120")
    press(page, "x")
    expect(page.locator("[name='failures-0-root_step']")).to_have_value("k120")
    page.evaluate("location.hash = '#step-1'")  # behind the scenes: a link to it shows it
    expect(page.locator("#step-1")).to_be_focused()
    expect(page.locator("#step-1")).to_be_in_viewport()


def test_a_comment_is_written_in_view_however_long_the_session(page: Page, queue: Queue, long: Slot) -> None:
    open_long(page, queue, long, "#step-3")
    expect(page.locator(".comment-form textarea")).to_be_attached()
    press(page, "c")
    expect(page.locator(".comment-form textarea")).to_be_focused()
    expect(page.locator(".comment-form button[type='submit']")).to_be_in_viewport(ratio=1)
    press(page, "Escape")
    expect(page.locator("#step-3")).to_be_focused()
    expect(page.locator("#step-3")).to_be_in_viewport()


def test_the_row_of_a_step_is_not_below_the_head_of_the_outline(page: Page, queue: Queue, long: Slot) -> None:
    open_long(page, queue, long, "#step-100")
    for _ in range(60):
        press(page, "k")
    expect(page.locator(".outline [aria-current] .n")).to_have_text("40")
    assert page.locator(".outline [aria-current] a").evaluate(IN_VIEW)


def test_a_field_that_a_key_leads_to_is_not_below_the_button(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 620})
    for key, name in {"w": "note", "t": "failure_type", "i": "chosen_issue", "f": "expected"}.items():
        press(page, key)
        field = page.locator(f"[name='failures-0-{name}']")
        expect(field).to_be_focused()
        assert field.evaluate(IN_VIEW), name
        press(page, "Escape")


def test_the_sheet_of_keys_fits_and_enter_leads_nowhere(page: Page) -> None:
    before = page.url
    press(page, "?")
    assert page.locator("#key-sheet").evaluate("node => node.scrollWidth <= node.clientWidth")
    expect(page.locator("#keys h2")).to_be_in_viewport(ratio=1)
    press(page, "Enter")
    assert page.url == before
    press(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_paper_shows_nothing_that_can_only_be_filled_in(page: Page) -> None:
    page.emulate_media(media="print")
    for kind in ("textarea", "input", "select", "button", "kbd"):
        assert page.locator(f"{kind}:visible").count() == 0, kind
    expect(page.locator("#comments")).to_be_hidden()
    expect(page.locator(".step .words").last).to_be_visible()


@pytest.fixture
def phone(chromium: Browser, live_server: Any, queue: Queue, ada: User) -> Any:
    with browsing(chromium, live_server.url, ada, **PHONE) as context:
        page = context.new_page()
        page.goto(f"/p/{queue.project.slug}/review/{queue.pk}/next/")
        expect_session(page, 1)
        yield page
        page.evaluate("navigator.sendBeacon = () => true")


def test_a_failure_is_judged_by_touch_alone(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator('[data-step="k2"] [data-mark="root"]').tap()
    phone.locator('[data-step="k3"] .words').tap()
    phone.locator('[data-step="k3"] [data-mark="surfaced"]').tap()
    expect(phone.locator("[name='failures-0-root_step']")).to_have_value("k2")
    expect(phone.locator("[name='failures-0-surfaced_step']")).to_have_value("k3")
    phone.locator("[name='failures-0-note']").tap()
    phone.keyboard.insert_text("It never did.")
    phone.locator(".severity .choice", has_text="High").tap()
    phone.locator("button.submit").tap()
    expect_session(phone, 2)


def test_on_a_telephone_buttons_stand_where_something_looks_wrong_or_was_touched(phone: Page) -> None:
    for step, shown in {"k1": False, "k2": True, "k3": False}.items():
        assert phone.locator(f'[data-step="{step}"] .step-tools').is_visible() is shown, step
    phone.locator('[data-step="k3"] .words').tap()
    tools = phone.locator('[data-step="k3"] .step-tools .button')
    expect(tools).to_have_count(5)
    tops = tools.evaluate_all("all => all.map((each) => Math.round(each.getBoundingClientRect().top))")
    assert len(set(tops)) == 1
