"""Judges sessions by keyboard in a browser, on any screen made for it, and tells what the reviewer waited for."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

from benchmarks._measuring import percentile, say, say_times

LOOPBACK = "127.0.0.1"
# Nothing of a run is told to a stranger, whatever the pages of another product would like to.
ARGUMENTS = ["--no-sandbox", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {LOOPBACK}"]
WINDOW: ViewportSize = {"width": 1440, "height": 900}
BUDGET_MS = 100
FAILURE_EVERY = 5
NOTE = "It promised what the tool had refused."
# Counts, in the page, from the key that submits; what a page loaded anew must know lies in the tab's own storage.
# Submissions arrive in the order of their keys, also where the page sends one when the next is already judged.
STOPWATCH = """(() => {
const box = (value) => value === undefined
  ? JSON.parse(sessionStorage.bench ?? '{"keys": [], "shown": [], "taken": []}')
  : (sessionStorage.bench = JSON.stringify(value));
addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const all = box();
  box({ ...all, keys: [...all.keys, Date.now()], from: window.bench.stands() });
}, { capture: true });
const look = () => {
  const all = box();
  const now = all.from && window.bench.stands();
  if (now && now !== all.from) box({ ...all, shown: [...all.shown, Date.now() - all.keys.at(-1)], from: null });
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
const real = window.fetch;
window.fetch = async (...given) => {
  const answer = await real(...given);
  if (answer.ok && new URL(answer.url).pathname.endsWith(window.bench.submits)) {
    const all = box();
    box({ ...all, taken: [...all.taken, Date.now() - all.keys[all.taken.length]] });
  }
  return answer;
};
})();"""
FOUND = "JSON.parse(sessionStorage.bench)"


@dataclass(frozen=True)
class Screen:
    """A page on which sessions are judged.

    `stands` is a JavaScript function that tells which session can be judged there at this moment, or something false;
    `submits` is how the path ends to which a judgement is sent; `judge` types the judgement of that number.
    """

    name: str
    stands: str
    submits: str
    judge: Callable[[Page, int], None]

    def open(self, browser: Browser, url: str) -> Page:
        """An empty page of a fresh browser at that server, with the stopwatch in whatever it will show."""
        # The stopwatch's questions are evaluated, which a content policy forbids.
        page = browser.new_page(base_url=url, viewport=WINDOW, bypass_csp=True)
        page.add_init_script(f"window.bench = {{ stands: {self.stands}, submits: {json.dumps(self.submits)} }};")
        page.add_init_script(STOPWATCH)
        return page


@dataclass
class Traffic:
    """What a page asked of its own server, by the end of the path, and the bytes that came, packed and unpacked.

    What the browser had kept is not asked of anybody, and does not count.
    """

    asked: Counter[str] = field(default_factory=Counter)
    received: int = 0
    unpacked: int = 0
    _waiting: dict[str, str] = field(default_factory=dict)

    def ask(self, event: dict[str, Any]) -> None:
        request = event["request"]
        address = urlsplit(request["url"])
        if address.hostname == LOOPBACK:
            name = address.path.rstrip("/").rpartition("/")[2].lstrip("0123456789")
            self._waiting[event["requestId"]] = f"{request['method']} {name}"

    def answer(self, event: dict[str, Any]) -> None:
        name = self._waiting.pop(event["requestId"], None)
        if name and not event["response"].get("fromDiskCache"):
            self.asked[name] += 1

    def had(self, event: dict[str, Any]) -> None:
        self._waiting.pop(event["requestId"], None)

    def receive(self, event: dict[str, Any]) -> None:
        self.received += int(event["encodedDataLength"])

    def unpack(self, event: dict[str, Any]) -> None:
        self.unpacked += int(event["dataLength"])


def launch(playwright: Playwright, executable: str | None) -> Browser:
    """Chromium, Playwright's own where `executable` is None."""
    return playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)


def open_first(screen: Screen, page: Page, path: str) -> None:
    """Opens the page with nothing kept from before, until its first session stands there; says what that weighs."""
    with _traffic(page) as traffic:
        page.goto(path)
        page.wait_for_function("window.bench.stands()")
        page.wait_for_load_state("networkidle")
    say(
        f"{screen.name}the first session with nothing kept from before",
        requests=traffic.asked.total(),
        bytes=traffic.received,
        bytes_unpacked=traffic.unpacked,
    )


def measure(screen: Screen, page: Page, reviews: int, reading: float) -> None:
    """So many reviews, one after the other, `reading` seconds after each session stands there."""
    page.evaluate("sessionStorage.removeItem('bench')")
    with _traffic(page) as traffic:
        began = time.perf_counter()
        for number in range(reviews):
            time.sleep(reading)
            screen.judge(page, number)
            page.wait_for_function(f"{FOUND}.shown.length > {number} && window.bench.stands()", polling=5)
        took = time.perf_counter() - began
        page.wait_for_function(f"{FOUND}.taken.length >= {reviews}")
    _tell(screen, page.evaluate(FOUND), traffic, took, reading)


def is_failure(number: int) -> bool:
    """Each fifth session is judged a failure, with a note."""
    return number % FAILURE_EVERY == 0


@contextmanager
def _traffic(page: Page) -> Iterator[Traffic]:
    """Counts while the block runs."""
    traffic = Traffic()
    tap = page.context.new_cdp_session(page)
    tap.on("Network.requestWillBeSent", traffic.ask)
    tap.on("Network.requestServedFromCache", traffic.had)
    tap.on("Network.responseReceived", traffic.answer)
    tap.on("Network.loadingFinished", traffic.receive)
    tap.on("Network.dataReceived", traffic.unpack)
    tap.send("Network.enable")
    try:
        yield traffic
    finally:
        tap.detach()


def _tell(screen: Screen, found: dict[str, list[float]], traffic: Traffic, took: float, reading: float) -> None:
    how = f"after {reading:g} s of reading" if reading else "reading nothing"
    shown = [milliseconds / 1000 for milliseconds in found["shown"]]
    taken = [milliseconds / 1000 for milliseconds in found["taken"]]
    say_times(f"{screen.name}submit until the next session takes keys, {how}", shown, budget_ms=BUDGET_MS)
    say_times(f"{screen.name}submit until the server has it, {how}", taken)
    reviews = len(shown)
    say(
        f"{screen.name}decisions, {how}",
        reviews=reviews,
        per_hour=round(reviews / took * 3600),
        seconds_besides_reading=round(took / reviews - reading, 3),
        slowest_ms=round(percentile(shown, 1) * 1000),
        requests_per_review=round(traffic.asked.total() / reviews, 2),
        bytes_per_review=round(traffic.received / reviews),
        bytes_per_review_unpacked=round(traffic.unpacked / reviews),
        requests={path: round(times / reviews, 2) for path, times in traffic.asked.most_common(8)},
    )
