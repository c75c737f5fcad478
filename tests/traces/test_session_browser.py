"""The session page in a real Chromium, by keyboard only, with content that would like to run."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Role
from tests.browsing import browsing
from tests.builders import make_member, make_project, make_session, make_steps
from traces.models import Signal, StepKind

HOSTILE = "\"><img src='/x.png' onerror='window.ran=1'><script>window.ran=1</script>[x](javascript:window.ran=1)"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A session of a question, a hidden model call, a failed call with a signal, and a long answer."""
    project = make_project()
    session = make_session(project, title=HOSTILE)
    make_steps(
        session,
        (StepKind.USER, {"text": HOSTILE}),
        (StepKind.LLM, {"name": "gpt", "text": HOSTILE}),
        (StepKind.TOOL, {"name": HOSTILE, "arguments": HOSTILE, "result": HOSTILE, "is_error": True}),
        (StepKind.AGENT, {"text": f"{HOSTILE}\n\n" + "A long answer. " * 300}),
    )
    Signal.objects.create(session=session, kind="tool_error", step_key="k3", strength=1, sentence=HOSTILE)
    with browsing(chromium, live_server.url, make_member(project, Role.VIEWER)) as context:
        page = context.new_page()
        page.goto(f"/p/{project.slug}/sessions/{session.pk}/")
        yield page
        assert page.evaluate("window.ran") is None


def test_session_page_goes_from_step_to_step_and_past_hidden_ones(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator("#step-1")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#step-3")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#step-1")).to_be_focused()
    expect(page.locator("#step-2")).to_be_hidden()
    page.keyboard.press("b")
    page.keyboard.press("j")
    expect(page.locator("#step-2")).to_be_focused()


def test_session_page_goes_to_the_next_signal_and_opens_its_call(page: Page) -> None:
    answer = page.locator("#step-3 dl")
    expect(answer).to_be_hidden()
    page.keyboard.press("n")
    expect(page.locator("#step-3")).to_be_focused()
    page.keyboard.press("o")
    expect(answer).to_be_visible()
    page.keyboard.press("o")
    expect(answer).to_be_hidden()


def test_session_page_unfolds_long_texts(page: Page) -> None:
    words = page.locator("#step-4 .words")
    folded = words.evaluate("node => node.clientHeight")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("#step-4 .more .opened")).to_be_visible()
    assert words.evaluate("node => node.clientHeight") > folded


def test_session_page_follows_a_signals_link_and_opens_what_it_points_at(page: Page) -> None:
    page.get_by_role("link", name="step 3").click()
    expect(page.locator("#step-3 dl")).to_be_visible()
    expect(page.locator("#step-3")).to_be_focused()


def test_session_page_shows_its_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_session_page_marks_the_steps_that_people_named(page: Page) -> None:
    told = "".join(
        f'<p data-root-step="{root}" data-surfaced-step="{surfaced}">He said.</p>'
        for root, surfaced in (("k2", "k4"), ("k4", ""), ("gone", ""))
    )
    page.route("**/judgements/", lambda route: route.fulfill(body=told, content_type="text/html"))
    page.reload()

    expect(page.locator("#step-2 .said")).to_have_text("first went wrong here")
    expect(page.locator("#step-2")).to_be_visible()
    expect(page.locator("#step-4 .said span")).to_have_text(["first went wrong here", "showed here"])
    expect(page.locator(".said")).to_have_count(2)
