"""What a lead has typed is found again where it was left, until the server has taken it."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, Role, User
from annotate.actions.comments import add_comment, settle_flag
from annotate.actions.gold import settle
from annotate.models import Comment
from annotate.queries.gold import gold_of
from annotate.told import Told
from tests.annotate.browser.screen import SCREEN, expect_quiet, press, watch_requests
from tests.annotate.judging import ask, dispute
from tests.browsing import browsing, complaints_of
from tests.builders import make_failure_type, make_member, make_project, make_queue, make_session, make_slot
from traces.models import AgentSession

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BACK = "What you wrote here before is back."
# What the console says of a line that is cut, and of an answer that is refused.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "422", "403", "htmx:sendError", "htmx:afterRequest")


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def people(project: Project) -> list[User]:
    return [make_member(project, Role.REVIEWER, f"{name}@example.com") for name in ("ada", "bob")]


@pytest.fixture
def lead(project: Project) -> User:
    return make_member(project, Role.LEAD)


@pytest.fixture
def disputed(project: Project, people: list[User]) -> AgentSession:
    ask(project, "polite")
    return dispute(project, people)[0]


@pytest.fixture
def page(chromium: Browser, live_server: Any, lead: User) -> Iterator[Page]:
    """A lead's. Fails at the end if the console complained."""
    with browsing(chromium, live_server.url, lead, viewport=SCREEN) as context:
        page = context.new_page()
        watch_requests(page)
        complaints = complaints_of(page)
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
        expect_quiet(page)
    assert [text for text in complaints if not any(words in text for words in EXPECTED)] == []


def open_dispute(page: Page, session: AgentSession) -> None:
    page.goto(reverse("disagreement_page", args=[session.project.slug, session.pk]))
    expect(page.locator("#key-sheet kbd").first).to_be_attached()


def write_about(page: Page) -> None:
    """Two failures in one's own words, an answer, a tick and a reason, by keys alone."""
    press(page, "j j x w")
    page.keyboard.type("The first.")
    press(page, "Escape a Escape j x w")
    page.keyboard.type("The second.")
    press(page, "Escape 4 r ArrowRight y")
    page.keyboard.type("Read closely.")
    press(page, "Escape")


def test_what_was_begun_of_a_settlement_is_there_again_until_it_is_settled(page: Page, disputed: AgentSession) -> None:
    open_dispute(page, disputed)
    expect(page.get_by_text(BACK)).to_have_count(0)
    write_about(page)
    answered = page.locator("[name=answer_polite]:checked").get_attribute("value")
    press(page, "d")
    expect(page.locator("#toasts")).to_contain_text("no other disagreement waits")

    open_dispute(page, disputed)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#id_own-1-note")).to_have_value("The second.")
    expect(page.locator("[name=adopted]").first).to_be_checked()
    assert page.locator("[name=answer_polite]:checked").get_attribute("value") == answered
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    gold = gold_of(disputed)
    assert gold is not None
    assert gold.reason == "Read closely."
    told = list(gold.failures.order_by("pk").values_list("note", "root_step"))
    assert told == [("The first.", "k2"), ("The second.", "k3")]

    # Settled again, it begins as it was settled: what the browser had kept is gone.
    open_dispute(page, disputed)
    expect(page.locator("#id_reason")).to_have_value("Read closely.")
    expect(page.get_by_text(BACK)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':kept:'))") == []


def test_what_was_refused_or_lost_its_way_stays_and_can_be_given_up(page: Page, disputed: AgentSession) -> None:
    open_dispute(page, disputed)
    press(page, "2 y")
    page.keyboard.type("Kept.")
    press(page, "Control+Enter")
    expect(page.get_by_text("Choose what went wrong, or say it yourself.")).to_be_visible()
    expect(page.get_by_text(BACK)).to_have_count(0)
    page.locator("#id_reason").press("Control+End")
    page.keyboard.type(" More.")

    open_dispute(page, disputed)
    expect(page.locator("#id_reason")).to_have_value("Kept. More.")
    page.get_by_role("button", name="Start anew").click()
    expect(page.locator("#id_reason")).to_have_value("")
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_a_row_that_was_taken_out_comes_back_empty_and_can_be_filled(page: Page, disputed: AgentSession) -> None:
    open_dispute(page, disputed)
    write_about(page)
    page.get_by_role("button", name="Remove").first.click()

    open_dispute(page, disputed)
    expect(page.locator("#id_own-1-note")).to_have_value("The second.")
    expect(page.locator("#id_own-0-note")).to_have_value("")
    page.locator("#id_own-0-note").fill("The third.")
    page.locator("#id_own-0-root_step").select_option("k2")
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    gold = gold_of(disputed)
    assert gold is not None
    assert set(gold.failures.values_list("note", flat=True)) == {"The second.", "The third."}


