"""Judging sessions in a real Chromium, by keyboard only: drafts, submitting, undoing, a broken network."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from annotate.models import Draft, Failure, Outcome, Queue, Review
from tests.annotate.browser.screen import SESSIONS, expect_session, marked, press
from tests.browsing import log_in
from tests.builders import (
    make_member,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_three_sessions_are_reviewed_by_keyboard_only(page: Page, ada: User) -> None:
    # A success takes two keys.
    press(page, "1 Enter")
    expect_session(page, 2)

    # A failure, told in full: step 2 by its signal, step 3 by moving on.
    press(page, "n x j s w")
    page.keyboard.type("The refund failed; 1 2 3 x u z are just letters here")
    press(page, "Escape t")
    page.keyboard.type("Silent failure")
    press(page, "Enter Escape v")
    expect(page.get_by_text("a new type")).to_be_visible()
    assert (marked(page, "root"), marked(page, "surfaced")) == ("k2", "k3")
    press(page, "Enter")
    expect_session(page, 3)

    press(page, "3 Control+Enter")
    expect_session(page, 4)

    reviews = Review.objects.order_by("submitted_at")
    assert [(review.session.external_id, review.outcome) for review in reviews] == [
        ("s1", Outcome.SUCCESS),
        ("s2", Outcome.FAILURE),
        ("s3", Outcome.UNKNOWN),
    ]
    failure = Failure.objects.get()
    assert failure.failure_type is not None
    assert (failure.root_step, failure.surfaced_step, failure.severity, failure.failure_type.name, failure.note) == (
        "k2",
        "k3",
        "high",
        "Silent failure",
        "The refund failed; 1 2 3 x u z are just letters here",
    )


def test_another_failure_has_the_same_steps_to_choose_from(page: Page) -> None:
    press(page, "j x")
    page.get_by_role("button", name="Something else went wrong too").click()
    first, second = page.locator("#failures [name$='-root_step']").all()
    assert second.locator("option").all_text_contents() == first.locator("option").all_text_contents()
    expect(second).to_have_value("")
    second.select_option("k3")
    assert (first.input_value(), second.input_value()) == ("k1", "k3")


def test_a_reload_brings_the_draft_back(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("half a sen")
    expect(page.locator("#status")).to_have_text("Saved")
    page.reload()

    expect(page.locator("#id_failures-0-note")).to_have_value("half a sen")
    assert marked(page, "root") == "k2"
    assert Draft.objects.get().content["outcome"] == "failure"


def test_a_reload_brings_back_what_the_server_has_not_seen(page: Page, context: BrowserContext) -> None:
    page.route("**/draft/", lambda route: route.abort("internetdisconnected"))
    press(page, "j x w")
    page.keyboard.type("only here")
    expect(page.locator("#status")).to_contain_text("Kept on this computer")
    page.reload()

    expect(page.locator("#id_failures-0-note")).to_have_value("only here")


def test_what_is_saved_nowhere_is_said_to_be(page: Page) -> None:
    status = page.locator("#status")
    page.clock.install()
    too_long = [{"field": "content", "message": "At most 500,000 characters."}]
    page.route("**/draft/", lambda route: route.fulfill(status=422, json={"errors": too_long}))
    press(page, "2 w")
    page.clock.run_for(1000)
    expect(status).to_have_text("Kept on this computer; the server does not take it: At most 500,000 characters.")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.keyboard.type("Only here")
    page.clock.run_for(1000)
    expect(status).to_contain_text("Not saved anywhere: leave this page open.")
    page.unroute("**/draft/")
    page.route("**/draft/", lambda route: route.abort("internetdisconnected"))
    page.keyboard.type(", and now offline")
    page.clock.run_for(1000)
    expect(status).to_have_text(
        "Not saved anywhere: leave this page open. The browser keeps nothing for us, and the server does not answer"
    )


def test_undo_brings_the_session_back_with_the_work_in_it(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("Wrong words.")
    press(page, "Control+Enter")
    expect_session(page, 2)
    press(page, "u")
    expect_session(page, 1)

    expect(page.locator("#id_failures-0-note")).to_have_value("Wrong words.")
    assert Failure.objects.filter(withdrawn_at=None).count() == 0
    press(page, "1 Enter")
    expect_session(page, 2)
    assert list(Review.objects.filter(withdrawn_at=None).values_list("outcome", flat=True)) == [Outcome.SUCCESS]


def test_a_failure_told_before_another_outcome_was_chosen_comes_back_with_undo(page: Page) -> None:
    press(page, "j j x q w")
    page.keyboard.type("An hour of words.")
    press(page, "Escape 3 Enter")
    expect_session(page, 2)
    press(page, "u")
    expect_session(page, 1)

    expect(page.locator("[name=outcome][value=unknown]")).to_be_checked()
    press(page, "2")
    expect(page.locator("#id_failures-0-note")).to_have_value("An hour of words.")
    expect(page.locator("[data-quote]")).to_have_count(1)
    assert marked(page, "root") == "k2"


def test_undo_pressed_twice_at_once_takes_back_one_decision(page: Page) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)
    press(page, "z")
    page.get_by_role("button", name="Unreadable").click()
    expect_session(page, 3)
    page.evaluate(
        "for (let i = 0; i < 3; i++) document.dispatchEvent(new KeyboardEvent('keydown', {key: 'u', bubbles: true}))"
    )
    expect_session(page, 2)

    assert Review.objects.filter(withdrawn_at=None).count() == 1
    press(page, "u")
    expect_session(page, 1)
    assert Review.objects.filter(withdrawn_at=None).count() == 0
    press(page, "u")
    expect(page.get_by_text("There is nothing to undo.")).to_be_visible()


def test_an_incomplete_failure_says_what_is_missing_and_keeps_the_rest(page: Page) -> None:
    press(page, "Enter")
    expect(page.get_by_role("alert").get_by_text("Say first whether it worked")).to_be_visible()
    press(page, "2")
    expect(page.get_by_text("Say first whether it worked")).to_have_count(0)
    press(page, "w")
    page.keyboard.type("No step yet.")
    press(page, "Control+Enter")

    expect(page.get_by_text("Mark the step where it first went wrong.")).to_be_visible()
    expect(page.locator("#id_failures-0-root_step")).to_be_focused()
    expect(page.locator("#id_failures-0-note")).to_have_value("No step yet.")


def test_several_failures_are_told_and_one_taken_back(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("First.")
    press(page, "Escape a")
    page.keyboard.type("Second.")
    press(page, "Escape j x a")
    page.keyboard.type("Third.")
    page.get_by_role("button", name="Remove").nth(2).click()
    press(page, "Control+Enter")
    expect_session(page, 2)

    assert list(Failure.objects.order_by("pk").values_list("root_step", "note")) == [
        ("k2", "First."),
        ("k3", "Second."),
    ]


@pytest.mark.usefixtures("nothing_ready")
def test_a_review_that_cannot_be_sent_is_kept_and_sent_later(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    press(page, "1 Enter")
    expect(page.locator("#status")).to_contain_text("Your review is kept on this computer and will be sent.")
    assert Review.objects.count() == 0
    context.set_offline(False)

    expect_session(page, 2)
    assert Review.objects.get().outcome == Outcome.SUCCESS


@pytest.mark.usefixtures("nothing_ready")
def test_a_kept_review_is_sent_from_another_page(page: Page, context: BrowserContext, queue: Queue) -> None:
    context.set_offline(True)
    press(page, "3 Enter")
    expect(page.locator("#status")).to_contain_text("kept on this computer")
    page.close()
    context.set_offline(False)
    other = context.new_page()
    other.goto(reverse("queue_list", args=[queue.project.slug]))

    expect(other.locator("#outbox")).to_have_text("1 kept review was sent.")
    assert Review.objects.get().outcome == Outcome.UNKNOWN


@pytest.mark.usefixtures("nothing_ready")
def test_a_kept_review_is_not_sent_by_somebody_else(
    page: Page, context: BrowserContext, queue: Queue, ada: User, live_server: Any
) -> None:
    context.set_offline(True)
    press(page, "3 Enter")
    expect(page.locator("#status")).to_contain_text("kept on this computer")
    page.close()
    context.set_offline(False)
    for user, notice in ((make_member(queue.project, Role.LEAD), ""), (ada, "1 kept review was sent.")):
        log_in(context, user, live_server.url)
        other = context.new_page()
        other.goto(reverse("queue_list", args=[queue.project.slug]))
        other.wait_for_load_state("networkidle")
        expect(other.locator("#outbox")).to_have_text(notice)
        other.close()

    assert Review.objects.get().reviewer == ada


def test_the_last_session_leads_to_a_kind_end(page: Page) -> None:
    for number in range(2, SESSIONS + 1):
        press(page, "1 Enter")
        expect_session(page, number)
    press(page, "1 Enter")

    expect(page.get_by_role("heading", name="All done")).to_be_visible()


def test_where_it_showed_is_refused_before_where_it_went_wrong(page: Page) -> None:
    press(page, "j s j x w")
    page.keyboard.type("Backwards.")
    press(page, "Control+Enter")

    refusal = page.get_by_text("This is before step 2, where it first went wrong.")
    expect(refusal).to_be_visible()
    expect(page.locator("#id_failures-0-surfaced_step")).to_be_focused()
    page.locator("#id_failures-0-surfaced_step").select_option("k3")
    expect(refusal).to_have_count(0)


def test_going_back_shows_the_judgement_and_offers_to_undo_it(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("First words.")
    press(page, "Control+Enter")
    expect_session(page, 2)
    page.go_back()
    expect_session(page, 1)

    expect(page.get_by_text("You have judged this session: failure.")).to_be_visible()
    expect(page.locator("#id_failures-0-note")).to_be_disabled()
    press(page, "1 Enter")
    assert Review.objects.count() == 1
    press(page, "u")
    expect_session(page, 1)
    expect(page.locator("#id_failures-0-note")).to_be_editable()
    assert Review.objects.filter(withdrawn_at=None).count() == 0
