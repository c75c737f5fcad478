"""What the review screen says where something does not come, or is not done."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from annotate.models import Comment, Queue
from tests.annotate.browser.screen import press
from tests.builders import make_session

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COMMENT = ".comment-form textarea"


def test_what_the_agent_saw_says_what_it_waits_for_and_why_it_does_not_come(page: Page) -> None:
    page.route("**/steps/2/saw/", lambda route: route.abort("internetdisconnected"), times=1)
    press(page, "j j p")
    dialog = page.get_by_role("dialog", name="What the agent saw at step 2")
    expect(dialog.get_by_role("heading", level=2)).to_be_focused()
    expect(dialog.get_by_role("status")).to_have_text("The server cannot be reached. Close this and try again.")
    press(page, "Escape p")
    expect(dialog.get_by_role("status")).to_contain_text("Put together from what is recorded")
    expect(dialog.get_by_text("Please refund order A-1.")).to_be_visible()


def test_comments_that_did_not_come_are_asked_for_again(page: Page, context: BrowserContext) -> None:
    context.route("**/comments/", lambda route: route.abort("internetdisconnected"))
    page.reload()
    expect(page.locator("#comments")).to_contain_text("Comments come when the connection is back.")
    press(page, "c")
    expect(page.locator("#status")).to_have_text("The comments are not here yet.")
    context.unroute("**/comments/")
    press(page, "c")
    expect(page.locator(COMMENT)).to_be_attached()
    press(page, "c")
    expect(page.locator(COMMENT)).to_be_focused()


def test_a_comment_that_was_not_taken_back_is_said_to_stand(page: Page) -> None:
    expect(page.locator(COMMENT)).to_be_attached()
    press(page, "c")
    page.keyboard.type("Hasty.")
    page.keyboard.press("Control+Enter")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/withdraw/", lambda route: route.abort("internetdisconnected"), times=1)
    back = page.get_by_role("button", name="Take back")
    back.click()
    expect(page.locator("#toasts")).to_contain_text("That was not done: the server cannot be reached. Try again.")
    why = "Only who wrote it can take it back."
    page.route("**/withdraw/", lambda route: route.fulfill(status=422, content_type="text/plain", body=why), times=1)
    back.click()
    expect(page.locator("#toasts")).to_contain_text(why)
    back.click()
    expect(back).to_have_count(0)
    assert Comment.objects.get().withdrawn_at is not None


def test_a_session_without_steps_has_keys_and_comments(page: Page, queue: Queue) -> None:
    page.goto(reverse("session_page", args=[queue.project.slug, make_session(queue.project, "empty").pk]))
    expect(page.locator(COMMENT)).to_be_attached()
    page.get_by_role("button", name="All keys").click()
    expect(page.locator("#key-sheet kbd")).to_have_text(["c", "C", "?"])
    press(page, "Escape c")
    expect(page.locator(COMMENT)).to_be_focused()
    press(page, "Escape j /")
    expect(page.locator(COMMENT)).not_to_be_focused()
