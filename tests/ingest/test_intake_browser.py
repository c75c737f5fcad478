"""Connect and Ingest health in a real Chromium, by keyboard, while things arrive."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import ApiKey, Project, Role
from common.compression import compress
from ingest.digest import digest_waiting
from ingest.models import BatchState, RawBatch
from tests.browsing import browsing
from tests.builders import make_key, make_member, make_project
from tests.ingest.payloads import export, post, span

TALK = {"session.id": "s-1", "openinference.span.kind": "AGENT", "input.value": "Refund?", "output.value": "Done!"}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A page of an admin of a new project."""
    with browsing(chromium, live_server.url, make_member(make_project(), Role.ADMIN)) as context:
        yield context.new_page()


def test_connect_page_turns_green_without_taking_the_focus(page: Page, client: Client) -> None:
    page.goto("/p/acme/connect/")
    page.get_by_role("button", name="Make a key").press("Enter")
    shown = page.locator("#otel-env")
    expect(shown).to_contain_text("Bearer%20msk_")
    key = shown.inner_text().partition("Bearer%20")[2].partition('"')[0]
    chosen = page.locator("#langfuse summary")
    chosen.press("Enter")
    expect(page.locator("#langfuse-env")).to_contain_text(f"LANGFUSE_SECRET_KEY={key}")
    expect(page.locator("#otel-env")).to_be_hidden()
    assert post(client, key, "/v1/traces", export(span(1, attributes=TALK))).status_code == 200
    digest_waiting()
    arrival = page.get_by_role("status", name="Have sessions arrived?")
    expect(arrival).to_contain_text("Sessions arrive", timeout=15_000)
    expect(chosen).to_be_focused()
    arrival.get_by_role("link", name="Refund?").press("Enter")
    expect(page).to_have_title("Refund? · Misstep")
    page.goto("about:blank")


def test_failed_batch_is_discarded_only_after_a_question(page: Page) -> None:
    project = Project.objects.get()
    make_key(project)
    for number in range(2):
        RawBatch.objects.create(
            project=project,
            api_key=ApiKey.objects.get(),
            door="traces",
            body=compress(b"{}"),
            sha256=str(number),
            received_at=timezone.now(),
            state=BatchState.FAILED,
            reason="<b>ValueError</b>",
        )
    page.clock.install()
    page.goto("/p/acme/health/")
    expect(page.get_by_text("2 batches could not be read.")).to_be_visible()
    confirm = page.get_by_role("button", name="Discard 2 batches")
    expect(confirm).to_be_hidden()
    page.get_by_text("Discard all …").press("Enter")
    # Were the facts to come anew now, the open question would be gone.
    page.clock.fast_forward(16_000)
    expect(confirm).to_be_visible()
    confirm.press("Enter")
    expect(page.get_by_text("2 batches discarded.")).to_be_visible()
    expect(page.get_by_text("could not be read")).to_be_hidden()
    page.goto("about:blank")
