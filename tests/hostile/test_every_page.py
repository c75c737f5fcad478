"""Every page of the site map, full of words that would like to run, in a real Chromium."""

from collections import Counter
from http import HTTPStatus
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from playwright.sync_api import Error, expect

from accounts.models import Role
from annotate.models import Draft, QueueItem
from annotate.told import MOST_FAILURES
from tests.accessibility import NARROW, WIDE
from tests.accounts.tenants import Tenant, leased_by, make_tenant
from tests.accounts.test_every_url import SITE_MAP
from tests.builders import make_queue, make_slot
from tests.hostile.conftest import LOOKERS
from tests.hostile.corpus import CORPUS, storable
from tests.hostile.filling import fill_everything, told
from tests.hostile.sending import LARGE, TALK, send_everything, session_called
from tests.hostile.watching import Watched

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tenant() -> Tenant:
    """A project in which all words are hostile; its names lead to the session that holds all strings."""
    tenant = make_tenant("acme", issue_number=7)
    send_everything(tenant.project)
    queue = make_queue(tenant.project, "Hostile")
    session = session_called(tenant.project, TALK)
    slot = make_slot(queue, session, **leased_by(tenant.people[Role.REVIEWER]))
    QueueItem.objects.filter(pk=slot.item_id).update(reasons=[storable(string) for string in CORPUS])
    large = make_slot(queue, session_called(tenant.project, LARGE), **leased_by(tenant.people[Role.REVIEWER]))
    fill_everything()
    words = [told(storable(string)) for string in CORPUS[:MOST_FAILURES]]
    content = {"outcome": "failure", "failures": words}
    Draft.objects.update_or_create(item=slot.item, reviewer=slot.reviewer, defaults={"content": content})
    tenant.names |= {
        "slot_id": slot.pk,
        "item_id": slot.item_id,
        "queue_id": queue.pk,
        "session_id": session.pk,
        "large_slot": large.pk,
    }
    return tenant


def look_at(window: Watched, url: str) -> tuple[int, list[str]]:
    """The status of the answer and what was wrong with the page; nothing of what is a file or a part of a page."""
    page = window.page
    page.set_viewport_size(WIDE)
    try:
        answer = page.goto(url)
    except Error:  # a file to keep, or an answer without a word
        window.forget()
        return page.request.get(url, max_redirects=0).status, []
    status = answer.status if answer else 0
    if status >= HTTPStatus.BAD_REQUEST or "html" not in (answer.headers.get("content-type", "") if answer else ""):
        window.forget()
        return status, []
    window.settle()
    return status, window.ran() + _looks(window)


def _looks(window: Watched) -> list[str]:
    page = window.page
    if not page.locator("link[rel=stylesheet]").count():
        return []
    found = [f"{line} (wide)" for line in window.looks()]
    page.set_viewport_size(NARROW)
    return found + [f"{line} (narrow)" for line in window.looks()]


def _next_of_list(window: Watched) -> str | None:
    """The second page of a list that goes on."""
    link = window.page.locator("a[rel='next']")
    return urljoin(window.page.url, str(link.first.get_attribute("href"))) if link.count() else None


def test_no_page_does_what_its_words_ask_for(windows: dict[Role, Watched], tenant: Tenant) -> None:
    wrong: dict[str, list[str]] = {}
    seen: Counter[int | str] = Counter()
    for entry in SITE_MAP:
        if entry.permission.scopes:
            continue
        # A slot belongs to the reviewer.
        for role in LOOKERS[::-1] if "slot_id" in entry.kwargs else LOOKERS:
            status, found = look_at(windows[role], entry.url(tenant))
            if status not in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
                break
        seen[status] += 1
        if further := _next_of_list(windows[role]):
            seen["further"] += 1
            found += look_at(windows[role], further)[1]
        if found or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wrong[f"{entry.name} {status}"] = found
    assert wrong == {}
    assert seen[HTTPStatus.OK] > 60, seen
    assert seen["further"] > 5, seen
    keep_the_judgement_in_reach(windows[Role.REVIEWER], tenant)


def keep_the_judgement_in_reach(window: Watched, tenant: Tenant) -> None:
    """Also beside a million letters in one line. No test of its own: to fill the project takes longer than to look."""
    large = reverse("review_page", args=[tenant.project.slug, tenant.names["large_slot"]])
    assert look_at(window, large) == (HTTPStatus.OK, [])
    window.page.set_viewport_size(WIDE)
    expect(window.page.get_by_role("button", name="Submit and next")).to_be_in_viewport()
