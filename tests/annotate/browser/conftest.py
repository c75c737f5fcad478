"""A browser, a reviewer and a queue of four sessions, the first of them open."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import Role, User
from annotate.models import Queue, QueueItem
from tests.annotate.browser.screen import (
    SCREEN,
    SESSIONS,
    expect_quiet,
    expect_session,
    watch_requests,
)
from tests.browsing import browsing, complaints_of
from tests.builders import (
    make_member,
    make_project,
    make_queue,
    make_session,
    make_slot,
    make_talk,
)
from traces.models import Signal

# What the console says when a test cuts the line, or sends what is incomplete or somebody else's, on purpose.
EXPECTED = (
    *("ERR_INTERNET_DISCONNECTED", "422 (Unprocessable Entity)", "409 (Conflict)", "403 (Forbidden)"),
    *("htmx:sendError", "htmx:afterRequest", "Response Status Error Code 422"),
)


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
    with browsing(chromium, live_server.url, ada, viewport=SCREEN) as context:
        yield context


@pytest.fixture
def nothing_ready(context: BrowserContext) -> None:
    """No session is kept ready: each comes with a page of its own, as in a browser that is slow."""
    context.route("**/following/", lambda route: route.fulfill(status=204))


@pytest.fixture
def page(context: BrowserContext, queue: Queue) -> Iterator[Page]:
    """The first session's page. Fails at the end if the console complained, of the content policy or anything else."""
    page = context.new_page()
    watch_requests(page)
    complaints = complaints_of(page)
    page.goto(reverse("queue_list", args=[queue.project.slug]))
    page.keyboard.press("Enter")
    expect_session(page, 1)
    yield page
    # What the last page still sends would reach the server while the database is being emptied.
    context.route("**/draft/", lambda route: route.abort("internetdisconnected"))
    for each in context.pages:
        each.evaluate("navigator.sendBeacon = () => true")
    if not page.is_closed():
        expect_quiet(page)
    assert [text for text in complaints if not any(words in text for words in EXPECTED)] == []
