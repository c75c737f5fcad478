"""One session open in two tabs: both texts are kept, and their reader chooses."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from annotate.models import Draft
from tests.annotate.browser.screen import expect_session, press

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTE = "#id_failures-0-note"


@pytest.fixture
def other(page: Page, context: BrowserContext) -> Page:
    """The same session in another tab."""
    other = context.new_page()
    other.goto(page.url)
    expect_session(other, 1)
    return other


def write(page: Page, text: str) -> None:
    page.bring_to_front()
    press(page, "2 w")
    page.keyboard.type(text)


def standing_note() -> Any:
    """What the server has; None as long as it has nothing."""
    draft = Draft.objects.first()
    return draft and draft.content["failures"][0]["note"]


def expect_standing(page: Page, text: str) -> None:
    """Waits for the server to have it: a page that says *Saved* may speak of what it saved before."""
    for _ in range(1000):
        if standing_note() == text:
            return
        page.wait_for_timeout(20)
    assert standing_note() == text


def test_both_texts_are_shown_and_the_reader_takes_the_other(page: Page, other: Page) -> None:
    write(page, "From the first tab.")
    expect(page.locator("#status")).to_have_text("Saved")
    write(other, "From the second tab.")

    dialog = other.get_by_role("dialog", name="Another tab has a different text")
    expect(dialog.locator("pre")).to_contain_text(["From the second tab.", "From the first tab."])
    press(other, "Escape Escape")
    expect(dialog).to_be_visible()
    assert standing_note() == "From the first tab."
    dialog.get_by_role("button", name="Take that one").click()
    expect(other.locator(NOTE)).to_have_value("From the first tab.")
    expect(dialog).to_be_hidden()


def test_the_text_that_is_kept_is_saved_and_the_first_tab_is_asked_in_turn(page: Page, other: Page) -> None:
    write(page, "First.")
    expect(page.locator("#status")).to_have_text("Saved")
    write(other, "Second.")
    other.get_by_role("button", name="Keep this one").click()
    expect(other.locator("#status")).to_have_text("Saved")
    assert standing_note() == "Second."
    page.bring_to_front()
    page.locator(NOTE).press_sequentially(" More.")

    dialog = page.get_by_role("dialog", name="Another tab has a different text")
    expect(dialog.locator("pre")).to_contain_text(["First. More.", "Second."])
    dialog.get_by_role("button", name="Keep this one").click()
    expect(page.locator("#status")).to_have_text("Saved")
    assert standing_note() == "First. More."


def test_texts_of_two_tabs_that_were_closed_offline_are_both_there_later(
    page: Page, other: Page, context: BrowserContext
) -> None:
    context.set_offline(True)
    for tab, text in ((page, "First."), (other, "Second.")):
        write(tab, text)
        expect(tab.locator("#status")).to_contain_text("Kept on this computer")
    address = page.url
    page.close()
    other.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto(address)

    texts = later.get_by_role("dialog", name="Another tab has a different text").locator("pre")
    for text in ("First.", "Second."):
        expect(texts.filter(has_text=text)).to_have_count(1)
    # One of the tabs may have reached the server with its last breath: then its text stands in the page.
    is_standing = "Second." in texts.first.inner_text()
    later.get_by_role("button", name="Keep this one" if is_standing else "Take that one").click()
    expect(later.locator(NOTE)).to_have_value("Second.")
    expect_standing(later, "Second.")


def test_one_tab_is_never_asked_about_its_own_text(page: Page) -> None:
    saved: list[int] = []

    def lose_every_second_answer(route: Any) -> None:
        answer = route.fetch()
        saved.append(answer.status)
        if len(saved) % 2:
            route.abort("internetdisconnected")
        else:
            route.fulfill(response=answer)

    page.route("**/draft/", lose_every_second_answer)
    write(page, "One. ")
    expect(page.locator("#status")).to_contain_text("Kept on this computer")
    page.keyboard.type("Two.")
    expect(page.locator("#status")).to_have_text("Saved", timeout=15_000)

    expect(page.locator("#choose-dialog")).to_be_hidden()
    assert standing_note() == "One. Two."
