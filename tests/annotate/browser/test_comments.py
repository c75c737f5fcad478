"""Comments beside a session, in a real browser: by keyboard, with names, and without a network."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Role, User
from annotate.actions.comments import add_comment
from annotate.models import Comment, Mention, Queue, Review
from tests.annotate.browser.screen import expect_session, press
from tests.builders import make_member
from traces.models import AgentSession

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIELD, LIST = ".comment-form textarea", ".comment-list"
MARK = ".conversation .talked a"
LOOKED_AT = os.environ.get("MISSTEP_SCREENSHOTS", "")


@pytest.fixture(autouse=True)
def bob(queue: Queue) -> User:
    bob = make_member(queue.project, Role.REVIEWER, "bob@example.com")
    bob.name = "Bob Builder"
    bob.save()
    return bob


def look(page: Page, name: str) -> None:
    if LOOKED_AT:
        page.screenshot(path=Path(LOOKED_AT) / f"{name}.png")


def begun(page: Page) -> None:
    expect(page.locator(FIELD)).to_be_attached()


def test_step_is_commented_on_by_keyboard_and_somebody_named(page: Page, bob: User) -> None:
    begun(page)
    press(page, "j j c")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator("[data-about]")).to_have_text("step 2")
    page.keyboard.type("Odd, @bo")
    expect(page.locator("#comment-names [aria-selected='true']")).to_contain_text("Bob Builder")
    look(page, "names")
    page.keyboard.press("Enter")
    page.keyboard.type("!")
    expect(page.locator(FIELD)).to_have_value("Odd, @Bob Builder !")
    page.keyboard.press("Control+Enter")
    expect(page.locator(LIST)).to_contain_text("Odd, @Bob Builder !")
    expect(page.locator(f"{LIST} a")).to_have_text("step 2")
    look(page, "said")
    assert not Review.objects.exists()
    assert [mention.user for mention in Mention.objects.all()] == [bob]
    page.keyboard.press("Escape")
    expect(page.locator(".step.current")).to_be_focused()


def test_lead_is_asked_and_the_question_is_taken_back(page: Page) -> None:
    begun(page)
    press(page, "j Shift+C")
    page.keyboard.type("Is that a failure?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(LIST)).to_contain_text("asks the lead")
    assert Comment.objects.get().for_lead
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(LIST)).to_have_count(0)
    assert Comment.objects.get().withdrawn_at is not None


def test_what_is_typed_outlives_the_page(page: Page) -> None:
    begun(page)
    press(page, "j j Shift+C")
    page.keyboard.type("Half a thou")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("Half a thou")
    expect(page.locator("[data-about]")).to_have_text("step 2")
    expect(page.get_by_label("Ask the lead")).to_be_checked()
    assert not Comment.objects.exists()


def test_what_two_tabs_left_unsent_is_both_there_later(page: Page, context: BrowserContext, queue: Queue) -> None:
    address = reverse("session_page", args=[queue.project.slug, AgentSession.objects.get(external_id="s1").pk])
    one, other = context.new_page(), context.new_page()
    for tab in (one, other):
        tab.goto(address)
        begun(tab)
    for tab, text in ((one, "First."), (other, "Sent.")):
        tab.bring_to_front()
        press(tab, "c")
        tab.keyboard.type(text)
    press(other, "Control+Enter")
    expect(other.locator(LIST)).to_contain_text("Sent.")
    other.keyboard.type("Second.")
    one.close()
    other.close()

    later = context.new_page()
    later.goto(address)
    expect(later.locator(FIELD)).to_have_value("First.\n\nSecond.")
    press(later, "c Control+Enter")
    expect(later.locator(LIST)).to_contain_text("Second.")
    later.reload()
    begun(later)
    expect(later.locator(FIELD)).to_have_value("")


def test_comment_made_without_a_network_is_sent_once_there_is_one(page: Page, context: BrowserContext) -> None:
    begun(page)
    context.set_offline(True)
    press(page, "c")
    page.keyboard.type("Nobody hears me")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outbox")).to_contain_text("1 comment waits on this computer")
    expect(page.locator(FIELD)).to_have_value("")
    context.set_offline(False)
    expect(page.locator(LIST)).to_contain_text("Nobody hears me")
    expect(page.locator("#outbox")).not_to_contain_text("waits")
    assert Comment.objects.count() == 1


def test_comments_that_cannot_come_say_so_and_come_with_the_network(page: Page, context: BrowserContext) -> None:
    begun(page)
    context.set_offline(True)
    press(page, "1 Enter")
    expect(page.locator("#why")).to_contain_text("reason of s2")
    expect(page.locator("#comments")).to_contain_text("Comments come when the connection is back.")
    expect(page.locator(FIELD)).to_have_count(0)
    context.set_offline(False)
    begun(page)
    expect(page.locator("#comments")).not_to_contain_text("connection")


def test_refused_comment_comes_back_into_its_field(page: Page, queue: Queue) -> None:
    begun(page)
    press(page, "j j c")
    page.keyboard.type("Look")
    AgentSession.objects.get(external_id="s1").steps.filter(key="k2").delete()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".comment-form [role='alert']")).to_contain_text("That step is not in this session")
    expect(page.locator(FIELD)).to_have_value("Look")
    assert not Comment.objects.exists()


def test_session_page_has_the_same(page: Page, queue: Queue) -> None:
    session = AgentSession.objects.get(external_id="s2")
    page.goto(reverse("session_page", args=[queue.project.slug, session.pk]) + "#step-2")
    begun(page)
    page.locator("[data-step='k2'] [data-tool='comment']").click()
    page.keyboard.type("From here")
    look(page, "session")
    page.keyboard.press("Control+Enter")
    expect(page.locator(LIST)).to_contain_text("From here")
    assert Comment.objects.get().step == "k2"


def test_next_session_has_its_own_comments(page: Page) -> None:
    begun(page)
    press(page, "c")
    page.keyboard.type("Of the first")
    press(page, "Escape 1 Enter")
    expect_session(page, 2)
    begun(page)
    expect(page.locator(FIELD)).to_have_value("")
    press(page, "j j c")
    expect(page.locator("[data-about]")).to_have_text("step 2")
    expect(page.locator(".step.current [data-tool='comment']")).to_have_count(1)
    page.keyboard.type("Of the second")
    page.keyboard.press("Control+Enter")
    expect(page.locator(LIST)).to_contain_text("Of the second")
    assert Comment.objects.get().session.external_id == "s2"


def say(queue: Queue, author: User, text: str, step: str) -> Comment:
    session = AgentSession.objects.get(external_id="s1")
    return add_comment(session=session, author=author, client_id=uuid4(), text=text, step=step)


def test_step_shows_how_many_comments_it_has_and_leads_to_them(page: Page, queue: Queue, bob: User) -> None:
    begun(page)
    expect(page.locator(MARK)).to_have_count(0)
    first = say(queue, bob, "Odd.", "k2")
    press(page, "j j c")
    page.keyboard.type("Very odd.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(MARK)).to_have_text("2 comments")
    expect(page.locator(".outline [data-for='k2'] .talked")).to_have_text("2 comments")
    look(page, "marked")
    page.locator(MARK).click()
    expect(page.locator(f"#comment-{first.pk}")).to_be_in_viewport()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(MARK)).to_have_text("1 comment")


def test_marks_are_those_of_the_session_at_hand(page: Page, queue: Queue, bob: User) -> None:
    say(queue, bob, "Odd.", "k2")
    page.reload()
    expect(page.locator(MARK)).to_have_text("1 comment")
    press(page, "1 Enter")
    expect_session(page, 2)
    begun(page)
    expect(page.locator(MARK)).to_have_count(0)
    session = AgentSession.objects.get(external_id="s1")
    page.goto(reverse("session_page", args=[queue.project.slug, session.pk]))
    expect(page.locator(MARK)).to_have_text("1 comment")


def test_marks_count_nothing_that_is_withheld(page: Page, queue: Queue, bob: User) -> None:
    Queue.objects.update(is_blind=True)
    say(queue, bob, "It is a failure.", "k2")
    page.reload()
    begun(page)
    expect(page.locator(".comments")).to_contain_text("You see only your own comments")
    expect(page.locator(MARK)).to_have_count(0)