def test_what_is_said_over_the_page_goes_by_itself(page: Page, disputed: AgentSession) -> None:
    page.clock.install()
    open_dispute(page, disputed)
    press(page, "j x")
    said = page.locator("#status")
    expect(said).to_contain_text("First went wrong at: step 1")
    page.clock.fast_forward(9000)
    expect(said).to_be_empty()


def test_a_key_that_marks_a_step_says_which_and_without_one_changes_nothing(page: Page, disputed: AgentSession) -> None:
    open_dispute(page, disputed)
    press(page, "x")
    expect(page.get_by_text("Go to a step first: click one.")).to_be_visible()
    expect(page.locator("[name=outcome]:checked")).to_have_count(0)
    press(page, "j j x")
    said = page.get_by_text("First went wrong at: step 2")
    expect(said).to_be_visible()
    expect(said).to_be_in_viewport()


# --- questions to the lead ---


@pytest.fixture
def flags(disputed: AgentSession, people: list[User]) -> list[Comment]:
    def ask(text: str) -> Comment:
        return add_comment(client_id=uuid.uuid4(), text=text, session=disputed, author=people[0], for_lead=True)

    return [ask(text) for text in ("Is it so?", "Is it?")]


def open_questions(page: Page, project: Project) -> None:
    page.goto(reverse("lead_list", args=[project.slug]))
    page.wait_for_load_state("networkidle")


def test_an_answer_takes_the_place_of_its_question_alone(page: Page, project: Project, flags: list[Comment]) -> None:
    open_questions(page, project)
    fields = [page.locator(f"#answer-{flag.pk}") for flag in flags]
    fields[0].fill("It may be.")
    fields[1].fill("It is.")
    page.get_by_role("button", name="Answer").last.click()
    expect(page.get_by_text("Answered. ada@example.com finds it among their mentions.")).to_be_visible()
    expect(page.locator(f"#question-{flags[1].pk}")).to_be_focused()
    expect(page.locator("#questions-left")).to_have_text("1")
    expect(fields[0]).to_have_value("It may be.")

    open_questions(page, project)
    expect(page.get_by_text(BACK)).to_have_count(1)
    expect(fields[0]).to_have_value("It may be.")
    assert Comment.objects.filter(for_lead=False).get().text == "It is."
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':kept:')).length") == 1


def test_a_refused_answer_stays_in_its_field(page: Page, project: Project, lead: User, flags: list[Comment]) -> None:
    open_questions(page, project)
    settle_flag(flag=flags[0], lead=lead, client_id=uuid.uuid4(), text="It is.")
    field = page.locator(f"#answer-{flags[0].pk}")
    field.fill("It is not.")
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_text("It has been answered already.")).to_be_visible()
    expect(field).to_have_value("It is not.")
    expect(field).to_be_focused()


def test_whoever_was_logged_out_keeps_what_they_wrote(page: Page, project: Project, flags: list[Comment]) -> None:
    open_questions(page, project)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    field = page.locator(f"#answer-{flags[0].pk}")
    field.fill("It may be.")
    page.get_by_role("button", name="Answer").first.click()
    expect(page.locator("#toasts")).to_contain_text("You have been logged out.")
    expect(field).to_have_value("It may be.")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what Playwright gives, it takes
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_text("Answered. ada@example.com")).to_be_visible()


def test_a_page_from_before_a_login_says_that_it_must_be_loaded_again(
    page: Page, project: Project, flags: list[Comment]
) -> None:
    open_questions(page, project)
    page.context.clear_cookies(name="csrftoken")
    field = page.locator(f"#answer-{flags[0].pk}")
    field.fill("It may be.")
    page.get_by_role("button", name="Answer").first.click()
    expect(page.locator("#toasts")).to_contain_text("someone has logged in since this page was opened")
    expect(field).to_have_value("It may be.")


