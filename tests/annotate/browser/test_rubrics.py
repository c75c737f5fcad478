"""Making and editing a rubric in a real Chromium, by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Role
from annotate.models import Queue, Rubric
from tests.annotate.browser.screen import SCREEN
from tests.annotate.views.pages import url
from tests.browsing import browsing, complaints_of
from tests.builders import make_member

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: Any, queue: Queue) -> Iterator[Page]:
    """A lead's page. Fails at the end if the console complained."""
    with browsing(chromium, live_server.url, make_member(queue.project, Role.LEAD), viewport=SCREEN) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        yield page
        page.wait_for_load_state("networkidle")
    assert [text for text in complaints if "422" not in text] == []


def add(page: Page, text: str, kind: str) -> None:
    page.get_by_role("button", name="Add a question").press("Enter")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.type(kind)
    page.keyboard.press("Tab")


def test_a_rubric_is_made_and_changed_by_keyboard(page: Page, queue: Queue) -> None:
    page.goto(url("rubric_new", queue.project))
    page.get_by_label("Name").fill("Tone")
    add(page, "Was it kind?", "One of several")
    page.keyboard.type("Kind\nRude")
    add(page, "How useful?", "A scale")
    add(page, "Gone?", "Words")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Gone?")
    page.get_by_role("button", name="Remove").last.press("Enter")
    page.get_by_role("button", name="Move this question up").nth(1).press("Enter")
    expect(preview).not_to_contain_text("Gone?")
    assert [each.strip() for each in preview.locator("legend").all_inner_texts()] == [
        "Did the user get what they came for?",
        "How useful?",
        "Was it kind?",
    ]
    page.get_by_role("button", name="Make the rubric").press("Enter")
    expect(page.get_by_role("heading", name="Tone version 1")).to_be_visible()
    made = Rubric.objects.get(name="Tone")
    assert [(one.key, one.kind) for one in made.questions.all()] == [("how-useful", "scale"), ("was-it-kind", "choice")]

    page.get_by_role("link", name="Edit: make version 2").press("Enter")
    meaning = page.get_by_label("What your change alters")
    expect(meaning.first).to_be_hidden()
    page.get_by_label("Question", exact=True).first.fill("How useful was it?")
    expect(meaning.first).to_be_visible()
    expect(meaning.last).to_be_hidden()
    page.get_by_label("What is new in this version").fill("Clearer.")
    page.get_by_role("button", name="Make version 2").press("Enter")
    expect(page.get_by_text("You changed this. Say whether")).to_be_visible()
    meaning.first.select_option("wording")
    page.get_by_role("button", name="Make version 2").press("Enter")
    expect(page.get_by_role("heading", name="Tone version 2")).to_be_visible()
    assert [one.since for one in Rubric.objects.get(version=2).questions.all()] == [1, 1]
