"""The focus: never lost after an act, and always to be seen. Whole reviews by keyboard alone and by mouse alone."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Failure, Outcome, Queue, Review
from tests.annotate.browser.screen import expect_session, press
from tests.browsing import focus_is_lost, focus_is_seen

ACTS = [
    *("j", "x", "2", "w", "Escape", "a", "Escape", "t", "Escape", "v", "s", "f", "Escape", "? Escape", "z Escape"),
    *("n", "g", "G", "b", "p Escape", "/ Escape", "c Escape", "q", "i", "Escape"),
]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_focus_is_never_lost_while_judging(page: Page) -> None:
    """After each of these the next Tab goes on from somewhere, not from the top of the page."""
    lost = []
    for keys in ACTS:
        press(page, keys)
        page.wait_for_timeout(30)
        if focus_is_lost(page):
            lost.append(keys)
    assert lost == []


def test_focus_is_never_lost_with_the_mouse(page: Page) -> None:
    page.get_by_label("Failure").first.check()
    page.get_by_role("button", name="Something else went wrong too").click()
    assert not focus_is_lost(page)
    page.get_by_role("button", name="Remove").last.click()
    assert not focus_is_lost(page)
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Keep it").click()
    assert not focus_is_lost(page)


def test_focus_goes_on_after_submitting_undoing_and_skipping(page: Page) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)
    assert not focus_is_lost(page)
    press(page, "u")
    expect_session(page, 1)
    assert not focus_is_lost(page)
    press(page, "z")
    page.get_by_role("button", name="Unreadable").press("Enter")
    expect_session(page, 2)
    assert not focus_is_lost(page)


@pytest.mark.parametrize("forced", ["none", "active"])
def test_focus_can_be_seen_on_everything_that_takes_it(page: Page, forced: Literal["none", "active"]) -> None:
    page.emulate_media(forced_colors=forced, reduced_motion="reduce")
    page.get_by_label("Failure").first.check()
    page.locator("#why").focus()
    unseen = []
    for _ in range(40):
        press(page, "Tab")
        # Behind the last thing that takes it, the focus is the browser's own.
        if not focus_is_lost(page) and not focus_is_seen(page):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert unseen == []


def test_nothing_moves_for_those_who_ask_for_rest(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter((each) => {"
        " const {transitionDuration: slow, animationDuration: turn, scrollBehavior: roll} = getComputedStyle(each);"
        " return Math.max(...`${slow},${turn}`.split(',').map(parseFloat)) > 0.01 || roll === 'smooth'; })"
        ".map((each) => each.outerHTML.slice(0, 80))"
    )
    assert moving == []


def test_a_whole_review_by_keyboard_alone(page: Page, queue: Queue) -> None:
    press(page, "j j x 2 w")
    page.keyboard.type("It said so without having done it.")
    press(page, "Escape t")
    page.keyboard.type("Says what is not so")
    press(page, "Enter Escape v a")
    page.keyboard.type("And another.")
    press(page, "Escape x Control+Enter")
    expect_session(page, 2)
    press(page, "1 Enter")
    expect_session(page, 3)
    press(page, "3 Enter")
    expect_session(page, 4)
    press(page, "1 Enter")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("reason of")

    assert sorted(Review.objects.values_list("outcome", flat=True)) == sorted(
        [Outcome.FAILURE, Outcome.SUCCESS, Outcome.SUCCESS, Outcome.UNKNOWN]
    )
    assert list(Failure.objects.order_by("pk").values_list("note", flat=True)) == [
        "It said so without having done it.",
        "And another.",
    ]
