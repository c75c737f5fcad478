"""The failure types that a note looks like, in the empty field of the type."""

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from annotate.models import FailureType, Queue
from issues.queries.nearest import read_issues
from tests.annotate.browser.screen import expect_quiet, expect_session, press
from tests.builders import make_failure, make_failure_type, make_review, make_session, make_talk

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIELD = "#id_failures-0-failure_type"
NOTE = "claims that the refund has gone out, but it failed"


@pytest.fixture
def types(queue: Queue, ada: User, page: Page) -> Page:
    """A type that is used often, and one whose name and words are like the note."""
    page.goto("about:blank")
    FailureType.objects.create(
        project=queue.project, name="Silent failure", group="Honesty", description="Claims a refund that failed."
    )
    often = make_failure_type(queue.project, "Stuck")
    session = make_session(queue.project, "known")
    make_talk(session)
    make_failure(make_review(session, ada), "Loops on a search.", failure_type=often)
    read_issues(queue.project)
    page.go_back()
    expect_session(page, 1)
    return page


def names(page: Page) -> list[str]:
    found = page.locator("#type-choices li").evaluate_all("nodes => nodes.map((node) => node.dataset.value)")
    return [str(name) for name in found]


def test_what_fits_the_note_stands_first_until_something_is_typed(types: Page) -> None:
    page = types
    press(page, "2 t")
    expect(page.locator("#type-choices")).to_have_count(0)
    press(page, "ArrowDown")
    assert names(page) == ["Stuck", "Silent failure"]
    press(page, "Escape Escape w")
    page.keyboard.type(NOTE)
    expect(page.locator("[data-fits] option")).to_have_count(1)

    press(page, "Escape t")
    assert names(page) == ["Silent failure", "Stuck"]
    shown = page.locator("#type-choices li").all_inner_texts()
    assert shown == ["Silent failure\nfits your note · Honesty", "Stuck\n1×"]
    press(page, "ArrowDown Enter")
    expect(page.locator(FIELD)).to_have_value("Silent failure")
    press(page, "Control+a")
    page.keyboard.type("stu")
    assert names(page) == ["Stuck", "stu"]


def test_what_fits_comes_to_whoever_is_in_the_field_already(types: Page) -> None:
    page, asked = types, list[Route]()

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/issues/near/", hold)

    def answer(*fits: str, more: str) -> None:
        while not asked:
            page.wait_for_timeout(10)
        body = "".join(f'<option value="{name}"></option>' for name in fits)
        asked.pop().fulfill(content_type="text/html", body=f"<div {more}><datalist data-fits>{body}</datalist></div>")
        expect_quiet(page)

    press(page, "2 w")
    page.keyboard.type(NOTE)
    press(page, "Escape t")
    assert names(page) == []
    answer("Silent failure", "not offered here", more="data-again")
    assert names(page) == ["Silent failure", "Stuck"]
    press(page, "ArrowDown ArrowDown")
    answer("Stuck", more="")
    assert names(page) == ["Silent failure", "Stuck"]
    press(page, "Enter")
    expect(page.locator(FIELD)).to_have_value("Stuck")