# --- rubrics, and what comes anew under the reader's hands ---


def test_a_rubric_that_was_left_is_there_again_until_it_is_made(page: Page, project: Project) -> None:
    address = reverse("rubric_new", args=[project.slug])
    page.goto(address)
    page.get_by_label("Name").fill("Tone")
    for text in ("Was it kind?", "How useful?", "Gone?"):
        page.get_by_role("button", name="Add a question").click()
        page.keyboard.type(text)
    page.get_by_role("button", name="Remove").last.click()
    page.get_by_role("button", name="Move this question up").nth(1).click()
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_load_state("networkidle")

    page.goto(address)
    expect(page.get_by_text(BACK)).to_be_visible()
    shown = page.locator("#questions").get_by_label("Question", exact=True).locator("visible=true")
    assert [each.input_value() for each in shown.all()] == ["How useful?", "Was it kind?"]
    expect(page.locator("#preview-said")).to_have_text("3 questions shown.")
    page.get_by_role("button", name="Make the rubric").click()
    expect(page.get_by_role("heading", name="Tone version 1")).to_be_visible()

    page.goto(address)
    expect(page.get_by_label("Name")).to_have_value("")
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_an_example_stands_behind_what_was_written_before(page: Page, disputed: AgentSession, lead: User) -> None:
    told = Told(root_step="k2", note="It lied.")
    gold = settle(
        session=disputed, lead=lead, client_id=uuid.uuid4(), outcome="failure", reason="Seen it.", failures=[told]
    )
    address = reverse("rubric_edit", args=[disputed.project.slug, gold.rubric_id])
    page.goto(address)
    guidance = page.locator("#id_guidance")
    guidance.fill("Be strict.")
    page.goto(f"{address}?because_of={gold.pk}&example=")
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(guidance).to_have_value(re.compile(r"^Be strict\.\n\n> Failure: Seen it\."))
    expect(page.locator("#id_changed")).to_have_value("One more example.")
    page.get_by_role("button", name="Make version").click()
    expect(page.locator("#toasts")).to_contain_text("is made")
    page.goto(address)
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_one_failure_type_becomes_a_part_of_the_one_that_is_chosen(page: Page, project: Project) -> None:
    for name in ("Loop", "Tone"):
        make_failure_type(project, name)
    page.goto(reverse("type_list", args=[project.slug]))
    page.get_by_label("Tick Loop").check()
    page.get_by_role("button", name="Merge …").click()
    merge = page.get_by_role("button", name="Merge")
    expect(merge).to_be_disabled()
    page.evaluate("document.querySelector('#merge [role=status]').dataset.old = ''")
    page.get_by_label("The one that stays").select_option("Tone")
    expect(page.locator("#merge [role=status][data-old]")).to_contain_text("get the type “Tone”")
    merge.click()
    expect(page.locator("#toasts")).to_contain_text("Merged")


def test_choosing_the_type_that_stays_keeps_the_focus_on_the_choice(page: Page, project: Project) -> None:
    names = ["Loop", "Silent failure", "Tone"]
    for name in names:
        make_failure_type(project, name)
    page.goto(reverse("type_list", args=[project.slug]))
    for name in names[:2]:
        page.get_by_label(f"Tick {name}").check()
    page.get_by_role("button", name="Merge …").click()
    choice = page.get_by_label("The one that stays")
    choice.focus()
    for key, kept in (("ArrowDown", "Silent failure"), ("ArrowUp", "Loop"), ("ArrowDown", "Silent failure")):
        press(page, key)
        expect(page.locator("#merge .notice p").first).to_contain_text(f"“{kept}”")
        expect(choice).to_be_focused()


def test_a_queue_that_is_counted_anew_keeps_the_focus_on_its_link(page: Page, project: Project) -> None:
    queue = make_queue(project)
    make_slot(queue, make_session(project))
    page.goto(reverse("queue_list", args=[project.slug]))
    page.wait_for_load_state("networkidle")
    start = page.get_by_role("link", name="Start")
    start.focus()
    page.evaluate("document.querySelector('.queue').dataset.old = ''")
    address = reverse("queue_row", args=[project.slug, queue.pk])
    page.evaluate("(url) => htmx.ajax('GET', url, {target: '.queue', swap: 'outerHTML'})", address)
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(start).to_be_focused()
