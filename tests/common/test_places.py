"""The places of a project in the bar at the top: all of them are seen, however narrow the window."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.models import Role
from tests.browsing import browsing
from tests.builders import make_member, make_project

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PLACES = ["Overview", "Review", "Issues", "Proposals", "Sessions", "Connect", "Health"]
# Whether a link is cut: by the window, or by a bar that would have to be swept sideways.
CUT = """
links => links.filter((link) => {
  const {left, right} = link.getBoundingClientRect();
  const bar = link.closest("nav").getBoundingClientRect();
  const isOutside = left < Math.max(0, bar.left) - 1 || right > Math.min(innerWidth, bar.right) + 1;
  return isOutside || link.scrollWidth > link.clientWidth;
}).map((link) => link.textContent)
"""


@pytest.mark.parametrize("width", [320, 390, 500, 700, 1000, 1440])
def test_every_place_is_seen_at_once(chromium: Browser, live_server: Any, width: int) -> None:
    project = make_project()
    admin = make_member(project, Role.ADMIN)
    with browsing(chromium, live_server.url, admin, viewport={"width": width, "height": 844}) as context:
        page = context.new_page()
        page.goto(reverse("ingest_health", args=[project.slug]))
        links = page.get_by_role("navigation", name="Project").get_by_role("link")
        assert [name.strip() for name in links.all_inner_texts()] == PLACES
        assert links.evaluate_all(CUT) == []
        expect(links.last).to_have_attribute("aria-current", "page")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
