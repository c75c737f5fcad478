"""A browser on the page of a session, and what its pages may not do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import Project, Role
from tests.browsing import browsing, complaints_of
from tests.builders import make_member, make_project
from traces.models import AgentSession

SCREEN = {"width": 1280, "height": 800}
Opener = Callable[[AgentSession, str], Page]


@pytest.fixture
def project(db: None) -> Project:
    return make_project()


@pytest.fixture
def context(chromium: Browser, live_server: Any, project: Project) -> Iterator[BrowserContext]:
    reader = make_member(project, Role.VIEWER)
    with browsing(chromium, live_server.url, reader, viewport=SCREEN) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context


@pytest.fixture
def open_page(context: BrowserContext, project: Project) -> Iterator[Opener]:
    """Opens a session's page, at `#…` where that is given. Fails at the end if the console complained."""
    page = context.new_page()
    complaints = complaints_of(page)

    def opened(session: AgentSession, anchor: str = "") -> Page:
        page.goto(f"/p/{project.slug}/sessions/{session.pk}/{anchor}")
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    page.wait_for_load_state("networkidle")
    assert complaints == []
