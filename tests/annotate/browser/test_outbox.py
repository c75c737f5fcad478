"""What this browser keeps until the server has it: skips, lost answers, refusals, other people, undo."""

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import Role, User
from annotate.actions.reviews import submit_review
from annotate.claims import take_this
from annotate.models import Outcome, Queue, Review, Slot, SlotState
from tests.annotate.browser.screen import expect_session, press
from tests.browsing import log_in
from tests.builders import make_member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("nothing_ready"),
]

KEPT = "is kept on this computer and will be sent."


def skip(page: Page, reason: str = "Unreadable") -> None:
    press(page, "z")
    page.get_by_role("button", name=reason).click()


def expect_session_in_time(page: Page, number: int) -> None:
    """Once what is kept has been tried again."""
    expect(page.locator("#why")).to_contain_text(f"reason of s{number}", timeout=20_000)
    expect_session(page, number)


def open_queues(context: BrowserContext, queue: Queue) -> Page:
    page = context.new_page()
    page.goto(reverse("queue_list", args=[queue.project.slug]))
    return page


def lose_the_first_answer(page: Page, pattern: str) -> list[int]:
    """The server gets the request, the page never the answer; the statuses that were lost."""
    lost: list[int] = []

    def route(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("internetdisconnected")

    page.route(pattern, route)
    return lost


def test_a_skip_that_cannot_be_sent_is_kept_and_sent_later(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    skip(page)
    expect(page.locator("#status")).to_contain_text(f"Your skip {KEPT}")
    expect(page.locator("#outbox")).to_contain_text("1 skip waits on this computer until the server answers.")
    assert not Slot.objects.filter(state=SlotState.SKIPPED).exists()
    context.set_offline(False)

    expect_session(page, 2)
    expect(page.locator("#outbox")).to_have_text("1 kept skip was sent.")
    assert Slot.objects.get(state=SlotState.SKIPPED).skip_reason == "unreadable"


def test_the_focus_is_where_it_can_be_seen_while_a_review_waits(page: Page, context: BrowserContext) -> None:
    press(page, "j x w")
    page.keyboard.type("It lied.")
    context.set_offline(True)
    press(page, "Control+Enter")
    expect(page.locator("#status")).to_contain_text(f"Your review {KEPT}")
    expect(page.get_by_role("button", name="Submit and next")).to_be_focused()
    press(page, "Enter Enter")  # it is submitted already
    context.set_offline(False)

    expect_session_in_time(page, 2)
    assert Review.objects.count() == 1


def test_the_next_session_does_not_come_while_a_comment_is_written(page: Page, context: BrowserContext) -> None:
    comment = page.locator(".comment-form textarea")
    expect(comment).to_be_attached()
    context.set_offline(True)
    press(page, "1 Enter")
    expect(page.locator("#status")).to_contain_text(KEPT)
    press(page, "c")
    page.keyboard.type("I wonder, ")
    context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Submitted. The next session comes when you leave this field.")
    page.keyboard.type("12 12")
    expect(comment).to_have_value("I wonder, 12 12")
    expect(page.locator("#why")).to_contain_text("reason of s1")
    press(page, "Escape")

    expect_session(page, 2)
    assert page.locator("[name=outcome]:checked").count() == 0
    assert Review.objects.count() == 1


def test_a_kept_skip_outlives_its_tab_and_is_tried_again_at_once(
    page: Page, context: BrowserContext, queue: Queue
) -> None:
    page.route("**/skip/", lambda route: route.abort("internetdisconnected"))
    skip(page)
    expect(page.locator("#status")).to_contain_text(KEPT)
    other = context.new_page()
    other.route("**/skip/", lambda route: route.abort("internetdisconnected"))
    other.goto(reverse("queue_list", args=[queue.project.slug]))
    page.close()
    expect(other.locator("#outbox")).to_contain_text("1 skip waits on this computer")
    other.unroute("**/skip/")
    other.get_by_role("button", name="Try again now").press("Enter")

    expect(other.locator("#outbox")).to_have_text("1 kept skip was sent.")
    # The button has gone: where the focus is now, Enter is no key of the page.
    expect(other.locator("#outbox")).to_be_focused()
    press(other, "Enter")
    expect(other).to_have_url(re.compile("/review/$"))
    assert Slot.objects.get(state=SlotState.SKIPPED).skip_reason == "unreadable"


def test_a_review_whose_answer_is_lost_counts_once(page: Page) -> None:
    lost = lose_the_first_answer(page, "**/submit/")
    press(page, "1 Enter")
    expect_session_in_time(page, 2)

    assert lost == [200]
    assert list(Review.objects.values_list("session__external_id", "outcome")) == [("s1", Outcome.SUCCESS)]


def test_a_skip_whose_answer_is_lost_counts_once(page: Page) -> None:
    lost = lose_the_first_answer(page, "**/skip/")
    skip(page)
    expect_session_in_time(page, 2)

    assert lost == [200]
    assert Slot.objects.filter(state=SlotState.SKIPPED).count() == 1
    assert Slot.objects.count() == 5


def break_off_once(page: Page, pattern: str) -> None:
    """The head of the next answer comes, and half of its body."""
    page.route(pattern, lambda route: route.fulfill(content_type="application/json", body='{"next": "/p/'), times=1)


def try_again(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def test_a_review_whose_answer_breaks_off_is_sent_again(page: Page) -> None:
    break_off_once(page, "**/submit/")
    press(page, "1 Enter")
    expect(page.locator("#outbox")).to_contain_text("The answer of the server broke off.")
    try_again(page)

    expect_session(page, 2)
    assert Review.objects.get().outcome == Outcome.SUCCESS


def test_a_draft_whose_answer_breaks_off_is_saved_again(page: Page) -> None:
    page.clock.install()
    break_off_once(page, "**/draft/")
    press(page, "2 w")
    page.keyboard.type("Half a thought")
    page.clock.run_for(1000)
    expect(page.locator("#status")).to_contain_text("Kept on this computer")
    page.clock.run_for(6000)
    expect(page.locator("#status")).to_have_text("Saved")


def test_what_the_server_refuses_is_kept_to_be_changed(page: Page, context: BrowserContext, queue: Queue) -> None:
    context.set_offline(True)
    press(page, "j j x w")
    page.keyboard.type("Said done, was not.")
    press(page, "Control+Enter")
    expect(page.locator("#status")).to_contain_text(KEPT)
    page.close()
    errors = [{"field": "failures-0-note", "message": "Say more."}]
    context.route("**/submit/", lambda route: route.fulfill(status=422, json={"errors": errors}), times=1)
    context.set_offline(False)
    queues = open_queues(context, queue)

    expect(queues.locator("#outbox")).to_have_text(
        "1 review was refused by the server, and kept here to be read, copied or changed."
    )
    kept = queues.locator(".outbox .kept")
    expect(kept).to_contain_text("Say more.")
    expect(kept).to_contain_text("What went wrong: Said done, was not.")
    kept.get_by_role("link", name="Open its session").click()
    expect_session(queues, 1)
    expect(queues.locator("#id_failures-0-note")).to_have_value("Said done, was not.")
    press(queues, "Control+Enter")
    expect_session(queues, 2)

    expect(queues.locator("#outbox")).to_have_text("")
    assert Review.objects.get().failures.get().note == "Said done, was not."


def test_a_review_of_a_queue_that_is_gone_stays_until_it_is_discarded(
    page: Page, context: BrowserContext, queue: Queue
) -> None:
    context.set_offline(True)
    press(page, "j j x w")
    page.keyboard.type("Words that took an hour.")
    press(page, "Control+Enter")
    expect(page.locator("#status")).to_contain_text(KEPT)
    page.close()
    queue.delete()
    context.set_offline(False)
    queues = open_queues(context, queue)
    expect(queues.locator("#outbox")).to_contain_text("1 review was refused")
    queues.reload()

    expect(queues.locator(".outbox .kept")).to_contain_text("This session or its queue is gone")
    expect(queues.locator(".outbox pre")).to_contain_text("Words that took an hour.")
    queues.once("dialog", lambda dialog: dialog.accept())
    queues.get_by_role("button", name="Discard").click()
    expect(queues.locator("#outbox")).to_have_text("")
    expect(queues.locator("#outbox")).to_be_focused()
    queues.reload()
    expect(queues.locator(".outbox .kept li")).to_have_count(0)


def test_a_page_sends_nothing_in_the_name_of_whoever_logs_in_after_its_reader(
    page: Page, context: BrowserContext, queue: Queue, ada: User, live_server: Any
) -> None:
    context.set_offline(True)
    press(page, "3 Enter")
    expect(page.locator("#status")).to_contain_text(KEPT)
    log_in(context, make_member(queue.project, Role.LEAD), live_server.url)
    context.set_offline(False)
    expect(page.locator("#outbox")).to_contain_text("Someone has logged in since this page was opened.")
    assert Review.objects.count() == 0
    log_in(context, ada, live_server.url)

    expect_session(page, 2)
    assert Review.objects.get().reviewer == ada


def test_undo_says_that_it_needs_the_server(page: Page, context: BrowserContext) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)
    context.set_offline(True)
    press(page, "u")
    expect(page.locator("#status")).to_contain_text("Undo again once the server answers")
    skip(page)
    expect(page.locator("#status")).to_contain_text(KEPT)
    press(page, "u")
    expect(page.locator("#status")).to_contain_text("Nothing was undone: 1 skip must reach the server first.")
    context.set_offline(False)

    expect_session(page, 3)
    press(page, "u")
    expect_session(page, 2)
    assert Review.objects.filter(withdrawn_at=None).count() == 1


def test_undo_takes_back_what_was_sent_late(page: Page, context: BrowserContext, queue: Queue) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)
    context.set_offline(True)
    press(page, "3 Enter")
    expect(page.locator("#status")).to_contain_text(KEPT)
    page.close()
    context.set_offline(False)
    queues = open_queues(context, queue)
    expect(queues.locator("#outbox")).to_have_text("1 kept review was sent.")
    queues.get_by_role("button", name="Undo").click()

    expect_session(queues, 2)
    assert Review.objects.get(withdrawn_at=None).outcome == Outcome.SUCCESS


def test_a_review_that_is_kept_beside_others_says_so(page: Page, queue: Queue) -> None:
    bob = make_member(queue.project, Role.REVIEWER, "bob@example.com")
    slot = Slot.objects.get(state=SlotState.LEASED)
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now())
    taken = take_this(slot_id=slot.pk, user=bob)
    assert taken is not None
    submit_review(slot=taken, reviewer=bob, client_id=uuid.uuid4(), outcome=Outcome.UNKNOWN)
    press(page, "1 Enter")
    expect_session(page, 2)

    expect(page.locator("#outbox")).to_contain_text("It is kept beside theirs, and it counts.")
    assert Review.objects.filter(slot__is_extra=True).count() == 1
    page.reload()
    expect(page.locator("#outbox")).to_have_text("")
