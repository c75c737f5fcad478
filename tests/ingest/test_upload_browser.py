"""The upload page in a real Chromium, by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright._impl._api_structures import FilePayload
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts.models import Project, Role
from ingest.models import Upload
from ingest.uploading import import_waiting
from tests.browsing import browsing
from tests.builders import make_member
from traces.models import AgentSession

HOSTILE = "<img src=x onerror=window.ran=1>.jsonl"
LINES = (
    b'{"session": {"id": "a"}, "messages": [{"role": "user", "content": "Hi"}]}\n'
    b'{"steps": [{"kind": "<script>window.ran=1</script>"}]}\n'
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: Any, project: Project) -> Iterator[Page]:
    with browsing(chromium, live_server.url, make_member(project, Role.LEAD)) as context:
        page = context.new_page()
        page.goto(f"/p/{project.slug}/upload/")
        yield page
        assert page.evaluate("window.ran") is None


def choose(page: Page, name: str, content: bytes) -> None:
    """Chooses a file in the browser's own field, which the Tab key reaches."""
    field = page.get_by_label("Choose files")
    page.locator(".crumbs a").focus()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    field.set_input_files([FilePayload(name=name, mimeType="application/json", buffer=content)])


def test_a_file_is_sent_imported_and_its_refusals_are_told(page: Page, project: Project) -> None:
    choose(page, HOSTILE, LINES)
    card = page.locator(".uploads > li")
    expect(card.get_by_role("heading")).to_have_text(HOSTILE)
    expect(card).to_contain_text("Waits for a worker")
    assert Upload.objects.get().size == len(LINES)

    assert import_waiting()
    expect(card).to_contain_text("1 session added, 0 changed, 0 unchanged")
    expect(page.locator("#said")).to_have_text(f"{HOSTILE}: done")
    card.get_by_text("1 refused").focus()
    page.keyboard.press("Enter")
    expect(card.locator("ol")).to_contain_text("line 2: steps.0.kind: must be one of")
    card.get_by_role("link", name="See the sessions").click()
    expect(page).to_have_url(re.compile("/sessions/$"))
    assert AgentSession.objects.get(project=project).external_id == "a"


def test_a_file_that_cannot_be_taken_is_refused_before_it_is_sent(page: Page, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    page.reload()
    choose(page, "empty.json", b"")
    choose(page, "large.json", b" " * (1024 * 1024 + 1))
    expect(page.locator("#sending")).to_contain_text("The file is empty.")
    expect(page.locator("#sending")).to_contain_text("The file is larger than 1 MiB")
    expect(page.locator("#said")).to_contain_text("large.json: The file is larger than 1 MiB")
    page.get_by_role("button", name="Dismiss empty.json").press("Enter")
    page.get_by_role("button", name="Dismiss large.json").press("Enter")
    expect(page.locator("#sending > li")).to_have_count(0)
    assert not Upload.objects.exists()


def test_a_file_can_be_dropped_on_the_page(page: Page) -> None:
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.jsonl"));
            document.querySelector(".drop").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }""",
        LINES.decode(),
    )
    expect(page.locator(".uploads > li")).to_contain_text("dropped.jsonl")


def test_a_failed_file_tells_why_and_can_be_tried_again(page: Page, project: Project) -> None:
    choose(page, "broken.json", b"no json at all")
    card = page.locator(".uploads > li")
    expect(card).to_contain_text("Waits for a worker")
    assert import_waiting()
    expect(card).to_contain_text("The file is neither JSON nor CSV.")
    card.get_by_role("button", name="Try again").press("Enter")
    expect(card).to_contain_text("Waits for a worker")
    card.get_by_role("button", name="Stop and remove").press("Enter")
    expect(page.locator("#uploads")).to_contain_text("Nothing has been uploaded yet")
    assert not Upload.objects.filter(project=project).exists()
