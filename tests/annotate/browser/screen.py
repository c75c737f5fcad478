"""What the browser tests of the review screen share."""

from playwright.sync_api import Page, expect

SESSIONS = 4


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
