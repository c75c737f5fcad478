"""Reviewing while the server is killed: what was decided arrives once and in order, and the pages say what waits."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.e2e.running import Running

EMAIL, PASSWORD = "ada@example.com", "a long enough phrase"
SETUP = f"""
from accounts.models import *
from annotate.models import QueueItem
from tests.builders import *
user = User.objects.create_user({EMAIL!r}, {PASSWORD!r}, name="Ada")
project = make_project("airline")
Membership.objects.create(user=user, project=project, role=Role.REVIEWER)
queue = make_queue(project)
for number in range(1, 5):
    session = make_session(project, f"s{{number}}")
    make_talk(session)
    slot = make_slot(queue, session, priority=1 - number / 10)
    QueueItem.objects.filter(pk=slot.item_id).update(reasons=[f"reason of s{{number}}"])
"""
REPORT = """
import json
from annotate.models import *
decided = [(r.submitted_at, f"{r.outcome} {r.session.external_id}") for r in Review.objects.all()]
skipped = Slot.objects.filter(state="skipped")
decided += [(s.ended_at, f"{s.skip_reason} {s.item.session.external_id}") for s in skipped]
drafts = {d.item.session.external_id: d.content["failures"][0].get("note") for d in Draft.objects.all()}
decided = [what for _, what in sorted(decided)]
print("REPORT", json.dumps({"decided": decided, "drafts": drafts, "slots": Slot.objects.count()}))
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    """A fresh installation with four sessions to review, in a known order. Nothing runs beside its server."""
    house = Running(tmp_path / "var")
    house.install()
    house.manage("shell", "-v", "0", "-c", SETUP)
    try:
        house.start_web()
        yield house
    finally:
        house.stop()


def kill_web(house: Running) -> None:
    """kill -9 for the server and its workers at once."""
    assert house.web is not None
    os.killpg(house.web.pid, signal.SIGKILL)
    house.web.wait()


def report(house: Running) -> Any:
    return json.loads(house.manage("shell", "-v", "0", "-c", REPORT).split("REPORT ")[1])


def log_in(page: Page, house: Running) -> None:
    """Logs in anew, which leads to the list of queues."""
    page.context.clear_cookies()
    page.goto(f"{house.url}/login/?next=/p/airline/review/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.url}/p/airline/review/")


def open_session(context: BrowserContext, house: Running, number: int) -> Page:
    """A tab of its own with the session of this number."""
    page = context.new_page()
    # No session is kept ready: each of these tabs stays with its own.
    page.route("**/following/", lambda route: route.fulfill(status=204))
    page.goto(f"{house.url}/p/airline/review/slots/{number}/")
    expect(page.locator("#why")).to_contain_text(f"reason of s{number}")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    return page


def press(page: Page, keys: str) -> None:
    page.bring_to_front()
    for key in keys.split():
        page.keyboard.press(key)


def test_what_is_decided_while_the_server_is_dead_arrives_once_and_in_order(
    house: Running, context: BrowserContext, page: Page
) -> None:
    log_in(page, house)
    first, second, third = (open_session(context, house, number) for number in (1, 2, 3))
    page.goto("about:blank")
    kill_web(house)

    press(first, "1 Enter")
    expect(first.locator("#status")).to_contain_text("Your review is kept on this computer and will be sent.")
    press(second, "z")
    second.get_by_role("button", name="Unreadable").click()
    expect(second.locator("#status")).to_contain_text("Your skip is kept on this computer and will be sent.")
    press(third, "2 w")
    third.keyboard.type("half a thought")
    expect(third.locator("#status")).to_contain_text("Kept on this computer")
    # Every tab says what waits, in words and count.
    for tab in (first, second, third):
        expect(tab.locator("#outbox")).to_contain_text(
            "1 review and 1 skip wait on this computer until the server answers."
        )
    first.locator(".outbox summary").click()
    expect(first.locator(".outbox .kept strong")).to_have_text(["Review: Success", "Skip: Unreadable"])
    press(third, "Escape u")
    expect(third.locator("#status")).to_contain_text(
        "Nothing was undone: 1 review and 1 skip must reach the server first."
    )
    # Closing and reloading forgets nothing.
    for tab in (first, second):
        tab.close()
    with pytest.raises(Error):
        third.reload()
    third.close()

    assert report(house) == {"decided": [], "drafts": {}, "slots": 4}
    house.start_web()
    log_in(page, house)
    expect(page.locator("#outbox")).to_have_text("1 kept review and 1 skip were sent.")
    page.reload()
    expect(page.locator("#outbox")).to_have_text("")
    again = open_session(context, house, 3)
    expect(again.locator("#id_failures-0-note")).to_have_value("half a thought")
    expect(again.locator("#status")).to_have_text("Saved")

    # A skip makes a place for somebody else: five, not six.
    assert report(house) == {
        "decided": ["success s1", "unreadable s2"],
        "drafts": {"s3": "half a thought"},
        "slots": 5,
    }


def test_tabs_that_stay_open_send_by_themselves_once_the_server_is_back(
    house: Running, context: BrowserContext, page: Page
) -> None:
    log_in(page, house)
    first, second = (open_session(context, house, number) for number in (1, 2))
    kill_web(house)
    press(first, "1 Enter")
    expect(first.locator("#status")).to_contain_text("is kept on this computer")
    press(second, "z")
    second.get_by_role("button", name="Other").click()
    expect(second.locator("#status")).to_contain_text("is kept on this computer")
    house.start_web()

    # Both tabs go on by themselves, to what is next for this person.
    for tab in (first, second):
        tab.bring_to_front()
        expect(tab.locator("#why")).to_contain_text("reason of s3", timeout=30_000)
    assert report(house) == {"decided": ["success s1", "other s2"], "drafts": {}, "slots": 5}
