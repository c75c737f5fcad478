"""How long a reviewer waits between two sessions, in a real Chromium by keyboard, with 100,000 sessions stored.

The reviewer reads nothing: each session is judged the moment it can be (the worst case, for nothing had time to get
ready), and then again after a pause as short as the quickest reader's. Times are the page's own, from the key that
submits: until the next session stands there and takes keys, and until the server has answered.
"""

import argparse
import gzip
import importlib.util
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, ViewportSize, sync_playwright

from benchmarks._ground import inside, installation, note
from benchmarks._measuring import Client, log_in, percentile, say, say_times, time_gets
from tests.e2e.running import Running

FEWEST = 2_000
CHROMIUM = os.environ.get("MISSTEP_CHROMIUM") or ("/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else "")
FAILURES = 2_000
WINDOW: ViewportSize = {"width": 1440, "height": 900}
BUDGET_MS = 100
FAILURE_EVERY = 5
NOTE = "It promised what the tool had refused."
# Counts, in the page, from the key that submits; what a page loaded anew must know lies in the tab's own storage.
STOPWATCH = """
const box = (value) => value === undefined ? JSON.parse(sessionStorage.bench ?? '{"shown": [], "taken": []}')
  : (sessionStorage.bench = JSON.stringify(value));
const add = (what) => { const all = box(); if (all.at) { all[what].push(Date.now() - all.at); box(all); } };
const here = () => document.querySelector("#key-sheet kbd") && document.getElementById("judgement")?.dataset.page;
window.benchStands = () => here() && !document.querySelector(".all-of-it").disabled;
addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  box({ ...box(), at: Date.now(), from: here() });
}, { capture: true });
const look = () => {
  const all = box();
  if (all.from && window.benchStands() && here() !== all.from) { add("shown"); box({ ...box(), from: null }); }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
const real = window.fetch;
window.fetch = async (...given) => {
  const answer = await real(...given);
  if (String(given[0]).endsWith("/submit/") && answer.ok) add("taken");
  return answer;
};
"""
FOUND = "JSON.parse(sessionStorage.bench)"


def main() -> None:
    """Fills, measures, and leaves nothing behind."""
    asked = read_arguments()
    with installation(asked.database) as running:
        note(f"Filling {asked.sessions} sessions …")
        known = inside(running, f"fill({asked.sessions}, {FAILURES})")
        running.start_web()
        say("what is stored", database=asked.database.partition(":")[0] or "sqlite", sessions=asked.sessions)
        say_ceiling(running, known)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM or None, args=["--no-sandbox"])
            # The stopwatch's questions are evaluated, which our content policy forbids.
            page = browser.new_page(base_url=running.url, viewport=WINDOW, bypass_csp=True)
            page.add_init_script(STOPWATCH)
            enter(page, known)
            for seconds in (0.0, asked.reading):
                measure(page, asked.reviews, seconds)
            browser.close()
    say_peer()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database", default="", help="a PostgreSQL server as a URL; a database of its own is made there"
    )
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--reviews", type=int, default=100, help="in each of the two passes")
    parser.add_argument("--reading", type=float, default=1.0, help="seconds of the second pass between two sessions")
    asked = parser.parse_args()
    if asked.sessions < FEWEST:
        parser.error(f"Fewer than {FEWEST} sessions say nothing.")
    return asked


def say_ceiling(running: Running, known: dict[str, Any]) -> None:
    """The cheapest request there is, and what one page of a session weighs."""
    client: Client = log_in(running.port, known["emails"][-1], known["password"])
    say_times("ceiling: /healthz", time_gets(client, "/healthz", 60))
    first = client.get(f"/p/bench/review/{known['queue']}/next/").location
    body = client.get(first).body
    say("page of a session of 20 steps", bytes=len(body), bytes_packed=len(gzip.compress(body)))


def enter(page: Page, known: dict[str, Any]) -> None:
    """Logs in through the form and opens the queue's first session."""
    page.goto("/login/")
    page.locator("[name='username']").fill(known["emails"][0])
    page.locator("[name='password']").fill(known["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"/p/bench/review/{known['queue']}/next/")
    page.wait_for_function("window.benchStands()")
    page.wait_for_load_state("networkidle")


def measure(page: Page, reviews: int, reading: float) -> None:
    """So many reviews, one after the other, `reading` seconds after each session stands there."""
    asked: Counter[str] = Counter()

    def count(request: Request) -> None:
        asked[
            request.method + " " + urlsplit(request.url).path.rstrip("/").rpartition("/")[2].lstrip("0123456789")
        ] += 1

    page.evaluate("sessionStorage.removeItem('bench')")
    page.on("request", count)
    began = time.perf_counter()
    for number in range(reviews):
        time.sleep(reading)
        judge(page, number)
        page.wait_for_function(f"{FOUND}.shown.length > {number} && window.benchStands()", polling=5)
    took = time.perf_counter() - began
    page.wait_for_function(f"{FOUND}.taken.length >= {reviews}")
    page.remove_listener("request", count)
    tell(page.evaluate(FOUND), asked, reviews, took, reading)


def judge(page: Page, number: int) -> None:
    """A success by two keys, and each fifth time a failure with its step and a note."""
    if number % FAILURE_EVERY:
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        return
    for key in ("j", "j", "x", "w"):
        page.keyboard.press(key)
    page.keyboard.insert_text(NOTE)
    page.keyboard.press("Control+Enter")


def tell(found: dict[str, list[float]], asked: Counter[str], reviews: int, took: float, reading: float) -> None:
    how = f"after {reading:g} s of reading" if reading else "reading nothing"
    shown = [milliseconds / 1000 for milliseconds in found["shown"]]
    say_times(f"submit until the next session takes keys, {how}", shown, budget_ms=BUDGET_MS)
    say_times(f"submit until the server has it, {how}", [milliseconds / 1000 for milliseconds in found["taken"]])
    busy = took - reviews * reading
    say(
        f"decisions, {how}",
        reviews=reviews,
        per_hour=round(reviews / took * 3600),
        seconds_besides_reading=round(busy / reviews, 3),
        slowest_ms=round(percentile(shown, 1) * 1000),
        requests_per_review=round(asked.total() / reviews, 2),
        requests={path: round(times / reviews, 2) for path, times in asked.most_common(8)},
    )


def say_peer() -> None:
    """Label Studio beside it, where it is installed; it is nothing that this project depends on."""
    if importlib.util.find_spec("label_studio") is None:
        say("Label Studio", measured=False, why="not installed here")
    else:
        say("Label Studio", measured=False, why="installed, but its screen has no driver in this benchmark yet")


if __name__ == "__main__":
    main()
