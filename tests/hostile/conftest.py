"""Windows of people who look at a project in which all words are hostile: the `tenant` of each module."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from accounts.models import Role
from tests.accessibility import WIDE
from tests.accounts.tenants import Tenant
from tests.browsing import log_in
from tests.hostile.watching import Watched

LOOKERS = (Role.ADMIN, Role.LEAD, Role.REVIEWER)


@pytest.fixture
def windows(chromium: Browser, live_server: Any, tenant: Tenant) -> Iterator[dict[Role, Watched]]:
    opened: dict[Role, Watched] = {}
    for role in LOOKERS:
        context = chromium.new_context(base_url=live_server.url, viewport=WIDE)
        log_in(context, tenant.people[role], live_server.url)
        opened[role] = Watched(context.new_page(), live_server.url)
    yield opened
    # What a page still asks or sends would reach the server while the database is being emptied.
    for window in opened.values():
        window.page.evaluate("navigator.sendBeacon = () => true")
        window.page.goto("about:blank")
        window.page.context.close()
