"""How often issues that stay as they are escalate, and how often a doubling is seen within three days; simulated.

    python -m benchmarks.escalation

One JSON line. `false_alarms` are per 100 issues and month, `detected` a share, both by how often the issue happens a
day. `spread`: how much more than by chance days vary (variance = rate + spread·rate²); `rhythm`: weekends are quiet,
which the number of reviewed sessions tells, or (`untold`) does not; `looks`: how often a day is looked at while its
reviews come in. `possible` is what a rule could see at best that knew the rate, with as many false alarms as agreed.
"""

import argparse
import json
import time
from typing import Any

from scipy.stats import poisson

from issues.lifecycle.escalation import NEW_DAYS, VERSION
from tests.issues.floods import MONTH, Kind, detected, false_alarms

RATES = (0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 100.0)
AGREED = 1.0  # false alarms per 100 issues and month
WAYS: dict[str, dict[str, Any]] = {
    "steady": {},
    "rhythm": {"rhythm": True},
    "rhythm untold": {"rhythm": True, "is_told": False},
    "spread 0.1": {"spread": 0.1},
    "spread 0.3": {"spread": 0.3},
    "three looks a day": {"looks": 3},
}


def main() -> None:
    """Prints the table as one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=10_000, help="per row")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.perf_counter()
    rows = [measure(name, rate, asked.issues, asked.seed) for name in WAYS for rate in RATES]
    worst = max(row["false_alarms"] for row in rows)
    seconds = round(time.perf_counter() - began, 1)
    summary = {"version": VERSION, "issues": asked.issues, "most_false_alarms": worst, "seconds": seconds}
    print(json.dumps({"measure": "escalation", **summary, "rows": rows}))


def measure(name: str, rate: float, issues: int, seed: int) -> dict[str, Any]:
    """One row."""
    kind = Kind(rate, **WAYS[name])
    return {
        "way": name,
        "rate": rate,
        "false_alarms": round(false_alarms(kind, issues=issues, seed=seed), 2),
        "detected": round(detected(kind, issues=issues, seed=seed), 3),
        **({"possible": round(possible(rate), 3)} if name == "steady" else {}),
    }


def possible(rate: float) -> float:
    """The chance that three doubled days are more than what, knowing the rate, is agreed to be rare enough."""
    rare = AGREED / 100 / MONTH
    usual = NEW_DAYS * rate
    return float(poisson.sf(poisson.isf(rare, usual), 2 * usual))


if __name__ == "__main__":
    main()
