"""The failures of an issue in a real Chromium, by keyboard only: ticked, split off, moved, merged, undone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import Project, Role, User
from issues import actions
from issues.lifecycle import State
from issues.models import Constraint, Issue, IssueMembership
from issues.queries.nearest import read_issues
from tests.accessibility import NARROW, WIDE, violations_in_every_look
from tests.browsing import focus_is_lost, log_in
from tests.builders import make_member
from tests.issues.makers import TOKEN, make_issue, make_told, run, tell_all

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)
    monkeypatch.setattr("issues.queries.nearest.known_issues", read_issues)


@pytest.fixture
def issue(project: Project, lead: User) -> Issue:
    """Six failures, the last told first in the list."""
    failures = tell_all(project, lead, [f"note {number}" for number in range(6)])
    issue = make_issue(failures[0], lead, "Loses the cart")
    for failure in failures[1:]:
        actions.attach(issue=issue, failure_ids=[failure.pk], actor=lead)
    return issue


@pytest.fixture
def other(project: Project, lead: User, issue: Issue) -> Issue:
    return make_issue(make_told(project, lead, "a fee that nobody asked for"), lead, "Invents a fee")


@pytest.fixture
def context(chromium: Browser, live_server: Any, lead: User) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, viewport=WIDE)
    log_in(context, lead, live_server.url)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Fails at the end if a script of the page failed."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


def open_issue(page: Page, number: int = 1) -> None:
    page.goto(reverse("issue_page", args=["acme", number]))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def act(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def rows(page: Page) -> Locator:
    return page.locator(".members [data-item]")


def ticked(page: Page) -> list[str]:
    return page.locator(".members li:has(:checked) .told-note").all_inner_texts()


def notes_of(number: int) -> list[str]:
    members = IssueMembership.objects.standing().filter(issue__number=number)
    return sorted(members.values_list("failure__note", flat=True))


def test_rows_are_walked_and_ticked(page: Page, issue: Issue) -> None:
    open_issue(page)
    press(page, "j", "j")
    expect(rows(page).nth(1).get_by_role("checkbox")).to_be_focused()
    press(page, "Space")
    assert ticked(page) == ["note 4"]
    expect(page.locator("#ticked")).to_have_text("1 ticked")
    press(page, "j", "j", "Shift+Space")
    assert ticked(page) == ["note 4", "note 3", "note 2"]
    expect(page.locator("#ticked")).to_have_text("3 ticked")
    press(page, "k", "Space")
    assert ticked(page) == ["note 4", "note 2"]
    press(page, "a")
    assert len(ticked(page)) == 6
    press(page, "a")
    assert ticked(page) == []
    expect(page.locator(".surgery")).to_be_hidden()


def test_tools_come_by_mouse_with_the_first_tick(page: Page, issue: Issue) -> None:
    open_issue(page)
    rows(page).nth(0).get_by_role("checkbox").click()
    rows(page).nth(2).get_by_role("checkbox").click(modifiers=["Shift"])
    assert ticked(page) == ["note 5", "note 4", "note 3"]
    with page.expect_navigation():
        page.get_by_role("button", name="Take out", exact=False).last.click()
    assert notes_of(1) == ["note 0", "note 1", "note 2"]


def test_what_is_ticked_is_split_off_undone_and_done_again(page: Page, issue: Issue) -> None:
    open_issue(page)
    press(page, "j", "Space", "j", "Space", "s")
    expect(page.get_by_label("Split off as a new issue")).to_be_focused()
    page.keyboard.type("Cart lost by mobile users")
    act(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("2 failures split off as ISS-2: Cart lost by mobile users")
    assert notes_of(2) == ["note 4", "note 5"]
    act(page, "u")
    expect(page.locator(".toast")).to_contain_text("Undone: split of ISS-1")
    assert (len(notes_of(1)), notes_of(2)) == (6, [])
    act(page, "U")
    expect(page.locator(".toast")).to_contain_text("Done again: split of ISS-1")
    assert (len(notes_of(1)), len(notes_of(2))) == (4, 2)
    assert not focus_is_lost(page)


def test_a_failure_moves_to_the_issue_that_is_typed(page: Page, issue: Issue, other: Issue) -> None:
    open_issue(page)
    press(page, "j", "j", "v")  # nothing is ticked: the row at hand is meant
    expect(page.get_by_label("Move to")).to_be_focused()
    page.keyboard.type("invents")
    expect(page.locator("#issue-options option")).to_have_count(1)
    expect(page.locator("#issue-options option")).to_have_attribute("value", "ISS-2 Invents a fee")
    page.get_by_label("Move to").fill("ISS-2 Invents a fee")
    act(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("1 failure moved to ISS-2.")
    expect(rows(page).nth(1).get_by_role("checkbox")).to_be_focused()  # where the hand was
    assert notes_of(2) == ["a fee that nobody asked for", "note 4"]


def test_a_refusal_is_read_and_keeps_what_was_entered(page: Page, issue: Issue, other: Issue, lead: User) -> None:
    open_issue(page)
    press(page, "j", "v")
    page.keyboard.type("nowhere")
    act(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text("No other issue has this number or title")
    expect(page.locator("#problem")).to_be_focused()
    expect(page.get_by_label("Move to")).to_have_value("nowhere")
    assert ticked(page) == ["note 5"]


def test_what_was_said_before_is_overruled_by_a_person(page: Page, issue: Issue, lead: User) -> None:
    leaving = IssueMembership.objects.get(failure__note="note 5", until=None).failure_id
    actions.split_issue(issue=issue, failure_ids=[leaving], title="Apart", actor=lead)
    open_issue(page, 2)
    press(page, "j", "v")
    page.keyboard.type("ISS-1")
    act(page, "Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"{lead} said on")
    press(page, "Tab")
    act(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("1 failure moved to ISS-1.")
    assert len(notes_of(1)) == 6


def test_one_key_says_not_this_one_of_what_joined_by_itself(page: Page, project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    make_issue(first, lead)
    run(project)
    assert len(notes_of(1)) == 2
    open_issue(page)
    press(page, "j")
    expect(rows(page).nth(0)).to_contain_text("Not this one")
    act(page, "x")
    expect(page.locator(".toast")).to_contain_text("Undone: a failure into ISS-1.")
    assert notes_of(1) == [TOKEN[0]]
    assert Constraint.objects.get(ended_by=None).pair() == (first.pk, second.pk)
    act(page, "u") if page.locator(".toast [data-undo]").count() else act(page, "U")
    assert len(notes_of(1)) == 2


def test_two_issues_are_compared_merged_and_taken_apart_again(page: Page, issue: Issue, other: Issue) -> None:
    open_issue(page, 2)
    act(page, "m")
    expect(page.get_by_label("The other issue")).to_be_focused()
    page.keyboard.type("ISS-1")
    act(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two one?")
    assert not Issue.objects.filter(state=State.MERGED).exists()
    act(page, "2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Loses the cart")
    expect(page.locator(".toast")).to_contain_text("ISS-2 is part of ISS-1 now")
    assert len(notes_of(1)) == 7
    open_issue(page, 2)
    expect(page).to_have_url(page.url.partition("/p/")[0] + "/p/acme/issues/1/?was=2")
    page.get_by_role("button", name="Undo: merge of ISS-2 into ISS-1").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Undone: merge of ISS-2 into ISS-1.")
    assert (len(notes_of(1)), len(notes_of(2))) == (6, 1)
    assert not focus_is_lost(page)


def test_digits_lead_to_the_questions(page: Page, issue: Issue) -> None:
    open_issue(page)
    for key, place in zip("12345", ("what", "how-bad", "where", "do", "members"), strict=True):
        press(page, key)
        expect(page.locator(f"#{place}")).to_be_focused()


def test_the_sheet_shows_the_keys_of_those_who_may(
    context: BrowserContext, page: Page, project: Project, issue: Issue, live_server: Any
) -> None:
    def sheet() -> set[str]:
        press(page, "?")
        shown = set(page.locator("#key-sheet kbd").all_inner_texts())
        press(page, "Escape")
        return shown

    open_issue(page)
    reading = {"j", "k", "1", "2", "3", "4", "5", "?"}
    life = {*"ywfioencb"}  # what can be done about a new issue
    assert sheet() == reading | life | {"Space", "a", "v", "s", "t", "x", "m", "u", "U"}
    log_in(context, make_member(project, Role.VIEWER, "vic@example.com"), live_server.url)
    open_issue(page)
    assert sheet() == reading | {"b"}


def test_keys_rest_while_somebody_writes(page: Page, issue: Issue) -> None:
    open_issue(page)
    press(page, "j", "s")
    page.keyboard.type("stxumv")
    expect(page.get_by_label("Split off as a new issue")).to_have_value("stxumv")
    press(page, "Escape")
    expect(rows(page).nth(0).get_by_role("checkbox")).to_be_focused()
    assert len(notes_of(1)) == 6


def test_a_page_gone_back_to_does_something_new(page: Page, issue: Issue) -> None:
    open_issue(page)
    press(page, "j")
    act(page, "t")
    page.go_back()
    page.wait_for_load_state("networkidle")
    press(page, "j", "j")
    act(page, "t")
    assert len(notes_of(1)) == 4


@pytest.mark.parametrize("state", ["ticked", "refused", "compared", "choosing"])
def test_every_state_can_be_used_by_everybody(page: Page, issue: Issue, other: Issue, state: str) -> None:
    open_issue(page)
    if state in {"ticked", "refused"}:
        press(page, "j", "Space")
    if state == "refused":
        press(page, "v")
        act(page, "Enter")
    if state in {"compared", "choosing"}:
        page.goto(reverse("issue_merge", args=["acme", 1]) + ("?issue=2" if state == "compared" else ""))
    assert violations_in_every_look(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
