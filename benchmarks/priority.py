"""How well the order of reviews finds failures, on files of sessions whose outcome is known and hidden from it.

    python -m benchmarks.priority FILES…

Reads what `import_sessions` reads, in the product's own way: dialects, signals, what is usual in each workflow, the
probability of failure. A reward or score tells the outcome; no ranking sees it, nor any other score.

Prints one line of JSON, and tables for people on standard error. `auc_0`, `lift10_0`, `lift20_0`, `lift30_0` are
before any label, `auc_25` … after 25, 50 and 100; each beside its `…_interval` (95 %). `crude` has the same of a
hand-weighted count of steps, calls, errors and repetitions, and of a logistic regression on these; `signals` each kind
by itself.
"""

import sys
from pathlib import Path

if not __package__:  # called by its path: the modules beside this one would hide others of the same name
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import json
import time
from typing import Any

import numpy as np

from benchmarks import _django  # noqa: F401 # before all that is the product's
from benchmarks._figures import LABELS, by_file, by_signal, with_labels, without_labels
from benchmarks._learning import by_hand, by_prior, learn_crude, learn_model
from benchmarks._outcomes import read_outcomes
from benchmarks._results import table
from benchmarks._sessions import Ranked, seen_by_ranking

COLUMNS = {"auc": "AUC", "lift10": "lift 10 %", "lift20": "lift 20 %", "lift30": "lift 30 %"}


def main() -> None:
    """Everything in one go; a file that tells no outcome is named."""
    asked = read_arguments()
    began = time.perf_counter()
    told, refused = read_outcomes(asked.files)
    random = np.random.default_rng(asked.seed)
    sessions = thinned(seen_by_ranking(told), asked.failing, random)
    for reason in refused[:20]:
        print(reason, file=sys.stderr)
    if len({one.failed for one in sessions}) <= 1:
        sys.exit("There must be both failures and successes to tell one order from another.")
    result = measured(sessions, asked.seeds, random)
    result["left_out"] = len(refused)
    result["seconds"] = round(time.perf_counter() - began, 1)
    if not asked.json_only:
        print(summary(result), file=sys.stderr)
    print(json.dumps(result))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES")
    parser.add_argument("--failing", type=float, help="leave out sessions at random until this share of them failed")
    parser.add_argument("--seeds", type=int, default=10, help="how often labels are drawn anew (10)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures")
    parser.add_argument("--json-only", action="store_true", help="no tables")
    return parser.parse_args()


def thinned(sessions: list[Ranked], share: float | None, random: np.random.Generator) -> list[Ranked]:
    """In each file so few failures, or successes, that `share` of its sessions failed."""
    if share is None:
        return sessions
    kept: list[Ranked] = []
    for source in dict.fromkeys(one.source for one in sessions):
        bad = [one for one in sessions if one.source == source and one.failed]
        good = [one for one in sessions if one.source == source and not one.failed]
        kept += _some(bad, len(good) * share / (1 - share), random) + _some(
            good, len(bad) * (1 - share) / share, random
        )
    return kept


def _some(sessions: list[Ranked], most: float, random: np.random.Generator) -> list[Ranked]:
    return [sessions[place] for place in sorted(random.permutation(len(sessions))[: round(most)])]


def measured(sessions: list[Ranked], seeds: int, random: np.random.Generator) -> dict[str, Any]:
    """All figures, with those of the crude count beside them."""
    base = sum(one.failed for one in sessions) / len(sessions)
    return {
        "benchmark": "priority",
        "sessions": len(sessions),
        "failed": sum(one.failed for one in sessions),
        "base_rate": round(base, 3),
        "best_lift20": round(min(1 / base, 1 / 0.2), 2),
        **without_labels(sessions, by_prior, random),
        **with_labels(sessions, learn_model, seeds, random, queued=True),
        "crude": {
            **without_labels(sessions, by_hand, random),
            **with_labels(sessions, learn_crude, seeds, random, queued=False),
        },
        "files": by_file(sessions),
        "signals": by_signal(sessions),
    }


def summary(result: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [
        {"order": order, "labels": labels, **{name: held[f"{name}_{labels}"] for name in COLUMNS}}
        for order, held in (("Misstep", result), ("crude count", result["crude"]))
        for labels in (0, *LABELS)
    ]
    files = [{"file": name, **held} for name, held in result["files"].items()]
    signals = [{"signal": kind, **held} for kind, held in result["signals"].items()]
    counted = {"sessions": "sessions", "failed": "failed"}
    told = {"fired": "fired", "failed": "of these failed", "precision": "precision", "recall": "recall", "lift": "lift"}
    head = f"{result['sessions']} sessions, {result['failed']} failed, in {result['seconds']} s."
    return "\n\n".join(
        (
            f"{head} No order has a lift above {result['best_lift20']} in the first 20 %.",
            table(lines, ["order", "labels"], COLUMNS),
            table(files, ["file"], counted | COLUMNS),
            table(signals, ["signal"], told),
        )
    )


if __name__ == "__main__":
    main()
