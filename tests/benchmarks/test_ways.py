"""What ways of grouping are told to have found and to have cost: each figure under its own name."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import _ways
from benchmarks._timed import timed
from benchmarks._vectors import WARM_UP, embed
from benchmarks._ways import by_mechanism, by_peer, quality
from clustering.engine.embed import Vectors

LABELS = list("aaabbbca")
# A group of three a and a b, one of two b; c and the last a are in none.
GROUPS = np.array([[0, 0, 0, 0, 1, 1, -1, -1]])
VECTORS = np.zeros((8, 3), dtype=np.float32)
TAKEN = {"seconds": [9.0, 5.0, 7.0], "cpu": [1.0, 3.0, 2.0], "peak_mb": 512.4, "group_peak_mb": 12.34}
NAP = 0.2


def test_quality_tells_each_figure_under_its_name() -> None:
    found = quality(LABELS, GROUPS)

    precision = (3 * 3 / 4 + 1 / 4 + 2 + 1 + 1) / 8
    recall = (3 * 3 / 4 + 1 / 3 + 2 * 2 / 3 + 1 + 1 / 4) / 8
    assert (found["clusters"], found["unassigned"]) == (2, 0.25)
    assert found["bcubed_precision"] == pytest.approx(precision, abs=1e-4)
    assert found["bcubed_recall"] == pytest.approx(recall, abs=1e-4)
    assert found["bcubed_f"] == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-4)
    assert found["ari_assigned"] > found["ari"]


def test_quality_of_several_runs_is_their_median() -> None:
    found = quality(LABELS, np.array([[0] * 8, [-1] * 8, [0, 0, 1, 1, -1, -1, -1, -1]]))
    assert (found["clusters"], found["unassigned"]) == (1, 0.5)


def told(monkeypatch: pytest.MonkeyPatch, taken: dict[str, Any]) -> None:
    monkeypatch.setattr(_ways, "_run", lambda *_: (GROUPS, taken))


def test_costs_of_a_mechanism_are_medians_each_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, TAKEN)
    found = by_mechanism("v1", [""] * 8, VECTORS, LABELS)

    assert (found["group_seconds"], found["group_cpu"], found["group_cpu_range"]) == (7.0, 2.0, [1.0, 3.0])
    assert (found["runs"], found["peak_mb"], found["group_peak_mb"]) == (3, 512, 12.3)
    assert found["unassigned"] == 0.25


def test_the_peers_core_is_told_beside_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, {**TAKEN, "core_cpu": [0.5, 1.5, 0.7], "versions": {"bertopic": "0.17.4"}})
    found = by_peer(Path("python"), [""] * 8, VECTORS, LABELS)

    assert (found["group_cpu"], found["core_cpu"], found["version"]) == (2.0, 0.7, "0.17.4")


def test_what_the_peer_cannot_do_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, {"error": "ValueError: too few", "versions": {}})
    assert by_peer(Path("python"), [], VECTORS, [])["error"] == "ValueError: too few"


def test_sleeping_takes_seconds_and_no_cpu() -> None:
    answers, taken = timed(lambda: time.sleep(NAP), 2)

    assert (len(answers), len(taken["seconds"]), len(taken["cpu"])) == (2, 2, 2)
    assert min(taken["seconds"]) >= NAP
    assert max(taken["cpu"]) < NAP / 2


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="the system does not let peaks be forgotten"
)
def test_memory_of_the_call_is_what_it_had_beyond_what_was_there() -> None:
    _, taken = timed(lambda: np.ones(8_000_000).sum(), 1)

    assert taken["peak_mb"] > taken["group_peak_mb"] > 40


class Slow:
    """An embedder that waits for each text."""

    name = "slow"

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        time.sleep(NAP * len(texts))
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


def test_each_distinct_text_is_embedded_once_and_its_cost_told() -> None:
    slow = Slow()
    found = embed(["a", "bb", "a", "a"], slow)

    assert found.vectors[:, 0].tolist() == [1, 2, 1, 1]
    assert found.seconds is not None
    assert found.cpu is not None
    assert slow.read == [*WARM_UP, "a", "bb"]
    assert found.seconds >= 2 * NAP
    assert found.cpu < NAP
