"""Settling disagreements in a real Chromium, by keyboard alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, Role, User
from annotate.actions.preferences import set_keys
from annotate.models import Failure, KeyUse, QuestionKind
from annotate.queries.gold import gold_of
from tests.annotate.browser.screen import SCREEN, expect_quiet, watch_requests
from tests.annotate.judging import answer, ask, dispute
from tests.browsing import browsing, complaints_of
from tests.builders import make_member, make_project
from traces.models import AgentSession

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def disputed() -> list[AgentSession]:
    """Two sessions on which Ada and Bob differ; the second is the newer, and so comes first."""
    project = make_project()
    people = [make_member(project, Role.REVIEWER, f"{name}@example.com") for name in ("ada", "bob")]
    return [dispute(project, people, name)[0] for name in ("older", "newer")]


@pytest.fixture
def page(chromium: Browser, live_server: Any, disputed: list[AgentSession]) -> Iterator[Page]:
    """The list of disagreements, as a lead meets it. Fails at the end if the console complained."""
    project: Project = disputed[0].project
    with browsing(chromium, live_server.url, make_member(project, Role.LEAD), viewport=SCREEN) as context:
        page = context.new_page()
        watch_requests(page)
        complaints = complaints_of(page)
        page.goto(reverse("disagreement_list", args=[project.slug]))
        yield page
        expect_quiet(page)
    assert [text for text in complaints if "422" not in text] == []


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def test_a_lead_settles_one_after_the_other_without_a_mouse(page: Page, disputed: list[AgentSession]) -> None:
    older, newer = disputed
    press(page, "Enter")
    expect(page).to_have_url(page.url.split("/p/")[0] + reverse("disagreement_page", args=["acme", newer.pk]))
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    press(page, "5")
    # What is ticked went wrong.
    expect(page.locator("[name=outcome][value=failure]")).to_be_checked()
    press(page, "y")
    page.keyboard.type("The tool failed and it said otherwise. 1 2 3")
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    expect(page).to_have_url(page.url.split("/p/")[0] + reverse("disagreement_page", args=["acme", older.pk]))
    gold = gold_of(newer)
    assert gold is not None
    assert gold.reason == "The tool failed and it said otherwise. 1 2 3"
    assert list(Failure.objects.filter(session=newer, withdrawn_at=None).values_list("note", flat=True)) == [
        "Too late, I say."
    ]
    press(page, "1 d")
    expect(page.locator("#toasts")).to_contain_text("no other disagreement waits")
    assert gold_of(older) is None


def test_a_lead_says_it_in_their_own_words_at_the_step_that_they_read(page: Page, disputed: list[AgentSession]) -> None:
    press(page, "Enter")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    press(page, "j j x w")
    expect(page.locator("#id_own-0-root_step")).to_have_value("k2")
    page.keyboard.type("The token had expired.")
    press(page, "Escape y")
    page.keyboard.type("Read closely.")
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    written = Failure.objects.get(session=disputed[1], withdrawn_at=None)
    assert (written.note, written.root_step, written.review.is_gold) == ("The token had expired.", "k2", True)


def test_a_lead_tells_of_two_failures_and_answers_by_keys(page: Page, disputed: list[AgentSession]) -> None:
    newer = disputed[1]
    polite = ask(newer.project, "polite")
    quick = ask(newer.project, "quick", kind=QuestionKind.SCALE, options={"lowest": 1, "highest": 5})
    reviews = list(newer.reviews.order_by("pk"))
    answer(polite, reviews, "pass", "pass")
    answer(quick, reviews, 1, 5)
    press(page, "Enter")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    press(page, "j j x w")
    page.keyboard.type("The first.")
    press(page, "Escape a")
    expect(page.locator("#id_own-1-root_step")).to_be_focused()
    press(page, "Escape j x w")
    page.keyboard.type("The second.")
    # From question to question; the one that is split begins open.
    press(page, "Escape r")
    expect(page.locator("[name=answer_polite][value=pass]")).to_be_focused()
    press(page, "r")
    expect(page.locator("[name=answer_quick][value='']")).to_be_focused()
    press(page, "ArrowLeft y")
    page.keyboard.type("Read closely.")
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    gold = gold_of(newer)
    assert gold is not None
    assert list(gold.failures.order_by("pk").values_list("note", "root_step")) == [
        ("The first.", "k2"),
        ("The second.", "k3"),
    ]
    assert dict(gold.answers.values_list("question__key", "value")) == {"polite": "pass", "quick": 5}


def test_what_is_missing_is_said_on_the_page_and_nothing_is_lost(page: Page, disputed: list[AgentSession]) -> None:
    press(page, "Enter")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    press(page, "2 y")
    page.keyboard.type("Kept.")
    press(page, "Control+Enter")
    expect(page.get_by_text("Choose what went wrong, or say it yourself.")).to_be_visible()
    expect(page.locator("#id_reason")).to_have_value("Kept.")
    expect(page.locator("[name=outcome][value=failure]")).to_be_checked()
    press(page, "4")
    page.get_by_role("button", name="Settle and next").click()
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")


def shown_keys(page: Page) -> set[str]:
    """The keys on the sheet that `?` opens and Escape closes."""
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys = set(page.locator("#key-sheet kbd").all_inner_texts())
    press(page, "Escape")
    return keys


@pytest.mark.parametrize("name", ["queue_list", "disagreement_list"])
def test_lists_begin_with_the_key_that_somebody_chose(page: Page, disputed: list[AgentSession], name: str) -> None:
    page.goto(reverse(name, args=["acme"]))
    assert shown_keys(page) == {"⏎", "?"}
    set_keys(user=User.objects.get(email__startswith="lead@"), own={"begin": "b"}, use=KeyUse.ALONE)
    page.goto(reverse("disagreement_list", args=["acme"]))
    expect(page.locator("[data-first] kbd")).to_have_text("b")
    press(page, "Enter b")
    expect(page).to_have_url(page.url.split("/p/")[0] + reverse("disagreement_page", args=["acme", disputed[1].pk]))


def test_the_sheet_of_a_disagreement_shows_as_many_ticks_as_there_are_failures(page: Page) -> None:
    press(page, "Enter")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    assert {"4", "5", "y", "d", "x", "s", "w", "1", "2", "3", "⏎", "?", "j"} <= (keys := shown_keys(page))
    assert not {"6", "7", "c", "t", "z"} & keys


@pytest.mark.parametrize(("use", "before"), [(KeyUse.ALONE, ""), (KeyUse.ALT, "Alt+")])
def test_keys_of_a_disagreement_are_chosen_anew(page: Page, use: KeyUse, before: str) -> None:
    set_keys(user=User.objects.get(email__startswith="lead@"), own={"tick2": "v", "why": "ü"}, use=use)
    page.get_by_role("link", name="Settle the first").click()
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    boxes = page.locator("[name=adopted]")
    press(page, "5 Alt+5")
    expect(boxes.nth(1)).not_to_be_checked()
    expect(page.locator(".failure-card kbd").nth(1)).to_have_text(f"{before}v")
    press(page, f"{before}v")
    expect(boxes.nth(1)).to_be_checked()
    expect(page.locator("label[for=id_reason] kbd")).to_have_text(f"{before}ü")


def test_the_page_fits_a_phone(page: Page, disputed: list[AgentSession]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for name, arguments in (
        ("agreement_page", []),
        ("disagreement_list", []),
        ("disagreement_page", [disputed[0].pk]),
    ):
        page.goto(reverse(name, args=["acme", *arguments]))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
