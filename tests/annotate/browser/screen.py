"""What the browser tests of the review screen share."""

from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User

SESSIONS = 4


def log_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def expect_session(page: Page, number: int) -> None:
    expect(page.locator("#why")).to_contain_text(f"reason of s{number}")
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    # The page asks for the known issues once it stands; a test that ends before would pull the database from under it.
    page.wait_for_load_state("networkidle")


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def marked(page: Page, what: str) -> str | None:
    return page.locator(f".conversation .is-{what}").get_attribute("data-step")
