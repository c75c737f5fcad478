"""An issue's life on its page in a real Chromium, by keyboard only."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, Role, User
from issues.lifecycle import State
from issues.models import Issue, IssueComment, Watcher
from tests.browsing import browsing, complaints_of, focus_is_lost
from tests.builders import make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ADDRESS = "/p/acme/issues/1/"


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User, issue: Issue) -> Iterator[Page]:
    """Fails at the end if the page complained of anything."""
    with browsing(chromium, live_server.url, lead) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(ADDRESS, wait_until="networkidle")
        yield page
        assert complaints == []


def act(page: Page, *keys: str) -> None:
    """Presses the keys, of which the last leads to the page anew."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press(keys[-1])


def state_of(issue: Issue) -> str:
    issue.refresh_from_db()
    return issue.state


def test_an_issue_is_led_through_its_life(page: Page, issue: Issue) -> None:
    act(page, "y")
    assert state_of(issue) == State.OPEN
    expect(page.locator("#do")).to_be_focused()
    act(page, "w")
    assert state_of(issue) == State.IN_PROGRESS
    page.keyboard.press("f")
    expect(page.get_by_label("Fixed in release")).to_be_focused()
    page.keyboard.type("2.0")
    act(page, "Enter")
    assert (state_of(issue), issue.fixed_in_release) == (State.RESOLVED, "2.0")
    act(page, "r")
    assert state_of(issue) == State.OPEN
    act(page, "u")
    assert state_of(issue) == State.RESOLVED
    assert not focus_is_lost(page)
    act(page, "U")
    assert state_of(issue) == State.OPEN


def test_it_is_ignored_with_a_reason_and_noticed_again(page: Page, issue: Issue) -> None:
    page.keyboard.press("i")
    expect(page.get_by_label("Why")).to_be_focused()
    page.keyboard.type("known")
    act(page, "Enter")
    assert (state_of(issue), issue.ignored_reason) == (State.IGNORED, "known")
    act(page, "r")
    assert state_of(issue) == State.OPEN


def test_escape_folds_nothing_away_and_leads_back(page: Page, issue: Issue) -> None:
    page.keyboard.press("f")
    page.keyboard.type("2.")
    page.keyboard.press("Escape")
    expect(page.locator("[data-does='fix'] summary")).to_be_focused()
    page.keyboard.press("f")
    expect(page.get_by_label("Fixed in release")).to_have_value("2.")
    page.keyboard.press("n")  # is typed
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#issue-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#do")).to_be_focused()
    assert state_of(issue) == State.NEW


def test_title_owner_and_severity_are_given(page: Page, issue: Issue, lead: User) -> None:
    page.keyboard.press("n")
    page.keyboard.type("Says that it paid back")
    act(page, "Enter")
    page.keyboard.press("o")
    page.keyboard.type(str(lead)[:4])
    act(page, "Enter")
    page.keyboard.press("e")
    page.keyboard.type("Crit")
    act(page, "Enter")
    issue.refresh_from_db()
    assert (issue.title, issue.owner, issue.severity) == ("Says that it paid back", lead, "critical")


def test_it_is_talked_about_and_watched(page: Page, issue: Issue, lead: User) -> None:
    act(page, "b")
    assert Watcher.objects.filter(user=lead).exists()
    expect(page.locator("#remarks")).to_be_focused()
    act(page, "b")
    assert not Watcher.objects.exists()
    page.keyboard.press("c")
    page.keyboard.type("look: yw")
    page.keyboard.press("Tab")
    act(page, "Enter")
    assert IssueComment.objects.get().text == "look: yw"
    assert state_of(issue) == State.NEW


def test_who_only_reads_has_no_keys_that_change(
    chromium: Browser, live_server: Any, project: Project, issue: Issue
) -> None:
    with browsing(chromium, live_server.url, make_member(project, Role.VIEWER, "vic@example.com")) as context:
        page = context.new_page()
        page.goto(ADDRESS, wait_until="networkidle")
        for key in "ywfironecuU":
            page.keyboard.press(key)
        expect(page.locator(".toast")).to_have_count(0)
    assert state_of(issue) == State.NEW
