"""axe-core reads every page of the site map in a real Chromium. A new page is among them as soon as it has a URL."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import Role
from annotate.claims import take_next
from annotate.models import Queue
from issues.models import Issue
from tests.accessibility import WIDE, violations, violations_in_every_look
from tests.accounts.tenants import Tenant, make_tenant
from tests.accounts.test_every_url import PLAIN_NAMES, SITE_MAP, Answer, Entry, ask, client_of
from tests.browsing import log_in
from tests.builders import make_member, make_project, make_user
from tests.demo.playing import play_demo
from traces.models import AgentSession

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Who looks: the lead, and where leads may not or have nothing to see, the next of these.
LOOKERS = (Role.LEAD, Role.ADMIN, Role.REVIEWER)
# Pages that say something only when they are asked for it.
ASKED = {
    "overview_workflow": "?workflow=billing-agent",
    "overview_compare": "?by=release",
}
# Forms that refuse what is in them: the button that sends them, and what is written into each field of words.
REFUSED = {
    "login": ("Log in", "nobody@example.com"),
    "project_settings": ("Save", "käse!"),
    "members": ("Invite", "nobody"),
    "queue_new": ("Make the queue", ""),
    "rubric_new": ("Make the rubric", ""),
}
EMPTY_AND_SENT = """
([button, words]) => {
  const sender = [...document.querySelectorAll("main form :is([type='submit'], button:not([type]))")]
    .find((each) => each.textContent.trim().startsWith(button));
  const fields = "input:is([type='text'], [type='email'], [type='password']), textarea";
  for (const input of sender.form.querySelectorAll(fields)) {
    input.value = words;
  }
  sender.form.noValidate = true;
  sender.form.requestSubmit(sender);
}
"""


@dataclass
class Visitors:
    """One window for each role, in the same browser."""

    chromium: Browser
    url: str
    tenant: Tenant
    windows: dict[Role | None, Page] = field(default_factory=dict)

    def __getitem__(self, role: Role | None) -> Page:
        if role not in self.windows:
            self.windows[role] = self._context(role).new_page()
        return self.windows[role]

    def _context(self, role: Role | None) -> BrowserContext:
        context = self.chromium.new_context(base_url=self.url, viewport=WIDE, reduced_motion="reduce")
        if role is not None:
            log_in(context, self.tenant.people[role], self.url)
        return context

    def close(self) -> None:
        for page in self.windows.values():
            page.goto("about:blank")
            page.context.close()


@pytest.fixture
def tenant() -> Tenant:
    """The demo, with one row more of each kind that a URL may name; names lead to the demo's own where it has some."""
    project = play_demo(make_user("owner@example.com", is_superuser=True))
    tenant = make_tenant("demo", issue_number=99, project=project)
    queue = Queue.objects.filter(project=project).earliest("pk")
    slot = take_next(queue=queue, user=tenant.people[Role.REVIEWER])
    assert slot is not None
    session = AgentSession.objects.filter(project=project, signals__kind="hidden_tool_error").earliest("pk")
    number = Issue.objects.filter(project=project).earliest("pk").number
    tenant.names |= {"queue_id": queue.pk, "slot_id": slot.pk, "session_id": session.pk, "number": number}
    return tenant


def pages(tenant: Tenant, entries: Iterable[Entry] = SITE_MAP) -> Iterator[tuple[str, str, Role | None]]:
    """What is a whole page, and somebody who is given it: no redirect, no part, no file, nothing of the API."""
    clients: dict[Role | None, Client] = {None: Client(), **{role: client_of(tenant, role) for role in LOOKERS}}
    for client in clients.values():
        client.raise_request_exception = False  # what breaks is told by the sweep of every URL
    for entry in [each for each in entries if set(each.kwargs) <= {*tenant.names, *PLAIN_NAMES}]:
        url = entry.url(tenant) + ASKED.get(entry.name, "").format(**tenant.names)
        may = () if entry.permission.scopes else clients if entry.permission.public else LOOKERS
        for role in may:
            answer = ask(clients[role], "get", url)
            if is_page(answer):
                yield entry.name, url, role
            if is_page(answer) or answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                break


def is_page(answer: Answer) -> bool:
    return answer.status_code == HTTPStatus.OK and "<html" in answer.body


def test_every_page_can_be_used_by_everybody(chromium: Browser, live_server: Any, tenant: Tenant) -> None:
    wrong: dict[str, list[str]] = {}
    seen = list(pages(tenant))
    with closing(Visitors(chromium, live_server.url, tenant)) as visitors:
        for name, url, role in seen:
            page = visitors[role]
            page.set_viewport_size(WIDE)
            page.goto(url)
            wrong[name] = violations_in_every_look(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert set(ASKED) | {"review_page", "issue_page", "session_page", "overview"} <= set(wrong)


def test_refusals_of_forms_can_be_used_by_everybody(chromium: Browser, live_server: Any) -> None:
    wrong: dict[str, list[str]] = {}
    tenant = make_tenant("small", issue_number=7)
    seen = list(pages(tenant, [entry for entry in SITE_MAP if entry.name in REFUSED]))
    with closing(Visitors(chromium, live_server.url, tenant)) as visitors:
        for name, url, role in seen:
            page = visitors[role]
            page.goto(url)
            with page.expect_navigation():
                page.evaluate(EMPTY_AND_SENT, REFUSED[name])
            assert page.locator("[aria-invalid='true'], .errorlist, [role='alert'], .notice").count(), name
            wrong[name] = violations(page)
    assert wrong == {name: [] for name in REFUSED}


@pytest.fixture
def newcomer(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """The lead of a project in which there is nothing yet."""
    context = chromium.new_context(base_url=live_server.url, viewport=WIDE, reduced_motion="reduce")
    log_in(context, make_member(make_project("empty"), Role.LEAD), live_server.url)
    page = context.new_page()
    yield page
    page.goto("about:blank")
    context.close()


def test_pages_of_an_empty_project_can_be_used_by_everybody(newcomer: Page) -> None:
    wrong: dict[str, list[str]] = {}
    for entry in SITE_MAP:
        role = entry.permission.role
        if entry.kwargs != ("slug",) or role is None or not Role.LEAD.at_least(role):
            continue
        answer = newcomer.request.get(reverse(entry.name, args=["empty"]))
        if answer.ok and "<html" in answer.text():
            newcomer.goto(answer.url)
            wrong[entry.name] = violations(newcomer)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(wrong) > 10
