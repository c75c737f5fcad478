"""Which browser tests, benchmarks and pictures drive."""

import os
import shutil

# First the shell, which Playwright too drives where no window is shown: the same engine, and sooner there.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """The browser that MISSTEP_CHROMIUM names, or the system's; None: Playwright's own."""
    return os.environ.get("MISSTEP_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
