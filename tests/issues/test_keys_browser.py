"""The keys of the board and of the inbox in a real Chromium: shown, chosen anew, with Alt, and off."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from accounts.models import Project, Role, User
from annotate.actions.preferences import set_keys
from annotate.models import KeyUse
from issues.models import Issue, Proposal, ProposalState
from tests.browsing import browsing, log_in
from tests.builders import make_member
from tests.issues.makers import LOOP, TOKEN, make_issue, make_proposal, make_told, tell_all

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOVING = {"j", "k", "?"}
LIVES = set("ywfiroemuU")


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)


@pytest.fixture
def issues(project: Project, lead: User) -> list[Issue]:
    return [make_issue(make_told(project, lead, title), lead, title) for title in ("Loses the cart", "Invents a fee")]


@pytest.fixture
def proposal(project: Project, lead: User) -> Proposal:
    return make_proposal(tell_all(project, lead, TOKEN[:3]))


@pytest.fixture
def context(chromium: Browser, live_server: Any, lead: User) -> Iterator[BrowserContext]:
    with browsing(chromium, live_server.url, lead) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Fails at the end if a script of the page failed."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


def open_page(page: Page, name: str) -> None:
    page.goto(reverse(name, args=["acme"]))


def links(page: Page) -> Locator:
    return page.locator("[data-open]")


def sheet(page: Page, key: str = "?") -> set[str]:
    """The keys on the sheet, which a key opens and Escape closes."""
    page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shown = set(page.locator("#key-sheet kbd").all_inner_texts())
    page.keyboard.press("Escape")
    return shown


def choose(page: Page, label: str, key: str) -> None:
    """As people do it: from the sheet to the page of keys, a key pressed in its field, saved, and back."""
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("link", name="Change keys").click()
    # Until the page's script has come, a field takes what is pressed as any field does.
    page.wait_for_url("**/account/keys/**", wait_until="networkidle")
    page.get_by_label(label, exact=True).focus()
    page.keyboard.press(key)
    page.get_by_role("button", name="Save").click()


def test_the_sheets_show_the_keys_of_their_pages(page: Page, issues: list[Issue], proposal: Proposal) -> None:
    open_page(page, "issue_board")
    assert sheet(page) == {*MOVING, *LIVES, "⏎", "x", "a"}
    open_page(page, "proposal_inbox")
    assert sheet(page) == {*MOVING, "a", "d", "u", "U"}


def test_who_only_reads_is_shown_no_keys_that_decide(
    context: BrowserContext, page: Page, project: Project, proposal: Proposal, live_server: Any
) -> None:
    log_in(context, make_member(project, Role.VIEWER, "vic@example.com"), live_server.url)
    open_page(page, "proposal_inbox")
    assert sheet(page) == MOVING


def test_a_key_of_the_board_is_chosen_anew(page: Page, issues: list[Issue]) -> None:
    open_page(page, "issue_board")
    choose(page, "Next in the list", "h")
    expect(page).to_have_url(page.url.partition("/p/")[0] + reverse("issue_board", args=["acme"]))
    expect(page.locator(".key-hint kbd").first).to_have_text("h")
    page.keyboard.press("j")
    expect(page.locator(".chosen")).to_have_count(0)
    page.keyboard.press("h")
    expect(links(page).first).to_be_focused()
    page.keyboard.press("h")
    expect(links(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Loses the cart")


def test_what_opens_an_issue_can_be_another_key(page: Page, issues: list[Issue], lead: User) -> None:
    set_keys(user=lead, own={"openRow": "h"}, use=KeyUse.ALONE)
    open_page(page, "issue_board")
    for key in "jh":
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invents a fee")


def test_keys_of_the_inbox_are_chosen_anew(page: Page, proposal: Proposal) -> None:
    open_page(page, "proposal_inbox")
    choose(page, "Decline the proposal", "x")
    expect(page.get_by_role("button", name="Decline")).to_contain_text("x")
    for key in "jd":
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_have_count(1)  # that the keys are saved, and nothing else
    with page.expect_navigation():
        page.keyboard.press("x")
    expect(page.locator(".toast kbd")).to_have_text("u")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.DECLINED


def test_a_key_is_refused_where_the_page_has_it_and_taken_where_it_has_not(page: Page, proposal: Proposal) -> None:
    page.goto("/account/keys/")
    field = page.get_by_label("Accept the proposal", exact=True)
    field.focus()
    page.keyboard.press("j")
    clash = page.locator("#id_keys-accept_error")
    expect(clash).to_have_text("“j” is also the key of “Next in the list”.")
    page.keyboard.press("y")  # writes why on the page of a disagreement
    expect(clash).to_be_empty()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Your keys are saved.")


def test_keys_take_alt_or_rest_altogether_for_those_who_wish(page: Page, lead: User, proposal: Proposal) -> None:
    set_keys(user=lead, own={}, use=KeyUse.ALT)
    open_page(page, "proposal_inbox")
    assert "Alt+a" in sheet(page, "Alt+?")
    page.keyboard.press("j")
    expect(page.locator(".chosen")).to_have_count(0)
    page.keyboard.press("Alt+j")
    expect(page.locator(f"#proposal-{proposal.pk}")).to_be_focused()

    set_keys(user=lead, own={}, use=KeyUse.OFF)
    open_page(page, "proposal_inbox")
    for key in ("j", "Alt+j", "?"):
        page.keyboard.press(key)
    expect(page.locator(".chosen, dialog[open]")).to_have_count(0)
    expect(page.locator(".proposal kbd").first).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_text("You have switched them off.")).to_be_visible()


def test_keys_rest_while_somebody_writes_a_title(page: Page, proposal: Proposal) -> None:
    open_page(page, "proposal_inbox")
    title = page.get_by_label("Title")
    title.fill("")
    title.press_sequentially("jad?")
    expect(title).to_have_value("jad?")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_a_key_held_down_decides_once(page: Page, project: Project, lead: User, proposal: Proposal) -> None:
    make_proposal(tell_all(project, lead, LOOP), title="The next one")
    open_page(page, "proposal_inbox")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.down("d")
    expect(page.locator(".proposal")).to_be_focused()
    page.keyboard.down("d")
    page.keyboard.down("d")
    page.wait_for_load_state("networkidle")
    assert Proposal.objects.filter(state=ProposalState.DECLINED).count() == 1
