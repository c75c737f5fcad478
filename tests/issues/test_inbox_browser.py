"""The inbox of proposals in a real Chromium, by keyboard only."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, User
from issues.models import Issue, Proposal, ProposalState
from tests.browsing import browsing
from tests.issues.makers import TOKEN, make_proposal, tell_all

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def proposals(project: Project, lead: User) -> list[Proposal]:
    """Three proposals, as they stand in the inbox."""
    return [
        make_proposal(tell_all(project, lead, TOKEN[:size]), title=title)
        for title, size in (("First", 3), ("Second", 2), ("Third", 2))
    ]


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User, proposals: list[Proposal]) -> Iterator[Page]:
    with browsing(chromium, live_server.url, lead) as context:
        page = context.new_page()
        page.goto(reverse("proposal_inbox", args=["acme"]))
        yield page


@pytest.fixture(autouse=True)
def nothing_is_regrouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.actions._ringing.ring", lambda *_, **__: None)


def decide(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def expect_focus(page: Page, proposal: Proposal) -> None:
    expect(page.locator(f"#proposal-{proposal.pk}")).to_be_focused()


def test_decisions_go_on_where_the_last_one_was(page: Page, proposals: list[Proposal]) -> None:
    first, second, third = proposals
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect_focus(page, second)
    decide(page, "d")
    expect_focus(page, third)
    decide(page, "u")
    expect_focus(page, second)
    decide(page, "a")
    expect_focus(page, third)
    decide(page, "u")
    expect_focus(page, second)
    decide(page, "a")
    expect_focus(page, third)
    page.keyboard.press("k")
    expect_focus(page, first)
    decide(page, "d")
    expect_focus(page, third)
    states = dict(Proposal.objects.values_list("pk", "state"))
    wanted = [ProposalState.DECLINED, ProposalState.ACCEPTED, ProposalState.OPEN]
    assert [states[proposal.pk] for proposal in proposals] == wanted


def test_a_refused_decision_stays_at_its_card_with_what_was_entered(page: Page, proposals: list[Proposal]) -> None:
    card = page.locator(f"#proposal-{proposals[1].pk}")
    card.get_by_label("Title").fill("My own words")
    for box in card.get_by_role("checkbox").all():
        box.uncheck()
    decide(page, "a")
    expect_focus(page, proposals[1])
    expect(card.get_by_label("Title")).to_have_value("My own words")
    expect(card.get_by_role("checkbox", checked=True)).to_have_count(0)
    card.get_by_role("checkbox").first.check()
    decide(page, "a")
    expect_focus(page, proposals[2])
    assert Issue.objects.get().title == "My own words"
