"""The focus on pages whose parts come later, or are put in anew, in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import Role, User
from annotate.actions.preferences import set_keys
from annotate.models import KeyUse, Queue
from tests.browsing import browsing, focus_is_lost
from tests.builders import make_member, make_user
from tests.demo.playing import play_demo

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What htmx does by itself when its time has come, now.
SWAP = """
([place, url, swap]) => new Promise((done) => {
  document.addEventListener("htmx:afterSettle", () => setTimeout(done), {once: true});
  htmx.ajax("GET", url, {target: place, swap});
})
"""


@pytest.fixture
def lead(db: None) -> User:
    return make_member(play_demo(make_user("owner@example.com", is_superuser=True)), Role.LEAD)


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User) -> Iterator[Page]:
    with browsing(chromium, live_server.url, lead) as context:
        page = context.new_page()
        yield page
        page.goto("about:blank")


def opened(page: Page, name: str) -> None:
    page.goto(reverse(name, args=["demo"]))
    page.wait_for_load_state("networkidle")


def test_focus_stays_where_a_part_is_put_in_anew(page: Page) -> None:
    opened(page, "queue_list")
    queue = Queue.objects.earliest("pk")
    page.locator(".queue:first-child a").first.focus()
    row = reverse("queue_row", args=["demo", queue.pk])
    page.evaluate(SWAP, [".queue:first-child", row, "outerHTML"])
    assert not focus_is_lost(page)
    assert page.evaluate("document.activeElement.closest('.queues') !== null")

    opened(page, "overview")
    page.evaluate("document.querySelector('#people a').focus()")
    page.evaluate(SWAP, ["#people", f"{reverse('overview', args=['demo'])}?part=people", "innerHTML"])
    assert page.evaluate("document.activeElement.id") == "people"


def test_focus_goes_along_with_the_keys_of_lists(page: Page) -> None:
    for name in ("issue_board", "proposal_inbox", "signal_list"):
        opened(page, name)
        page.keyboard.press("Tab")
        assert not focus_is_lost(page), name
    opened(page, "issue_board")
    page.keyboard.press("j")
    expect(page.locator("[data-item].chosen")).to_have_count(1)
    assert not focus_is_lost(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/1/")


def test_a_note_that_is_dismissed_leaves_the_focus_in_the_page(page: Page) -> None:
    page.goto("/account/keys/")
    page.get_by_role("button", name="All as usual").click()
    page.get_by_role("button", name="Dismiss").click()
    assert not focus_is_lost(page)


def test_keys_of_lists_rest_for_those_who_switched_them_off(page: Page, lead: User) -> None:
    set_keys(user=lead, own={}, use=KeyUse.OFF)
    opened(page, "issue_board")
    page.keyboard.press("j")
    expect(page.locator("[data-item].chosen")).to_have_count(0)
    expect(page.locator(".key-hint")).to_have_text("Keys")

    set_keys(user=lead, own={}, use=KeyUse.ALT)
    opened(page, "issue_board")
    page.keyboard.press("Alt+j")
    expect(page.locator("[data-item].chosen")).to_have_count(1)
