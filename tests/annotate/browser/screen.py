"""What the browser tests of the review screen share."""

from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Request, expect

SESSIONS = 4
SCREEN = {"width": 1440, "height": 900}
_UNDER_WAY: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
_LONGEST = 200  # pauses


def watch_requests(page: Page) -> None:
    """From now on `expect_quiet` knows what the page has asked and not yet been answered."""
    under_way = _UNDER_WAY[page] = set()

    def begun(request: Request) -> None:
        under_way.add(request)

    def ended(request: Request) -> None:
        under_way.discard(request)

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)


def expect_quiet(page: Page) -> None:
    """Waits until everything that the page asked has been answered, and that has led to no further question."""
    quiet = 0
    for _ in range(_LONGEST):
        page.wait_for_timeout(20)
        quiet = 0 if _UNDER_WAY.get(page) else quiet + 1
        if quiet > 1:
            return


def expect_session(page: Page, number: int) -> None:
    """The session stands, what was decided before has been sent, and the one after it is ready."""
    try:
        expect(page.locator("#why")).to_contain_text(f"reason of s{number}")
    except AssertionError as error:
        error.add_note(page.locator("#judgement").aria_snapshot())
        raise
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    expect_quiet(page)


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def marked(page: Page, what: str) -> str | None:
    return page.locator(f".conversation .is-{what}").get_attribute("data-step")
