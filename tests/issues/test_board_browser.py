"""The board in a real Chromium, by keyboard only: issues are walked, ticked, changed at once, merged, undone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import Project, Role, User
from issues.lifecycle import State
from issues.models import Issue
from tests.accessibility import violations_in_every_look
from tests.browsing import PHONE, browsing, complaints_of, focus_is_lost, focus_is_seen
from tests.builders import make_member
from tests.issues.makers import make_issue, make_told

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BOARD = "/p/acme/issues/?sort=title"


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)


@pytest.fixture
def issues(project: Project, lead: User) -> list[Issue]:
    """A, B and C, as they stand on the board."""
    return [make_issue(make_told(project, lead, f"note {title}"), lead, title) for title in "ABC"]


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User, issues: list[Issue]) -> Iterator[Page]:
    """Fails at the end if the page complained of anything."""
    with browsing(chromium, live_server.url, lead) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(BOARD, wait_until="networkidle")
        yield page
        assert complaints == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def act(page: Page, key: str) -> None:
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press(key)


def states() -> list[str]:
    return list(Issue.objects.order_by("title").values_list("state", flat=True))


def link(page: Page, title: str) -> Locator:
    return page.get_by_role("link", name=title, exact=True)


def field(page: Page, name: str) -> Locator:
    return page.locator(f".bulk [name='{name}']")


def test_all_that_the_filters_find_are_chosen_by_mouse(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.views.board.PAGE_SIZE", 2)
    page.goto(BOARD, wait_until="networkidle")
    page.get_by_role("checkbox", name="Tick ISS-1: A").check()
    field(page, "everything").check()
    expect(page.locator("#ticked")).to_have_text("All 3 chosen")
    page.get_by_role("checkbox", name="Tick ISS-1: A").uncheck()
    expect(page.locator("#ticked")).to_have_text("1 ticked")


def test_an_act_that_was_left_ticks_nothing(page: Page) -> None:
    press(page, "j", "f", "Escape", "j")
    expect(link(page, "B")).to_be_focused()
    act(page, "y")
    assert states() == [State.NEW, State.OPEN, State.NEW]


def test_issues_are_walked_ticked_and_opened(page: Page) -> None:
    expect(page.locator(".bulk")).to_be_hidden()
    press(page, "j", "x", "j", "j", "x")
    expect(page.locator("#ticked")).to_have_text("2 ticked")
    expect(link(page, "C")).to_be_focused()
    assert focus_is_seen(page)
    press(page, "k", "Shift+X")  # is no key
    expect(page.locator("#ticked")).to_have_text("2 ticked")
    press(page, "a")
    expect(page.locator("#ticked")).to_have_text("3 ticked")
    press(page, "a")
    expect(page.locator(".bulk")).to_be_hidden()
    act(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("B")


def test_what_is_ticked_is_changed_undone_and_done_again(page: Page) -> None:
    press(page, "j", "x", "j", "x")
    act(page, "y")
    assert states() == ["open", "open", "new"]
    expect(page.locator(".toast")).to_contain_text("Done for 2 issues.")
    expect(link(page, "B")).to_be_focused()  # where the hand was
    act(page, "u")
    assert states() == ["new", "new", "new"]
    expect(page.locator(".toast")).to_contain_text("Undone for 2 issues.")
    expect(link(page, "B")).to_be_focused()
    act(page, "U")
    assert states() == ["open", "open", "new"]
    assert not focus_is_lost(page)


def test_acts_that_need_words_wait_for_them(page: Page, project: Project, lead: User) -> None:
    press(page, "j", "f")  # nothing is ticked: the issue at hand is meant
    expect(field(page, "fixed_in_release")).to_be_focused()
    page.keyboard.type("2.0")
    act(page, "Enter")
    assert Issue.objects.get(title="A").fixed_in_release == "2.0"
    press(page, "j", "i")
    expect(field(page, "reason")).to_be_focused()
    expect(field(page, "count")).to_be_hidden()
    field(page, "end").select_option("sessions")
    field(page, "count").fill("5")
    field(page, "reason").fill("known")
    field(page, "reason").focus()
    act(page, "Enter")
    assert Issue.objects.filter(state=State.IGNORED, ignore_count=5, ignored_reason="known").count() == 1


def test_owner_and_severity_are_chosen_by_keys(page: Page, project: Project, lead: User) -> None:
    press(page, "j", "x", "j", "x", "o")
    expect(field(page, "owner")).to_be_focused()
    page.keyboard.type(str(lead)[:4])
    act(page, "Enter")
    assert Issue.objects.filter(owner=lead).count() == 2
    press(page, "e")
    expect(field(page, "severity")).to_be_focused()
    page.keyboard.type("High")
    act(page, "Enter")
    assert [issue.title for issue in Issue.objects.filter(severity="high")] == ["B"]


def test_escape_leads_back_to_the_list_and_nothing_is_done(page: Page) -> None:
    press(page, "j", "j", "f")
    page.keyboard.type("2.0")
    press(page, "Escape")
    expect(link(page, "B")).to_be_focused()
    assert states() == ["new"] * 3


def test_who_was_left_out_is_said_with_why(page: Page, issues: list[Issue]) -> None:
    Issue.objects.filter(title="B").update(state=State.OPEN)
    press(page, "a")
    act(page, "y")
    expect(page.locator(".toast").nth(0)).to_contain_text("Done for 2 issues.")
    expect(page.locator(".toast").nth(1)).to_contain_text("1 left out. ISS-2: It is open.")


def test_all_that_the_filters_find_is_chosen_beyond_the_page(
    page: Page, issues: list[Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.views.board.PAGE_SIZE", 2)
    page.reload(wait_until="networkidle")
    press(page, "A")
    expect(page.locator("#ticked")).to_have_text("All 3 chosen")
    press(page, "j", "x")  # one of them is let go: only what is ticked is meant again
    expect(page.locator("#ticked")).to_have_text("1 ticked")
    press(page, "A")
    act(page, "w")
    assert states() == ["in_progress"] * 3


def test_two_that_are_ticked_are_compared_to_be_merged(page: Page) -> None:
    press(page, "j", "x", "j", "j", "x")
    act(page, "m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two one?")
    assert "issue=3" in page.url


def test_mouse_does_the_same_and_a_phone_shows_it(
    chromium: Browser, live_server: Any, lead: User, issues: list[Issue]
) -> None:
    with browsing(chromium, live_server.url, lead, **PHONE) as context:
        page = context.new_page()
        page.goto(BOARD)
        for box in page.get_by_role("checkbox", name="Tick ISS").all()[:2]:
            box.click()
        field(page, "act").select_option("take")
        page.get_by_role("button", name="Apply").click()
        expect(page.locator(".toast")).to_contain_text("Done for 2 issues.")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]  # type: ignore[index]
    assert states() == ["in_progress", "in_progress", "new"]


def test_who_only_reads_walks_and_ticks_nothing(
    chromium: Browser, live_server: Any, project: Project, issues: list[Issue]
) -> None:
    with browsing(chromium, live_server.url, make_member(project, Role.VIEWER, "vic@example.com")) as context:
        page = context.new_page()
        page.goto(BOARD, wait_until="networkidle")
        press(page, "j", "x", "a", "y", "u")
        expect(link(page, "A")).to_be_focused()
        expect(page.get_by_role("checkbox", name="Tick")).to_have_count(0)
    assert states() == ["new"] * 3


def test_the_bar_is_fit_for_all(page: Page) -> None:
    press(page, "j", "i")
    assert violations_in_every_look(page) == []


def test_the_board_is_where_it_was(page: Page) -> None:
    press(page, "j")
    act(page, "y")
    assert page.url.endswith(f"{reverse('issue_board', args=['acme'])}?sort=title")
