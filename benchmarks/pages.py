"""How long the pages take that people wait for, with weeks of sessions and failures stored, beside a stated ceiling.

The ceiling is /healthz in the same run: the cheapest request that this server answers. Times are those of a client on
the same machine, over a kept-alive loopback connection, from the first byte sent to the last one read.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

from benchmarks._ground import inside, installation, note
from benchmarks._measuring import Client, at_once, judgement, log_in, say, say_times, time_gets
from tests.e2e.running import Running

ROOT_STEP = "k3"
FEWEST = 2_000
SUBMITS = 30
# A reviewer at full speed: a judgement every second. Far above what people do, far below what a loop does.
PACE_SECONDS = 1.0
LISTS = "/p/bench/sessions/"
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
    ("queues", "/p/bench/review/", 0),
    ("issue board", "/p/bench/issues/", 200),
    ("issue board, one workflow", "/p/bench/issues/?workflow=refund+agent", 200),
    ("largest issue", "/p/bench/issues/{issue}/", 0),
    ("proposals", "/p/bench/proposals/", 0),
]
CALLS: list[tuple[str, str, float]] = [
    ("API, sessions", "/api/v1/sessions/", 50),
    ("API, sessions with errors", "/api/v1/sessions/?status=errors", 50),
    ("API, failures", "/api/v1/failures/", 0),
    ("API, issues", "/api/v1/issues/", 0),
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
        say(
            "what is stored",
            database=asked.database.partition(":")[0] or "sqlite",
            sessions=asked.sessions,
            failures=asked.failures,
            largest_issue=known["issue_failures"],
        )
        measure(running, known, asked.requests, asked.only)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database", default="", help="a PostgreSQL server as a URL; a database of its own is made there"
    )
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--failures", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=40, help="per page")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    asked = parser.parse_args()
    if min(asked.sessions, asked.failures) < FEWEST:
        parser.error(f"Fewer than {FEWEST} sessions or failures say nothing.")
    return asked


def measure(running: Running, known: dict[str, Any], requests: int, only: str) -> None:
    """Every page, then eight reviewers at once."""
    reader = log_in(running.port, known["emails"][0], known["password"])
    program = Client(running.port, {"Authorization": f"Bearer {known['key']}"})
    ceiling = say_times("ceiling: /healthz", time_gets(reader, "/healthz", requests))
    for client, pages in ((reader, PAGES), (program, CALLS)):
        for name, path, budget in pages:
            if only in name:
                seconds = time_gets(client, path.format(**known), requests)
                say_times(name, seconds, ceiling=ceiling, budget_ms=budget)
    if only in "review":
        measure_reviewers(running, known)


def measure_reviewers(running: Running, known: dict[str, Any]) -> None:
    """Next session after submit: the whole POST, which also claims what comes next; then the page it leads to."""
    people = [log_in(running.port, email, known["password"]) for email in known["emails"]]
    alone = say_times("ceiling: /healthz, 8 at once", at_once(lambda client: time_gets(client, "/healthz", 60), people))
    reviewers = [Reviewer(client, known["queue"], number / len(people)) for number, client in enumerate(people)]
    for reviewer in reviewers:
        reviewer.review(2, 0)
    for name, pace in ((f"one every {PACE_SECONDS:.0f} s", PACE_SECONDS), ("without a pause", 0)):
        submits, pages = rounds(reviewers, pace)
        say_times(f"next session after submit, 8 reviewers, {name}", submits, ceiling=alone, budget_ms=50)
        say_times(f"review page, 8 reviewers, {name}", pages, ceiling=alone)


def rounds(reviewers: Sequence["Reviewer"], pace: float) -> tuple[list[float], list[float]]:
    """The seconds of all submissions and of all pages that followed them."""
    by_client = {id(reviewer.client): reviewer for reviewer in reviewers}
    clients = [reviewer.client for reviewer in reviewers]
    times = at_once(lambda client: by_client[id(client)].review(SUBMITS, pace), clients)
    return times[::2], times[1::2]


class Reviewer:
    """Judges one session after the other. `phase` 0..1 keeps eight of them from moving in step."""

    def __init__(self, client: Client, queue: int, phase: float) -> None:
        self.client = client
        self.phase = phase
        self.slot = client.get(f"/p/bench/review/{queue}/next/").location
        self.done = 0

    def review(self, times: int, pace: float) -> list[float]:
        """Seconds of submission, page, submission, page, …"""
        time.sleep(self.phase * pace)
        seconds: list[float] = []
        for _ in range(times):
            started = time.perf_counter()
            seconds += self._one()
            time.sleep(max(0.0, started + pace - time.perf_counter()))
        return seconds

    def _one(self) -> list[float]:
        self.done += 1
        submitted = self.client.post(f"{self.slot}submit/", judgement(self.done, ROOT_STEP))
        if submitted.status != 200:  # noqa: PLR2004 - everybody knows it
            raise SystemExit(f"{self.slot} answered {submitted.status}: {submitted.body[:300]!r}")
        self.slot = json.loads(submitted.body)["next"]
        page = self.client.get(self.slot)
        return [submitted.seconds, page.seconds]


if __name__ == "__main__":
    main()
