"""A real browser for tests: where it is, and how somebody is logged in there."""

import os
from pathlib import Path

from django.test import Client
from playwright.sync_api import BrowserContext

from accounts.models import User

DEBIANS = Path("/usr/bin/chromium")


def chromium_path() -> str | None:
    """The system's Chromium, or the one that MISSTEP_CHROMIUM names; None: Playwright's own."""
    return os.environ.get("MISSTEP_CHROMIUM") or (str(DEBIANS) if DEBIANS.exists() else None)


def log_in(context: BrowserContext, user: User, url: str) -> None:
    """Gives the browser the cookie of somebody who has logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
