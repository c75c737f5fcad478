"""A real browser for tests: how somebody is logged in there, and where the focus is."""

from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from tests.builders import client_of


def log_in(context: BrowserContext, user: User, url: str) -> None:
    """Gives the browser the cookie of somebody who has logged in."""
    cookie = client_of(user).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])


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
