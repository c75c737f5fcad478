"""Opens a page that arrives piece by piece, in a browser, and tells what its reader sees when."""

from typing import Any

from playwright.sync_api import Page

from benchmarks._measuring import say, say_times

# Notes, in the page, when the element with the id `LAST` first stands there.
WATCH = """new MutationObserver((_, watch) => {
  if (!document.getElementById("LAST")) return;
  window.lastStands = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });"""
# Milliseconds since the page was asked for.
FOUND = """() => {
  const { responseStart, responseEnd } = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  return { "first byte": responseStart, "first words painted": paint, "last step there": window.lastStands,
    "last byte": responseEnd };
}"""


def measure_opening(page: Page, name: str, path: str, *, last: str, times: int) -> None:
    """Opens it so often, after once that does not count; `last` is the id of the last of what is waited for."""
    page.add_init_script(WATCH.replace("LAST", last))
    seen = [_opened(page, path, last) for _ in range(times + 1)][1:]
    for what in seen[0]:
        say_times(f"{name}, {what}", [one[what] / 1000 for one in seen])
    early = sum(one["first words painted"] < one["last step there"] for one in seen)
    say(f"{name}, painted before its last step was there", times=early, of=times)


def _opened(page: Page, path: str, last: str) -> dict[str, Any]:
    page.goto(path)
    page.locator(f"#{last}").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    found: dict[str, Any] = page.evaluate(FOUND)
    return found
