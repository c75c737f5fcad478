"""A real browser for tests: how somebody is logged in there, what it complains of, and where the focus is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.builders import client_of

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@contextmanager
def browsing(chromium: Browser, url: str, person: User, **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own with these options, in which somebody has logged in; closed at the end."""
    context = chromium.new_context(base_url=url, **options)
    try:
        log_in(context, person, url)
        yield context
    finally:
        context.close()


def log_in(context: BrowserContext, user: User, url: str) -> None:
    """Gives the browser the cookie of somebody who has logged in."""
    cookie = client_of(user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])


def complaints_of(page: Page) -> list[str]:
    """What the page's console will have complained of, of the content policy or anything else."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def focus_is_lost(page: Page) -> bool:
    """Whether nothing has the focus: the next Tab would begin at the top of the page."""
    return bool(page.evaluate("[document.body, document.documentElement, null].includes(document.activeElement)"))


def focus_is_seen(page: Page) -> bool:
    """Whether what has the focus, or the label drawn for it, has an outline, and is not hidden below something."""
    return bool(
        page.evaluate(
            "[document.activeElement, document.activeElement.nextElementSibling, document.activeElement.parentElement]"
            ".some((each) => each && parseFloat(getComputedStyle(each).outlineWidth) >= 1"
            " && getComputedStyle(each).outlineStyle !== 'none')"
        )
    )
