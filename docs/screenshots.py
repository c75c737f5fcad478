"""`make screenshots`: starts the product in a fresh folder with the demo and takes pictures of its main pages."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import chromium_path
from tests.e2e.running import environment_for, free_port, start, stop, wait_until

IMAGES = Path(__file__).resolve().parent / "images"
ROOT = IMAGES.parents[1]
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES = ("light", "dark")
DEMO_SECONDS = 240.0
LARGEST_BYTES = 300 * 1024
ACCEPTED_FIRST = 3


def main() -> int:
    """Takes every page in every theme and size; 1 when a picture came out too large."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="misstep-pictures-") as folder,
        served(Path(folder)) as (url, login),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(args=["--no-sandbox"], executable_path=chromium_path())
        paths = prepare(browser, url, login)
        for theme in THEMES:
            for size in SIZES:
                take(browser, url, login, paths, theme, size)
        browser.close()
    large = [image.name for image in IMAGES.glob("*.png") if image.stat().st_size > LARGEST_BYTES]
    print(
        f"{len(list(IMAGES.glob('*.png')))} pictures in {IMAGES}", *[f"too large: {name}" for name in large], sep="\n"
    )
    return 1 if large else 0


@contextmanager
def served(var: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """The address and login of a product that has its demo and its first proposals."""
    output, port = var / "terminal.txt", free_port()
    process = start([sys.executable, "manage.py", "serve", "--port", str(port)], var, output)
    try:
        wait_until(lambda: "The demo is ready" in output.read_text(), "the demo is ready", DEMO_SECONDS)
        wait_until(lambda: proposals(var) >= ACCEPTED_FIRST, "proposals are there", DEMO_SECONDS)
        found = re.search(r"Log in as +(\S+)\s+Password +(\S+)", output.read_text())
        if found is None:
            raise AssertionError(f"No login was printed:\n{output.read_text()}")
        yield f"http://127.0.0.1:{port}", (found[1], found[2])
    finally:
        stop(process)


def proposals(var: Path) -> int:
    """How many proposals are open."""
    code = "from issues.models import Proposal; print('N', Proposal.objects.filter(state='open').count())"
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code]
    said = subprocess.run(  # noqa: S603 - the command is ours
        command, cwd=ROOT, env=environment_for(var), capture_output=True, text=True, check=True
    ).stdout
    time.sleep(1)
    return int(said.split("N ")[1])


def log_in(page: Page, url: str, login: tuple[str, str]) -> None:
    page.goto(f"{url}/login/")
    page.locator("input[type=email], input[name=username]").first.fill(login[0])
    page.locator("input[type=password]").first.fill(login[1])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/login" not in address)


def prepare(browser: Browser, url: str, login: tuple[str, str]) -> dict[str, str]:
    """Accepts the first proposals as a lead would, and finds the path of each page that is to be taken."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    log_in(page, url, login)
    for _ in range(ACCEPTED_FIRST):
        page.goto(f"{url}/p/demo/proposals/")
        page.get_by_role("button", name=re.compile("accept", re.IGNORECASE)).first.click()
        page.wait_for_load_state("networkidle")
    paths = {name: f"/p/demo/{name}/" for name in ("overview", "signals", "proposals", "issues", "sessions")}
    paths["issue"] = first_link(page, f"{url}/p/demo/issues/", r"/p/demo/issues/\d+/$")
    paths["session"] = first_link(page, f"{url}/p/demo/sessions/?signal=hidden_tool_error", r"/p/demo/sessions/\d+/$")
    paths["review"] = review_path(page, url)
    context.close()
    return paths


def first_link(page: Page, address: str, pattern: str) -> str:
    """The first link of the page whose path matches."""
    page.goto(address)
    links: list[str] = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    return next(link for link in links if re.search(pattern, link))


def review_path(page: Page, url: str) -> str:
    """The path of the screen with the first session in which something looks wrong; those before it are judged."""
    page.goto(url + first_link(page, f"{url}/p/demo/review/", r"/p/demo/review/\d+/next/$"))
    while page.locator(".conversation .marks").count() == 0:
        here = page.url
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function("here => location.href !== here", arg=here)
        page.wait_for_load_state("networkidle")
    return page.url.removeprefix(url)


def mark_failure(page: Page) -> None:
    """A failure that first went wrong at the step with a signal. The draft of the picture before may say so already."""
    page.keyboard.press("2")
    page.keyboard.press("n")
    if page.locator(".conversation .is-root").count() == 0:
        page.keyboard.press("x")


def take(browser: Browser, url: str, login: tuple[str, str], paths: dict[str, str], theme: str, size: str) -> None:
    """One picture of each page."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    log_in(page, url, login)
    for name, path in paths.items():
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        if name == "review":
            mark_failure(page)
        page.screenshot(path=str(IMAGES / f"{name}-{theme}-{size}.png"))
    context.close()


if __name__ == "__main__":
    sys.exit(main())
