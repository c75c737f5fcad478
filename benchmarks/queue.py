"""How long a reviewer waits for the next session, with 100,000 sessions stored and eight people reviewing at once.

At a reviewer's full speed, a decision every second each, and without a pause. The ceiling is /healthz in the same run:
the cheapest request that this server answers. Times are those of a client on the same machine, over a kept-alive
loopback connection, from the first byte sent to the last one read.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from benchmarks._ground import arguments_of, inside, installation, note, say_stored
from benchmarks._measuring import Answer, Client, at_once, judgement, log_in, say_times, time_gets
from tests.e2e.running import Running

ROOT_STEP = "k3"
BUDGET_MS = 50
FEWEST = 10_000
FAILURES = 2_000
# A reviewer at full speed: a decision every second. Far above what people do, far below what a loop does.
PACE_SECONDS = 1.0
LEASE = re.compile(rb'data-lease="([^"]+)"')
NEWEST = re.compile(rb'name="decision" value="([^"]+)"')
Times = dict[str, list[float]]


def main() -> None:
    """Fills, measures, and leaves nothing behind."""
    asked = read_arguments()
    with installation(asked.database) as running:
        note(f"Filling {asked.sessions} sessions …")
        started = time.perf_counter()
        known = inside(running, f"fill({asked.sessions}, {FAILURES})")
        note(f"… took {time.perf_counter() - started:.0f} s")
        running.start_web()
        say_stored(asked, sessions=asked.sessions)
        for number in range(asked.runs):
            note(f"Run {number + 1} of {asked.runs}")
            measure(running, known, asked.decisions)


def read_arguments() -> argparse.Namespace:
    parser = arguments_of(__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=30, help="of each reviewer, of each kind and at each speed")
    parser.add_argument("--runs", type=int, default=1, help="how often all of it is measured")
    asked = parser.parse_args()
    if asked.sessions < FEWEST:
        parser.error(f"Fewer than {FEWEST} sessions say nothing.")
    return asked


def measure(running: Running, known: dict[str, Any], decisions: int) -> None:
    """Eight reviewers who submit, then who skip, then who take back, at both speeds."""
    people = [log_in(running.port, email, known["password"]) for email in known["emails"]]
    ceiling = say_times(
        "ceiling: /healthz, 8 at once", at_once(lambda client: time_gets(client, "/healthz", 60), people)
    )
    reviewers = [Reviewer(client, known["queue"], number / len(people)) for number, client in enumerate(people)]
    for reviewer in reviewers:
        reviewer.decide(reviewer.submit, 2, 0)
    for name, pace in ((f"one every {PACE_SECONDS:.0f} s", PACE_SECONDS), ("without a pause", 0)):
        for what, decide in KINDS.items():
            # Taking back is followed by deciding again: two decisions.
            times = together(reviewers, decide, decisions, 2 * pace if decide is Reviewer.undo else pace)
            for request, seconds in times.items():
                words = what if request == "answer" else f"{request}, after: {what}"
                budget = BUDGET_MS if request == "answer" else 0
                say_times(f"{words}, 8 reviewers, {name}", seconds, ceiling=ceiling, budget_ms=budget)


def together(reviewers: Sequence["Reviewer"], decide: Callable[["Reviewer"], Times], times: int, pace: float) -> Times:
    """The seconds of all requests of all reviewers, by what was asked."""
    by_client = {id(reviewer.client): reviewer for reviewer in reviewers}
    found: Times = {}

    def work(client: Client) -> list[float]:
        reviewer = by_client[id(client)]
        for request, seconds in reviewer.decide(lambda: decide(reviewer), times, pace).items():
            found.setdefault(request, []).extend(seconds)
        return []

    at_once(work, [reviewer.client for reviewer in reviewers])
    return found


class Reviewer:
    """Decides one session after the other. `phase` 0..1 keeps eight of them from moving in step."""

    def __init__(self, client: Client, queue: int, phase: float) -> None:
        self.client = client
        self.phase = phase
        self.done = 0
        self.open(client.get(f"/p/bench/review/{queue}/next/").location)

    def open(self, slot: str) -> Answer:
        """The page of a session, and what its buttons would send."""
        self.slot = slot
        page = self.client.get(slot)
        lease, newest = LEASE.search(page.body), NEWEST.search(page.body)
        if lease is None:
            raise SystemExit(f"{slot} answered {page.status} without a lease: {page.body[:300]!r}")
        self.lease, self.newest = lease[1].decode(), newest[1].decode() if newest else ""
        return page

    def decide(self, decide: Callable[[], Times], times: int, pace: float) -> Times:
        """Seconds of each request, by what was asked."""
        time.sleep(self.phase * pace)
        found: Times = {}
        for _ in range(times):
            started = time.perf_counter()
            for request, seconds in decide().items():
                found.setdefault(request, []).extend(seconds)
            time.sleep(max(0.0, started + pace - time.perf_counter()))
        return found

    def submit(self) -> Times:
        self.done += 1
        answer = self.client.post(f"{self.slot}submit/", {**judgement(self.done, ROOT_STEP), "lease_token": self.lease})
        return self._went_on(answer)

    def skip(self) -> Times:
        return self._went_on(self.client.post(f"{self.slot}skip/", {"reason": "other", "lease_token": self.lease}))

    def undo(self) -> Times:
        """Takes back a decision, and makes it again, so that there is always one to take back."""
        taken_back = self._went_on(self.client.post("/p/bench/review/undo/", {"decision": self.newest}))
        self.submit()
        return taken_back

    def renew(self) -> Times:
        return {"answer": [self.client.post(f"{self.slot}renew/", {"lease_token": self.lease}).seconds]}

    def _went_on(self, answer: Answer) -> Times:
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"{self.slot} answered {answer.status}: {answer.body[:300]!r}")
        page = self.open(json.loads(answer.body)["next"])
        return {"answer": [answer.seconds], "review page": [page.seconds]}


KINDS: dict[str, Callable[[Reviewer], Times]] = {
    "next session after submit": Reviewer.submit,
    "next session after skip": Reviewer.skip,
    "undo": Reviewer.undo,
    "renewing a lease": Reviewer.renew,
}


if __name__ == "__main__":
    main()
