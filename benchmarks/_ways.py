"""Ways of grouping, each in a process of its own, on the same texts and vectors; scored in one way."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._agreement import UNASSIGNED, Groups, ari, ari_assigned, scores
from clustering.engine.embed import Vectors

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks" / "_peer_grouping.py"
# Up to these sizes a way is run three times: ours for its time, the peer because it draws at random.
OFTEN_OURS, OFTEN_PEER = 2000, 1000
RUNS = 3

Figures = dict[str, Any]


def by_mechanism(name: str, texts: Sequence[str], vectors: Vectors, labels: Sequence[str]) -> Figures:
    """A mechanism of ours."""
    runs = RUNS if len(texts) <= OFTEN_OURS else 1
    groups, taken = _run([sys.executable, "-m", "benchmarks._own_grouping"], [name, str(runs)], texts, vectors)
    return {**quality(labels, groups), **_times(taken)}


def by_peer(python: Path, texts: Sequence[str], vectors: Vectors, labels: Sequence[str]) -> Figures:
    """BERTopic in the Python that has it; medians over its runs. What it cannot do is told as `error`."""
    runs = RUNS if len(texts) <= OFTEN_PEER else 1
    groups, taken = _run([str(python), str(PEER)], [str(runs)], texts, vectors)
    versions = {"version": taken["versions"].get("bertopic"), "versions": taken["versions"]}
    if "error" in taken:
        return {"name": "bertopic", "error": taken["error"], **versions}
    core = statistics.median(taken["core_cpu"])
    return {"name": "bertopic", **quality(labels, groups), **_times(taken), "core_cpu": round(core, 4), **versions}


def has_peer(python: Path) -> bool:
    """Whether this Python would find BERTopic; it is not imported."""
    asked = "import importlib.util, sys; sys.exit(importlib.util.find_spec('bertopic') is None)"
    try:
        return subprocess.run([str(python), "-P", "-c", asked], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def quality(labels: Sequence[str], runs: Groups) -> Figures:
    """Medians over the rows of `runs`, each one a group number per text, -1 for none."""
    each = [_quality(labels, groups) for groups in runs]
    return {name: _median([one[name] for one in each]) for name in each[0]}


def _quality(labels: Sequence[str], groups: Groups) -> Figures:
    return {
        "clusters": len(np.unique(groups[groups != UNASSIGNED])),
        "unassigned": float((groups == UNASSIGNED).mean()) if len(groups) else 0.0,
        **vars(scores(labels, groups)),
        "ari_pool_as_one": ari(labels, groups),
        "ari_assigned": ari_assigned(labels, groups),
    }


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    middle = statistics.median(known)
    return middle if isinstance(middle, int) else round(middle, 4)


def _times(taken: Figures) -> Figures:
    cpu = taken["cpu"]
    return {
        "runs": len(cpu),
        "group_seconds": round(statistics.median(taken["seconds"]), 4),
        "group_cpu": round(statistics.median(cpu), 4),
        "group_cpu_range": [round(min(cpu), 4), round(max(cpu), 4)],
        "peak_mb": round(taken["peak_mb"]),
        "group_peak_mb": round(taken["group_peak_mb"], 1),
    }


def _run(
    program: list[str], arguments: list[str], texts: Sequence[str], vectors: Vectors
) -> tuple[Groups, dict[str, Any]]:
    """What a child found, shape (runs, texts), and the line that it printed."""
    with TemporaryDirectory(prefix="misstep-bench-") as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(list(texts)))
        np.save(folder / "vectors.npy", vectors)
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        done = subprocess.run(
            [*program, name, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        written = folder / "groups.npy"
        groups = np.load(written) if written.exists() else np.zeros((0, len(texts)), dtype=np.int64)
    return groups, json.loads(done.stdout.splitlines()[-1])
