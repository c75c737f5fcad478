"""The next session is there before it is asked for: swapped in, with all that a page of its own would have."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import Role, User
from annotate.claims import take_this
from annotate.models import Draft, Failure, Outcome, Queue, QueueItem, Review, ReviewTimes, Slot, SlotState
from tests.annotate.browser.screen import expect_quiet, expect_session, marked, press
from tests.builders import make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page: Page) -> Page:
    """Marked: whatever loads a page anew loses the mark."""
    page.evaluate("window.sameDocument = true")
    return page


def is_same_document(page: Page) -> bool:
    return bool(page.evaluate("window.sameDocument === true"))


def refuse_once(page: Page) -> None:
    """The server refuses the next judgement for something that the browser did not see."""
    errors = [{"field": "failures-0-note", "message": "Say more."}]
    page.route("**/submit/", lambda route: route.fulfill(status=422, json={"errors": errors}), times=1)


def test_the_next_session_takes_the_place_of_the_one_that_was_judged(page: Page, queue: Queue) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)

    assert is_same_document(page)
    second = Slot.objects.get(item__session__external_id="s2")
    assert page.url.endswith(reverse("review_page", args=[queue.project.slug, second.pk]))
    expect(page).to_have_title("Everything: 2 of 4 · Misstep")
    expect(page.locator(".place strong")).to_have_text("2 of 4")
    expect(page.locator("#why")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    assert page.locator("main").count() == 1
    page.reload()
    expect_session(page, 2)


def test_what_is_shown_is_open_and_one_more_is_kept_ready(page: Page) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)

    states = [(slot.state, slot.opened_at is not None) for slot in Slot.objects.order_by("pk")]
    assert states == [
        (SlotState.SUBMITTED, True),
        (SlotState.LEASED, True),
        (SlotState.LEASED, False),
        (SlotState.FREE, False),
    ]


def test_whoever_is_faster_than_the_server_finds_the_one_after_ready_again(page: Page) -> None:
    held: list[Route] = []
    page.route("**/following/", lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright wants a function
    with page.expect_request("**/following/"):
        press(page, "1 Enter")
    expect(page.locator("#why")).to_contain_text("reason of s2")
    with page.expect_response("**/submit/"):
        press(page, "1 Enter")
    held[0].continue_()
    expect_session(page, 3)

    assert is_same_document(page)
    assert page.evaluate("document.activeElement.id") == "why"
    last = Slot.objects.get(item__session__external_id="s4")
    assert (last.state, last.opened_at) == (SlotState.LEASED, None)


def test_each_session_is_judged_by_itself(page: Page) -> None:
    press(page, "j j x w")
    page.keyboard.type("First words.")
    press(page, "Control+Enter")
    expect_session(page, 2)

    # Nothing of the former shows, and keys act once.
    assert page.locator(".conversation .is-root").count() == 0
    expect(page.locator("#id_failures-0-note")).to_have_value("")
    press(page, "j j j x w")
    page.keyboard.type("Second words.")
    assert marked(page, "root") == "k3"
    expect(page.locator("#status")).to_have_text("Saved")
    press(page, "Control+Enter")
    expect_session(page, 3)
    press(page, "z")
    page.get_by_role("button", name="Unreadable").click()
    expect_session(page, 4)

    assert is_same_document(page)
    assert list(Failure.objects.order_by("pk").values_list("review__session__external_id", "root_step", "note")) == [
        ("s1", "k2", "First words."),
        ("s2", "k3", "Second words."),
    ]
    assert Slot.objects.get(state=SlotState.SKIPPED).item.session.external_id == "s3"


def test_what_this_browser_kept_of_a_session_is_put_back_when_it_comes_and_forgotten_when_it_is_judged(
    page: Page, ada: User
) -> None:
    kept = {}
    for number, words in ((1, "Chosen against."), (2, "Half a thought.")):
        item = QueueItem.objects.get(session__external_id=f"s{number}")
        content = {"outcome": "failure", "failures": [{"note": words}]}
        kept[f"draft:{ada.pk}:{item.pk}:000-1"] = json.dumps({"content": content, "follows": []})
    page.evaluate("(kept) => Object.assign(localStorage, kept)", kept)
    press(page, "1 Enter")
    expect_session(page, 2)

    assert is_same_document(page)
    expect(page.locator("#id_failures-0-note")).to_have_value("Half a thought.")
    expect(page.locator("#status")).to_have_text("Saved")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    assert Draft.objects.get().item.session.external_id == "s2"


def test_what_is_decided_without_a_network_waits_beside_the_next_session(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    press(page, "1 Enter")
    expect(page.locator("#why")).to_contain_text("reason of s2")
    expect(page.locator("#outbox")).to_contain_text("1 review waits on this computer until the server answers.")
    press(page, "3 Enter")
    expect(page.locator("#status")).to_contain_text("is kept on this computer and will be sent.")
    assert Review.objects.count() == 0
    context.set_offline(False)

    expect(page.locator("#why")).to_contain_text("reason of s3", timeout=20_000)
    expect_quiet(page)
    said = Review.objects.order_by("session__external_id").values_list("session__external_id", "outcome")
    assert list(said) == [("s1", Outcome.SUCCESS), ("s2", Outcome.UNKNOWN)]


def test_a_refusal_is_told_beside_the_next_session_and_leads_back(page: Page) -> None:
    refuse_once(page)
    press(page, "j j x w")
    page.keyboard.type("Words that count.")
    press(page, "Control+Enter")
    expect(page.locator("#why")).to_contain_text("reason of s2")
    expect(page.locator("#outbox")).to_contain_text("1 review was refused by the server")
    expect(page.locator(".outbox .kept")).to_contain_text("Say more.")
    page.get_by_role("link", name="Open its session").click()

    expect_session(page, 1)
    expect(page.locator("#id_failures-0-note")).to_have_value("Words that count.")
    press(page, "Control+Enter")
    expect_session(page, 2)
    assert Failure.objects.get().note == "Words that count."
    expect(page.locator("#outbox")).to_have_text("")


def test_undo_leads_back_from_a_session_that_was_kept_ready(page: Page) -> None:
    expect(page.locator("#undo button")).to_be_disabled()
    press(page, "j j x w")
    page.keyboard.type("Too hasty.")
    press(page, "Control+Enter")
    expect_session(page, 2)
    expect(page.locator("#undo button")).to_be_enabled()
    press(page, "u")
    expect_session(page, 1)

    expect(page.locator("#id_failures-0-note")).to_have_value("Too hasty.")
    assert not Review.objects.filter(withdrawn_at=None).exists()


def test_leaving_gives_back_what_was_kept_ready(page: Page, queue: Queue) -> None:
    page.goto(reverse("queue_list", args=[queue.project.slug]))
    page.wait_for_load_state("networkidle")
    expect_quiet(page)

    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.FREE}


def test_whoever_is_idle_gives_back_only_what_is_kept_ready(page: Page) -> None:
    page.clock.install()
    # What the page that is left gives back can reach the server after the new one has taken it.
    page.evaluate("navigator.sendBeacon = () => true")
    page.reload()
    expect_session(page, 1)
    assert Slot.objects.filter(state=SlotState.LEASED).count() == 2
    page.clock.run_for(11 * 60_000)
    expect_quiet(page)

    leased = Slot.objects.filter(state=SlotState.LEASED)
    assert [slot.item.session.external_id for slot in leased] == ["s1"]


def test_what_somebody_else_took_meanwhile_is_told(page: Page, queue: Queue) -> None:
    second = Slot.objects.get(item__session__external_id="s2")
    Slot.objects.filter(pk=second.pk).update(state=SlotState.FREE, reviewer=None, lease_token=None)
    take_this(slot_id=second.pk, user=make_member(queue.project, Role.REVIEWER, "bob@example.com"))
    press(page, "1 Enter")
    expect_session(page, 2)

    expect(page.locator("#outbox")).to_contain_text("Somebody else has taken the session that was kept ready for you.")
    press(page, "3 Enter")
    expect_session(page, 3)
    assert Review.objects.count() == 2


def test_where_the_time_went_is_measured(page: Page) -> None:
    page.wait_for_timeout(300)
    press(page, "1")
    page.wait_for_timeout(200)
    press(page, "Enter")
    expect_session(page, 2)
    press(page, "1 Enter")
    expect_session(page, 3)

    first, second = ReviewTimes.objects.order_by("review__submitted_at")
    assert first.reading_ms >= 300
    assert 200 <= first.entering_ms < first.reading_ms + 10_000
    assert second.waiting_ms is not None
    assert first.waiting_ms is not None
    assert second.waiting_ms < first.waiting_ms
