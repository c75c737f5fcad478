"""The review screen in a real Chromium, by keyboard only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from accounts.models import Role, User
from annotate.models import Draft, Failure, Outcome, Queue, QueueItem, Review, Slot, SlotState
from tests.builders import (
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_session,
    make_slot,
    make_steps,
    make_talk,
)
from traces.models import Signal, StepKind

CHROMIUM = Path("/usr/bin/chromium")
SESSIONS = 4
# What the console says when a test cuts the line, or sends what is incomplete, on purpose.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "422 (Unprocessable Entity)")

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def queue() -> Queue:
    """Four sessions in a known order: best first."""
    project = make_project()
    queue = make_queue(project)
    for number in range(1, SESSIONS + 1):
        session = make_session(project, f"s{number}")
        make_talk(session)
        Signal.objects.create(session=session, kind="tool_error", step_key="k2", strength=0.9, sentence="It failed.")
        slot = make_slot(queue, session, priority=1 - number / 10)
        QueueItem.objects.filter(pk=slot.item_id).update(reasons=[f"reason of s{number}"])
    return queue


@pytest.fixture
def ada(queue: Queue) -> User:
    return make_member(queue.project, Role.REVIEWER)


@pytest.fixture
def context(chromium: Browser, live_server: Any, ada: User) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    log_in(context, ada, live_server.url)
    yield context
    context.close()


def log_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


@pytest.fixture
def page(context: BrowserContext, queue: Queue) -> Iterator[Page]:
    """The first session's page. Fails at the end if the console complained, of the content policy or anything else."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(reverse("queue_list", args=[queue.project.slug]))
    page.keyboard.press("Enter")
    expect_session(page, 1)
    yield page
    # The goodbye of the last page would reach the server while the database is being emptied.
    context.route("**/leave/", lambda route: route.abort())
    assert [text for text in complaints if not any(words in text for words in EXPECTED)] == []


def expect_session(page: Page, number: int) -> None:
    expect(page.locator("#why")).to_contain_text(f"reason of s{number}")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    # The page asks for the known issues once it stands; a test that ends before would pull the database from under it.
    page.wait_for_load_state("networkidle")


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def marked(page: Page, what: str) -> str | None:
    return page.locator(f".conversation .is-{what}").get_attribute("data-step")


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


def test_the_sheet_shows_exactly_the_keys_that_are_bound(page: Page) -> None:
    press(page, "?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    shown = page.locator("#key-sheet kbd").all_inner_texts()
    bound = page.evaluate("async () => (await import('/static/js/review-keys.js')).KEYS.map(({ shown }) => shown)")

    assert shown == bound
    # While the sheet is open, keys do nothing else.
    press(page, "2 Escape")
    assert page.locator("input[name=outcome]:checked").count() == 0


def test_every_key_has_something_to_click(page: Page) -> None:
    """The same review with the mouse alone."""
    page.get_by_role("button", name="next signal").click()
    page.get_by_role("button", name="Step 2 first went wrong here").click()
    page.get_by_label("What went wrong").fill("Told by mouse.")
    page.get_by_label("Critical").check()
    page.get_by_role("button", name="Submit and next").click()
    expect_session(page, 2)
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Unreadable").click()
    expect_session(page, 3)
    page.get_by_role("button", name="Undo last").click()
    expect_session(page, 1)

    assert (Failure.objects.get().severity, Slot.objects.filter(state=SlotState.SKIPPED).count()) == ("critical", 1)


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


def test_a_review_that_cannot_be_sent_is_kept_and_sent_later(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    press(page, "1 Enter")
    expect(page.locator("#status")).to_contain_text("Your review is kept on this computer and will be sent.")
    assert Review.objects.count() == 0
    context.set_offline(False)

    expect_session(page, 2)
    assert Review.objects.get().outcome == Outcome.SUCCESS


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


def test_keys_are_silent_while_composing(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: '2', isComposing: true, bubbles: true}))")

    assert page.locator("input[name=outcome]:checked").count() == 0


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


def test_a_long_session_is_few_tab_stops_long(page: Page, queue: Queue) -> None:
    steps = [(StepKind.TOOL, {"name": f"call_{number}"}) for number in range(30)]
    session = make_session(queue.project, "long")
    make_steps(session, *steps)
    slot = make_slot(queue, session)
    page.goto(reverse("review_page", args=[queue.project.slug, slot.pk]))
    expect(page.locator("#why")).to_be_focused()

    press(page, "Tab")
    expect(page.get_by_role("link", name="To your judgement")).to_be_in_viewport()
    press(page, "Enter")
    expect(page.locator("input[name=outcome]").first).to_be_focused()

    page.locator("#why").focus()
    tabs = 0
    while not page.evaluate("document.activeElement.name === 'outcome'"):
        press(page, "Tab")
        tabs += 1
    assert tabs <= 12


def test_the_outline_is_walked_with_arrows(page: Page) -> None:
    links = page.locator(".outline ol a")
    links.first.focus()
    press(page, "ArrowDown Enter")
    expect(page.locator("#step-2")).to_be_focused()
    assert links.evaluate_all("nodes => nodes.map((node) => node.tabIndex)") == [-1, 0, -1]


def typed(page: Page) -> str:
    return page.locator("#id_failures-0-failure_type").input_value()


def test_a_failure_type_is_found_by_typing_nearly_its_name(page: Page, queue: Queue) -> None:
    for name in ("Wrong address", "Silent failure", "Gets stuck"):
        make_failure_type(queue.project, name)
    page.reload()
    options = page.get_by_role("listbox", name="Failure types").get_by_role("option")

    press(page, "t")
    page.keyboard.type("adress wrong")
    expect(options).to_have_text(["Wrong address", "Create “adress wrong”"])
    press(page, "Enter")
    assert typed(page) == "Wrong address"
    expect(page.get_by_text("a new type")).to_have_count(0)

    # What is there in other letters is not made again; what is new is the last choice.
    press(page, "Control+a")
    page.keyboard.type("SILENT failure")
    expect(options).to_have_text(["Silent failure"])
    press(page, "Control+a")
    page.keyboard.type("Gets")
    expect(options).to_have_text(["Gets stuck", "Create “Gets”"])
    press(page, "ArrowDown Enter")
    assert typed(page) == "Gets"
    expect(page.get_by_text("a new type")).to_be_visible()

    # The first Escape closes the list, the next leaves the field; Enter submits neither time.
    press(page, "ArrowDown Escape")
    expect(options).to_have_count(0)
    expect(page.locator("#id_failures-0-failure_type")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("#step-1")).to_be_focused()
    assert Review.objects.count() == 0


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
