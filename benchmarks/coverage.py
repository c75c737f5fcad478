"""How often the 95 % interval of an estimated share holds the true one, in simulated traffic read with a bias.

Beside it the raw share of everything that was reviewed, which queues that prefer what looks bad make far too high. One
JSON line: `rows` hold a prevalence and a way of reading each; `covered` is to lie between 0.93 and 0.97. Of failures so
rare that fewer than three are to be expected in the sample it lies above: whole numbers leave no better interval.
"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from tests.annotate.traffic import Reading, Traffic, coverage

PREVALENCES = (0.005, 0.02, 0.1, 0.35)
FEW_EXPECTED = 3
READINGS: dict[str, tuple[int, list[Reading]]] = {
    "small sample": (4_000, [Reading(0.03, 0.05, 300)]),
    "all drawn ones read": (4_000, [Reading(0.1, 0.2, 300)]),
    "half of them read": (4_000, [Reading(0.1, 0.3, 300, read=0.5)]),
    "a large sample": (8_000, [Reading(0.2, 0.3, 600)]),
    "nearly all sessions read": (2_000, [Reading(0.5, 0.9, 150)]),
    "some opened by address": (4_000, [Reading(0.1, 0.3, 300, read=0.5, opened=60)]),
    "two queues, as far": (4_000, [Reading(0.2, 0.3, 300), Reading(0.2, 0.3, 150)]),
    "two queues, the narrow one further": (4_000, [Reading(0.1, 0.2, 300, read=0.5), Reading(0.4, 0.6, 150)]),
    "two queues, the wide one further": (4_000, [Reading(0.3, 0.4, 300), Reading(0.05, 0.1, 150, read=0.7)]),
}


def main() -> None:
    """Prints the table as one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="per row")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rows = [measure(name, prevalence, asked.runs, asked.seed) for name in READINGS for prevalence in PREVALENCES]
    expected = [row for row in rows if row["sampled"] * row["prevalence"] >= FEW_EXPECTED]
    covered = [row["covered"] for row in expected]
    summary = {"least": min(covered), "most": max(covered), "mean": round(sum(covered) / len(covered), 4)}
    print(json.dumps({"measure": "coverage", "runs": asked.runs, "where_3_are_expected": summary, "rows": rows}))


def measure(name: str, prevalence: float, runs: int, seed: int) -> dict[str, Any]:
    """One row: shares of runs, and of sessions for the error."""
    sessions, queues = READINGS[name]
    found = asdict(coverage(Traffic(sessions, prevalence, queues), runs=runs, seed=seed))
    return {"reading": name, "prevalence": prevalence, **{key: round(value, 4) for key, value in found.items()}}


if __name__ == "__main__":
    main()
