"""How long the lists of sessions take with 100,000 stored, under every filter and sort, and the pages of one session.

The ceiling is /healthz in the same run: the cheapest request that this server answers. Every filter and sort that
exists is asked for, each by a value that many sessions have and by one that hardly any has.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks._ground import POSTGRES, inside, installation, listens, note
from benchmarks._measuring import Client, log_in, percentile, time_gets
from benchmarks._results import Results, table

LISTS, API = "/p/bench/sessions/", "/api/v1/sessions/"
BUDGET_MS = 50
# Of filters without a list of choices: what many have, then what hardly any has.
VALUES = {
    "q": ["warehouse card", "no such words"],
    "workflow": ["refund agent", "rare"],
    "release": ["2.0.0", "rare"],
    "environment": ["production", "rare"],
    "start": ["2026-01-01", "9999-01-01"],
    "end": ["9999-01-01", "2026-01-01"],
    "model": ["gpt-5", "rare"],
    "user": ["user-7", "nobody"],
    "tag": ["gold", "rare"],
    "tool": ["lookup_order", "rare"],
    "failing_tool": ["lookup_order", "rare"],
    "error_class": ["auth", "rare"],
    "failure_type": ["Type 1", "rare"],
    "issue": ["1", "999999"],
    "like_issue": ["1", "999999"],
    "source": ["openinference", "rare"],
    "score": ["helpful", "rare"],
    "min_cost": ["0.01", "0.01999"],
    "max_cost": ["0.01", "0.00001"],
    "min_seconds": ["100", "199.9"],
    "max_seconds": ["100", "5.1"],
}
COMBINED: list[dict[str, str]] = [
    {"workflow": "refund agent", "status": "errors", "environment": "production", "sort": "cost"},
    {"release": "2.0.0", "model": "gpt-5", "environment": "staging", "signal": "hidden_tool_error"},
    {"workflow": "refund agent", "release": "rare", "model": "gpt-5", "status": "errors"},
    {"tag": "rare", "score": "helpful", "status": "clean"},
    {"q": "warehouse card", "workflow": "refund agent", "status": "errors"},
    {"page": "200"},
]
COLUMNS = {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "over_ceiling": "× /healthz"}


def main() -> None:
    """Each database that was asked for and is not in the file yet, then the table."""
    asked = read_arguments()
    results = Results(asked.output)
    for name in asked.only or (["reads-sqlite", "reads-postgres"] if asked.full else ["reads-sqlite"]):
        postgres = asked.postgres if name == "reads-postgres" else ""
        if postgres and not listens(postgres):
            note(f"== {name} is left out: nothing listens at {postgres}")
        elif results.begin(name):
            note(f"== {name}")
            measure(results, name, postgres, asked)
            results.end(name)
    print(summary(results))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="both databases, 100,000 sessions, 40 requests of each")
    parser.add_argument("--only", action="append", default=[], choices=["reads-sqlite", "reads-postgres"])
    parser.add_argument("--output", type=Path, help="a file to add to; what it has already is not measured again")
    parser.add_argument("--sessions", type=int, help="100,000, or 20,000 where it is quick")
    parser.add_argument("--requests", type=int, help="of each: 40, or 10 where it is quick")
    parser.add_argument(
        "--postgres", default=POSTGRES, help="a server; databases of our own are made there and dropped"
    )
    asked = parser.parse_args()
    asked.sessions = asked.sessions or (100_000 if asked.full else 20_000)
    asked.requests = asked.requests or (40 if asked.full else 10)
    return asked


def measure(results: Results, section: str, postgres: str, asked: argparse.Namespace) -> None:
    """Fills an installation, and times every page on it."""
    with installation(postgres) as running:
        began = time.perf_counter()
        known = inside(running, f"fill_lists({asked.sessions})")
        note(f"{asked.sessions} sessions stored, filled in {time.perf_counter() - began:.0f} s")
        running.start_web()
        reader = log_in(running.port, known["email"], known["password"])
        program = Client(running.port, {"Authorization": f"Bearer {known['key']}"})
        ceiling = percentile(time_gets(reader, "/healthz", asked.requests), 0.5)
        say = _saying(results, section, asked.sessions, ceiling)
        say("/healthz", time_gets(reader, "/healthz", asked.requests))
        for name, path in pages(known):
            client = program if path.startswith(API) else reader
            say(name, time_gets(client, path, asked.requests))


def _saying(results: Results, section: str, stored: int, ceiling: float) -> Callable[[str, Sequence[float]], None]:
    def say(name: str, seconds: Sequence[float]) -> None:
        middle, slow = percentile(seconds, 0.5), percentile(seconds, 0.95)
        results.add(
            section=section,
            measure="read",
            stored=stored,
            page=name,
            p50_ms=round(middle * 1000, 2),
            p95_ms=round(slow * 1000, 2),
            over_ceiling=round(middle / ceiling, 1),
        )

    return say


def pages(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and path of all that is measured."""
    for chosen in [{}, *({"sort": sort} for sort in known["sorts"]), *filters(known["choices"]), *COMBINED]:
        query = urlencode(chosen)
        words = ", ".join(f"{name}={value}" for name, value in chosen.items()) or "newest 50"
        yield f"list: {words}", f"{LISTS}?{query}"
        if not {"sort", "page"} & set(chosen):
            yield f"API: {words}", f"{API}?{query}"
    for steps, key in ((20, "short"), (200, "long")):
        yield f"session of {steps} steps", f"{LISTS}{known[key]}/"
        yield f"API: session of {steps} steps", f"{API}{known[key]}/"


def filters(choices: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Each filter by each of its choices, or by the values above; a filter that has neither stops the run."""
    for name, offered in choices.items():
        for value in offered or VALUES[name]:
            yield {name: value}


def summary(results: Results) -> str:
    """All pages, and how many of the lists are within their budget."""
    lines = [line for line in results.lines if line["measure"] == "read"]
    lists = [line for line in lines if line["page"].startswith(("list:", "API:")) and "session of" not in line["page"]]
    slow = [f"{line['section']} {line['page']}" for line in lists if line["p95_ms"] > BUDGET_MS]
    told = f"{len(lists) - len(slow)} of {len(lists)} lists within {BUDGET_MS} ms at p95"
    rest = "".join(f"\nnot {one}" for one in slow)
    return f"\n{table(lines, ['section', 'stored', 'page'], COLUMNS)}\n\n{told}{rest}"


if __name__ == "__main__":
    main()
