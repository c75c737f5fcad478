"""How long a reviewer waits between two sessions, in a real Chromium by keyboard, with 100,000 sessions stored.

The reviewer reads nothing: each session is judged the moment it can be (the worst case, for nothing had time to get
ready), and then again after a pause as short as the quickest reader's. Times are the page's own, from the key that
submits: until the next session stands there and takes keys, and until the server has answered. Then a session of 200
steps and 500 KB: when its first words are painted, and when its last step is there. Then Label Studio, where it is
installed, with the same texts and the same two questions; it is nothing that this project depends on.
"""

import argparse
import gzip
import shutil
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import _label_studio
from benchmarks._ground import arguments_of, inside, installation, note, say_stored
from benchmarks._measuring import Client, log_in, say, say_times, time_gets
from benchmarks._opening import measure_opening
from benchmarks._reviewing import NOTE, WINDOW, Screen, is_failure, launch, measure, open_first
from tests.chromium import chromium_path
from tests.e2e.running import Running

FEWEST, MOST_REVIEWS = 2_000, 500
FAILURES = 2_000
OPENED = 20
STANDS = """() => document.querySelector("#key-sheet kbd") && !document.querySelector(".all-of-it").disabled
  && document.getElementById("judgement")?.dataset.page"""


def main() -> None:
    """Fills, measures, and leaves nothing behind."""
    asked = read_arguments()
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium_path())
        with installation(asked.database) as running:
            texts = measure_ours(running, browser, asked)
        measure_peer(browser, asked, texts)
        browser.close()


def read_arguments() -> argparse.Namespace:
    parser = arguments_of(__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=100, help="in each of the two passes")
    parser.add_argument("--reading", type=float, default=1.0, help="seconds of the second pass between two sessions")
    parser.add_argument(
        "--label-studio", default="label-studio", help="its executable in an environment of its own, if not in the PATH"
    )
    asked = parser.parse_args()
    if asked.sessions < FEWEST:
        parser.error(f"Fewer than {FEWEST} sessions say nothing.")
    if not 0 < asked.reviews <= MOST_REVIEWS:
        parser.error(f"From 1 to {MOST_REVIEWS} reviews: sessions further down have no texts.")
    return asked


def measure_ours(running: Running, browser: Browser, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Both passes on our screen; returns the texts of so many sessions as Label Studio will need."""
    note(f"Filling {asked.sessions} sessions …")
    known = inside(running, f"fill({asked.sessions}, {FAILURES})")
    running.start_web()
    say_stored(asked, sessions=asked.sessions)
    say_ceiling(running, known)
    screen = Screen(name="", stands=STANDS, submits="/submit/", judge=judge)
    page = screen.open(browser, running.url)
    enter(page, known)
    open_first(screen, page, f"/p/bench/review/{known['queue']}/next/")
    for seconds in (0.0, asked.reading):
        measure(screen, page, asked.reviews, seconds)
    page.close()
    measure_long_session(running, browser, known)
    conversations: list[dict[str, Any]] = inside(running, f"conversations({_label_studio.needed(asked.reviews)})")
    return conversations


def measure_long_session(running: Running, browser: Browser, known: dict[str, Any]) -> None:
    """Opened by somebody else, so that nobody has another session waiting."""
    page = browser.new_page(base_url=running.url, viewport=WINDOW)
    enter(page, known, person=1)
    path = f"/p/bench/review/slots/{known['heavy_slot']}/"
    measure_opening(page, "session of 200 steps and 500 KB", path, last=f"step-{known['heavy_steps']}", times=OPENED)
    page.close()


def say_ceiling(running: Running, known: dict[str, Any]) -> None:
    """The cheapest request there is, and what one page of a session weighs."""
    client: Client = log_in(running.port, known["emails"][-1], known["password"])
    say_times("ceiling: /healthz", time_gets(client, "/healthz", 60))
    first = client.get(f"/p/bench/review/{known['queue']}/next/").location
    body = client.get(first).body
    say("page of a session of 20 steps", bytes=len(body), bytes_packed=len(gzip.compress(body)))


def enter(page: Page, known: dict[str, Any], person: int = 0) -> None:
    """Logs in through the form."""
    page.goto("/login/")
    page.locator("[name='username']").fill(known["emails"][person])
    page.locator("[name='password']").fill(known["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def judge(page: Page, number: int) -> None:
    """A success by two keys, and each fifth time a failure with its step and a note."""
    if not is_failure(number):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        return
    for key in ("j", "j", "x", "w"):
        page.keyboard.press(key)
    page.keyboard.insert_text(NOTE)
    page.keyboard.press("Control+Enter")


def measure_peer(browser: Browser, asked: argparse.Namespace, texts: list[dict[str, Any]]) -> None:
    """Label Studio beside it, where it is installed."""
    executable = shutil.which(asked.label_studio)
    if executable is None:
        say("Label Studio", measured=False, why="not installed")
        return
    note("Starting Label Studio, which makes its database first …")
    with _label_studio.served(executable, texts) as served:
        _label_studio.measure_all(served, browser, asked.reviews, asked.reading)


if __name__ == "__main__":
    main()
