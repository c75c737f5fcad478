"""Keys, fields and buttons of the review screen in a real Chromium."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from annotate.models import Failure, Queue, QueueItem, Review, Slot, SlotState
from tests.annotate.browser.screen import expect_session, press
from tests.builders import (
    make_failure_type,
    make_session,
    make_slot,
    make_steps,
)
from traces.models import StepKind

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_sheet_shows_exactly_the_keys_that_are_bound(page: Page) -> None:
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    shown = page.locator("#key-sheet kbd").all_inner_texts()
    bound = page.evaluate("JSON.parse(document.getElementById('keymap').textContent).actions.map(({ shown }) => shown)")

    assert shown == bound
    # While the sheet is open, keys do nothing else.
    press(page, "2 Escape")
    assert page.locator("input[name=outcome]:checked").count() == 0


def test_every_key_has_something_to_click(page: Page) -> None:
    """The same review with the mouse alone."""
    page.get_by_role("button", name="next signal").click()
    page.get_by_role("button", name="Step 2 first went wrong here").click()
    page.get_by_label("What went wrong").fill("Told by mouse.")
    page.get_by_label("Critical").check()
    page.get_by_role("button", name="Submit and next").click()
    expect_session(page, 2)
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Unreadable").click()
    expect_session(page, 3)
    page.get_by_role("button", name="Undo (2 left)").click()
    expect_session(page, 2)

    assert (Failure.objects.get().severity, Slot.objects.filter(state=SlotState.SKIPPED).count()) == ("critical", 0)


def test_keys_are_silent_while_composing(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: '2', isComposing: true, bubbles: true}))")

    assert page.locator("input[name=outcome]:checked").count() == 0


def test_a_long_session_is_few_tab_stops_long(page: Page, queue: Queue) -> None:
    steps = [(StepKind.TOOL, {"name": f"call_{number}"}) for number in range(30)]
    session = make_session(queue.project, "long")
    make_steps(session, *steps)
    slot = make_slot(queue, session)
    page.goto(reverse("review_page", args=[queue.project.slug, slot.pk]))
    expect(page.locator("#why")).to_be_focused()

    press(page, "Tab")
    expect(page.get_by_role("link", name="To your judgement")).to_be_in_viewport()
    press(page, "Enter")
    expect(page.locator("input[name=outcome]").first).to_be_focused()

    page.locator("#why").focus()
    tabs = 0
    while not page.evaluate("document.activeElement.name === 'outcome'"):
        press(page, "Tab")
        tabs += 1
    assert tabs <= 16


def test_the_outline_is_walked_with_arrows(page: Page) -> None:
    links = page.locator(".outline ol a")
    links.first.focus()
    press(page, "ArrowDown Enter")
    expect(page.locator("#step-2")).to_be_focused()
    assert links.evaluate_all("nodes => nodes.map((node) => node.tabIndex)") == [-1, 0, -1]


def typed(page: Page) -> str:
    return page.locator("#id_failures-0-failure_type").input_value()


def test_a_failure_type_is_found_by_typing_nearly_its_name(page: Page, queue: Queue) -> None:
    for name in ("Wrong address", "Silent failure", "Gets stuck"):
        make_failure_type(queue.project, name)
    page.reload()
    options = page.get_by_role("listbox", name="Failure types").get_by_role("option")

    press(page, "t")
    page.keyboard.type("adress wrong")
    expect(options).to_have_text(["Wrong address", "Create “adress wrong”"])
    press(page, "Enter")
    assert typed(page) == "Wrong address"
    expect(page.get_by_text("a new type")).to_have_count(0)

    # What is there in other letters is not made again; what is new is the last choice.
    press(page, "Control+a")
    page.keyboard.type("SILENT failure")
    expect(options).to_have_text(["Silent failure"])
    press(page, "Control+a")
    page.keyboard.type("Gets")
    expect(options).to_have_text(["Gets stuck", "Create “Gets”"])
    press(page, "ArrowDown Enter")
    assert typed(page) == "Gets"
    expect(page.get_by_text("a new type")).to_be_visible()

    # The first Escape closes the list, the next leaves the field; Enter submits neither time.
    press(page, "ArrowDown Escape")
    expect(options).to_have_count(0)
    expect(page.locator("#id_failures-0-failure_type")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#step-1")).to_be_focused()
    assert Review.objects.count() == 0


def test_long_reasons_are_cut_until_asked_for(page: Page, queue: Queue) -> None:
    expect(page.get_by_role("button", name="more")).to_have_count(0)
    reasons = ["The tool answered 401 and the agent went on as if it had not. " * 4, "Another. " * 30]
    QueueItem.objects.filter(reasons=["reason of s1"]).update(reasons=reasons)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    bar = page.locator(".review-bar")
    folded = bar.evaluate("node => node.offsetHeight")

    page.get_by_role("button", name="more").click()
    assert bar.evaluate("node => node.offsetHeight") > 2 * folded
    page.get_by_role("button", name="less").click()
    assert bar.evaluate("node => node.offsetHeight") == folded


def test_marks_are_big_enough_to_hit(page: Page) -> None:
    heights = page.locator(".step-tools .button").evaluate_all("nodes => nodes.map((node) => node.offsetHeight)")

    assert len(heights) >= 12
    assert min(heights) >= 24
