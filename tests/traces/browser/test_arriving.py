"""A long session can be read while the rest of its page is still on its way."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Project, Role
from tests.browsing import browsing
from tests.builders import make_member, make_queue, make_session, make_slot, make_steps
from tests.traces.browser.conftest import SCREEN
from traces.models import AgentSession, StepKind
from traces.reading import Conversation

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

STEPS = 200
SIZE = 500_000
MOST_SECONDS = 30.0  # that the rest is held back, should the test end in between
PAINTED = """Promise.race([
  new Promise((tell) => new PerformanceObserver((seen) => {
    if (seen.getEntriesByName("first-contentful-paint").length) tell("painted");
  }).observe({ type: "paint", buffered: true })),
  new Promise((tell) => setTimeout(tell, 10_000, "not painted")),
])"""


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project)
    words = "What was said goes on. " * (SIZE // STEPS // 20)
    kinds = [StepKind.USER, StepKind.TOOL, StepKind.TOOL, StepKind.AGENT] * (STEPS // 4)
    make_steps(session, *[(kind, {"result" if kind == StepKind.TOOL else "text": words}) for kind in kinds])
    return session


@pytest.fixture
def paths(project: Project, session: AgentSession) -> dict[str, str]:
    slot = make_slot(make_queue(project), session)
    return {"session": f"/p/acme/sessions/{session.pk}/", "review": f"/p/acme/review/slots/{slot.pk}/"}


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Until it is set, no page of a session gets further than its first steps."""
    event, stretches = Event(), Conversation.stretches

    def held(talk: Conversation) -> Iterator[Any]:
        for place, stretch in enumerate(stretches(talk)):
            if place > 1:
                event.wait(MOST_SECONDS)
            yield stretch

    monkeypatch.setattr(Conversation, "stretches", held)
    yield event
    event.set()


@pytest.fixture
def page(chromium: Browser, live_server: Any, project: Project, rest: Event) -> Iterator[Page]:
    with browsing(chromium, live_server.url, make_member(project, Role.REVIEWER), viewport=SCREEN) as context:
        page = context.new_page()
        yield page
        rest.set()
        page.wait_for_load_state("networkidle")
        page.evaluate("navigator.sendBeacon = () => true")


@pytest.mark.parametrize("which", ["session", "review"])
def test_the_first_steps_are_shown_before_the_last_ones_have_come(
    page: Page, paths: dict[str, str], rest: Event, which: str
) -> None:
    page.goto(paths[which], wait_until="commit")
    expect(page.locator("#step-1 .words")).to_be_in_viewport()
    assert page.evaluate(PAINTED) == "painted"
    expect(page.locator(f"#step-{STEPS}")).to_have_count(0)
    assert page.evaluate("document.readyState") == "loading"
    rest.set()
    page.wait_for_load_state("networkidle")
    assert len(page.content()) > SIZE
    page.keyboard.press("G")
    expect(page.locator(f"#step-{STEPS}")).to_be_focused()
