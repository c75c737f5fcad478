"""How long the pages take that people wait for, with weeks of sessions and failures stored, beside a stated ceiling.

The ceiling is /healthz in the same run: the cheapest request that this server answers. Times are those of a client on
the same machine, over a kept-alive loopback connection, from the first byte sent to the last one read.
"""

import argparse
import time
from typing import Any

from benchmarks._ground import arguments_of, inside, installation, note, say_stored
from benchmarks._measuring import Client, get_often, log_in, say, say_times, time_gets
from tests.e2e.running import Running

FEWEST = 2_000
LISTS = "/p/bench/sessions/"
OVERVIEW = ("outcome", "signals", "people", "queues", "tools", "usual")
WORKFLOW = "/p/bench/overview/workflow/?workflow=refund+agent"
PAGES: list[tuple[str, str, float]] = [
    ("sessions, newest", LISTS, 0),
    ("sessions, last page", LISTS + "?page=99999", 0),
    ("sessions, one workflow", LISTS + "?workflow=refund+agent", 0),
    ("sessions, one signal", LISTS + "?signal=hidden_tool_error", 0),
    ("sessions with errors", LISTS + "?status=errors", 0),
    ("sessions, most expensive", LISTS + "?sort=cost", 0),
    ("sessions, search", LISTS + "?q=warehouse+card", 0),
    ("session of 20 steps", LISTS + "{short}/", 0),
    ("session of 200 steps", LISTS + "{long}/", 150),
    ("overview", "/p/bench/overview/", 300),
    *((f"overview, {part}", f"/p/bench/overview/?part={part}", 300) for part in OVERVIEW),
    ("overview, one workflow", WORKFLOW, 300),
    *((f"overview, one workflow, {part}", f"{WORKFLOW}&part={part}", 300) for part in ("releases", "turns")),
    ("overview, by model", "/p/bench/overview/compare/?by=model", 300),
    ("queues", "/p/bench/review/", 0),
    ("issue board", "/p/bench/issues/", 200),
    ("issue board, one workflow", "/p/bench/issues/?workflow=refund+agent", 200),
    ("largest issue", "/p/bench/issues/{issue}/", 0),
    ("proposals", "/p/bench/proposals/", 0),
]
# Pages that begin to arrive while the rest is made, with budgets for their first byte and for the whole.
ARRIVING: list[tuple[str, str, float, float]] = [
    ("session of 200 steps and 500 KB", LISTS + "{heavy}/", 0, 150),
    ("session of 6,000 steps", LISTS + "{endless}/", 500, 0),
]
LONG_ONES = 4  # asked for so many times less often than the rest
CALLS: list[tuple[str, str, float]] = [
    ("API, sessions", "/api/v1/sessions/", 50),
    ("API, sessions with errors", "/api/v1/sessions/?status=errors", 50),
    ("API, failures", "/api/v1/failures/", 0),
    ("API, issues", "/api/v1/issues/", 0),
    ("API, overview", "/api/v1/overview/", 0),
]


def main() -> None:
    """Fills, measures, and leaves nothing behind."""
    asked = read_arguments()
    with installation(asked.database) as running:
        note(f"Filling {asked.sessions} sessions and {asked.failures} failures …")
        started = time.perf_counter()
        known = inside(running, f"fill({asked.sessions}, {asked.failures})")
        note(f"… took {time.perf_counter() - started:.0f} s")
        running.start_web()
        say_stored(asked, sessions=asked.sessions, failures=asked.failures, largest_issue=known["issue_failures"])
        measure(running, known, asked.requests, asked.only)


def read_arguments() -> argparse.Namespace:
    parser = arguments_of(__doc__)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--failures", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=40, help="per page")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    asked = parser.parse_args()
    if min(asked.sessions, asked.failures) < FEWEST:
        parser.error(f"Fewer than {FEWEST} sessions or failures say nothing.")
    return asked


def measure(running: Running, known: dict[str, Any], requests: int, only: str) -> None:
    """Every page."""
    reader = log_in(running.port, known["emails"][0], known["password"])
    program = Client(running.port, {"Authorization": f"Bearer {known['key']}"})
    ceiling = say_times("ceiling: /healthz", time_gets(reader, "/healthz", requests))
    for client, pages in ((reader, PAGES), (program, CALLS)):
        for name, path, budget in pages:
            if only in name:
                seconds = time_gets(client, path.format(**known), requests)
                say_times(name, seconds, ceiling=ceiling, budget_ms=budget)
    for name, path, first, whole in ARRIVING:
        if only in name:
            answers = get_often(reader, path.format(**known), -(-requests // LONG_ONES))
            say_times(f"{name}, first byte", [one.first for one in answers], ceiling=ceiling, budget_ms=first)
            say_times(f"{name}, whole", [one.seconds for one in answers], ceiling=ceiling, budget_ms=whole)
            say(f"{name}, size", bytes=len(answers[0].body))


if __name__ == "__main__":
    main()
