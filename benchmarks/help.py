"""How long the known issues and types take that a note looks like, as it is typed, with 1,000 issues; model included.

First while the model is being loaded beside, when answers go by shared words, then with it. The ceiling is /healthz in
the same run. The issue that a note is about must be among the three that are offered, and its type the first.
"""

import argparse
import re
import time
from http import HTTPStatus
from typing import Any

from benchmarks._ground import arguments_of, inside, installation, note, say_stored
from benchmarks._measuring import Client, log_in, say, say_times, time_gets
from tests.e2e.running import Running

BUDGET_MS = 150
SESSIONS = 20
WAIT_S = 180
PATH = "/p/bench/issues/near/"
OFFERED = re.compile(rb'data-choose="ISS-(\d+)')
FITTING = re.compile(r'<option value="([^"]+)"')


def main() -> None:
    """Fills, measures, and leaves nothing behind."""
    asked = read_arguments()
    with installation(asked.database) as running:
        note(f"Filling {asked.failures} failures …")
        known = inside(running, f"fill(2000, {asked.failures})")
        known |= inside(running, f"describe({SESSIONS})", module="_helping")
        running.start_web()
        say_stored(asked, failures=asked.failures)
        measure(running, known, asked.requests)


def read_arguments() -> argparse.Namespace:
    parser = arguments_of(__doc__)
    parser.add_argument("--failures", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=300)
    return parser.parse_args()


def measure(running: Running, known: dict[str, Any], requests: int) -> None:
    """Until the model answers, and then as people type: a note that grows by a few letters from request to request."""
    client = log_in(running.port, known["emails"][0], known["password"])
    ceiling = say_times("ceiling: /healthz", time_gets(client, "/healthz", requests))
    began = time.perf_counter()
    seconds: list[float] = []
    while not (ready := _ask(client, known, 0, 1.0, seconds)) and time.perf_counter() - began < WAIT_S:
        time.sleep(0.25)
    say("until the model answers", seconds=round(time.perf_counter() - began, 1), is_there=ready)
    say_times("while the model is loaded", seconds, ceiling=ceiling, budget_ms=BUDGET_MS)
    typed: list[float] = []
    for number in range(requests):
        _ask(client, known, number // 5 * 37, (number % 5 + 1) / 5, typed)
    say_times("nearest issues, typing", typed, ceiling=ceiling, budget_ms=BUDGET_MS)
    say("found", **_shares_found(client, known))


def _ask(client: Client, known: dict[str, Any], mode: int, part: float, seconds: list[float]) -> bool:
    """Asks for a part of one note; whether the model answered."""
    notes = known["notes"]
    text = f"The agent {notes[mode % len(notes)]}"
    session = known["sessions"][mode % len(known["sessions"])]
    answer = client.post(PATH, {"session": str(session), "note": text[: round(len(text) * part)]})
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{PATH} answered {answer.status}")
    seconds.append(answer.seconds)
    return b" %)" in answer.body


def _shares_found(client: Client, known: dict[str, Any], tries: int = 100) -> dict[str, float]:
    issues = types = 0
    for number in range(tries):
        mode = number * 37 % len(known["notes"])
        told = known["notes"][mode]
        fields = {"session": str(known["sessions"][0]), "note": f"Here the agent {told}."}
        body = client.post(PATH, fields).body
        issues += str(mode + 1).encode() in OFFERED.findall(body)
        fits = FITTING.search(body.decode())
        types += fits is not None and told.startswith(fits[1])
    return {"issue_among_three": issues / tries, "type_first": types / tries}


if __name__ == "__main__":
    main()
