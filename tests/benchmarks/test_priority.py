"""The benchmark of priorities: what it reads, what it hides, and how it counts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from benchmarks._figures import by_signal
from benchmarks._learning import by_hand, by_prior, cross_fitted, figures, learn_model, weighted_figures
from benchmarks._outcomes import has_failed, read_outcomes
from benchmarks._sessions import Ranked, seen_by_ranking
from ingest.records import ScoreRecord

ROOT = Path(__file__).resolve().parents[2]


def run_of(number: int, *, reward: float, turns: int = 2) -> dict[str, object]:
    """A session as tau-bench writes it, with what tells the outcome."""
    said = [
        {"role": role, "content": f"{role} {number} says {turn}"}
        for turn in range(turns)
        for role in ("user", "assistant")
    ]
    return {
        "task_id": number,
        "trial": 0,
        "reward": reward,
        "traj": [{"role": "system", "content": "# Shop agent policy"}, *said],
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Forty sessions; long ones fail more often."""
    runs = [
        run_of(number, reward=float(number % 3 > 0), turns=9 if number % 3 == 0 else 2 + number % 5)
        for number in range(40)
    ]
    file = tmp_path / "results.json"
    file.write_text(json.dumps(runs))
    return file


def score(name: str, value: float | None = None, label: str = "") -> ScoreRecord:
    return ScoreRecord(identity="1", name=name, value=value, label=label, external_id="s")


def ranked(features: dict[str, float], *, failed: bool, kinds: tuple[str, ...] = ()) -> Ranked:
    return Ranked(features, frozenset(kinds), np.zeros(4), failed, "file", "s")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([score("reward", 1.0)], False),
        ([score("reward", 0.0)], True),
        ([score("reward", 0.5)], True),
        ([score("helpfulness", 0.1), score("reward", 1.0)], False),
        ([score("success", label="fail")], True),
        ([score("resolved", label="yes")], False),
        ([score("error_rate", 0.9)], True),
        ([score("latency", 3.0)], None),
        ([], None),
    ],
)
def test_has_failed_reads_the_surest_of_a_sessions_scores(*, scores: list[ScoreRecord], expected: bool | None) -> None:
    ranges = {one.name: (0.0, 1.0) for one in scores if one.value is not None}

    assert has_failed(scores, ranges) is expected


def test_read_outcomes_gives_each_session_once_without_its_scores(results: Path) -> None:
    told, refused = read_outcomes([results, results])

    assert (len(told), sum(one.failed for one in told), refused) == (40, 14, [])
    assert {one.row.workflow for one in told} == {"shop"}
    assert not any("reward" in json.dumps(one.row.metadata) for one in told)


def test_ranking_sees_the_same_whatever_the_outcome(tmp_path: Path) -> None:
    seen = []
    for reward in (0.0, 1.0):
        file = tmp_path / f"{reward}.json"
        file.write_text(json.dumps([run_of(number, reward=reward, turns=2 + number) for number in range(9)]))
        seen.append([one.features for one in seen_by_ranking(read_outcomes([file])[0])])

    assert seen[0] == seen[1]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=60))
def test_figures_agree_with_scikit_learn(told: list[tuple[int, bool]]) -> None:
    scores = np.array([float(score) for score, _ in told])
    failed = np.array([bad for _, bad in told])
    found = figures(scores, failed)["auc"]

    if failed.all() or not failed.any():
        assert np.isnan(found)
    else:
        assert found == pytest.approx(roc_auc_score(failed, scores))


def test_lift_of_the_best_order_is_the_best_possible_and_of_ties_one() -> None:
    failed = np.array([True] * 30 + [False] * 70)

    assert figures(failed.astype(float), failed)["lift20"] == pytest.approx(1 / 0.3)
    assert figures(np.ones(100), failed)["lift20"] == pytest.approx(1.0)
    assert figures(-failed.astype(float), failed)["lift20"] == 0.0


def test_weighted_figures_are_those_of_sessions_written_so_often() -> None:
    scores, failed = np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, False, True, False])
    times = np.array([[1.0, 2.0, 0.0, 3.0], [4.0, 1.0, 1.0, 1.0]])

    found = weighted_figures(scores, failed, times)
    for row, counts in enumerate(times.astype(int)):
        written = figures(np.repeat(scores, counts), np.repeat(failed, counts))
        assert {name: values[row] for name, values in found.items()} == pytest.approx(written)


def test_by_signal_counts_sessions_not_signals() -> None:
    sessions = [ranked({}, failed=True, kinds=("tool_error",))] * 3 + [ranked({}, failed=False)] * 7

    assert by_signal(sessions)["tool_error"] == {
        "fired": 3,
        "failed": 3,
        "precision": 1.0,
        "precision_interval": [0.439, 1.0],
        "recall": 1.0,
        "lift": 3.33,
    }


def test_cross_fitted_never_learns_from_the_session_that_it_scores() -> None:
    """Every session has a feature of its own: whoever had learned from it would know its outcome."""
    sessions = [ranked({f"tool={number}": 1.0}, failed=number % 2 == 0) for number in range(60)]
    scores = cross_fitted(sessions, [40], np.random.default_rng(1), learn_model, queued=True)[0]
    by_fold = {round(value, 9) for value in scores}

    assert len(by_fold) <= 5


def test_cross_fitted_learns_what_the_prior_does_not_know() -> None:
    sessions = [
        ranked({"tool=bad" if number % 3 == 0 else "tool=good": 1.0}, failed=number % 3 == 0) for number in range(90)
    ]
    failed = np.array([one.failed for one in sessions])

    learned = cross_fitted(sessions, [50], np.random.default_rng(1), learn_model, queued=True)[0]

    assert figures(by_prior(sessions), failed)["auc"] == 0.5
    assert figures(learned, failed)["auc"] > 0.95


def test_by_hand_counts_errors_thrice() -> None:
    sessions = [Ranked({}, frozenset(), np.array([10.0, 2.0, 1.0, 1.0]), False, "file", "s")]

    assert list(by_hand(sessions)) == [17.0]


@pytest.mark.parametrize("call", [["-m", "benchmarks.priority"], [str(ROOT / "benchmarks" / "priority.py")]])
def test_the_command_prints_one_line_of_json(results: Path, call: list[str]) -> None:
    command = [sys.executable, *call, str(results), "--seeds", "1", "--json-only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 # our own words
    told = json.loads(done.stdout)

    assert done.stdout.count("\n") == 1
    assert (told["sessions"], told["failed"], told["files"]["results.json"]["sessions"]) == (40, 14, 40)
    assert told["auc_0"] > 0.7
    assert {f"{name}_{labels}" for name in ("auc", "lift10", "lift20", "lift30") for labels in (0, 25, 50, 100)} <= set(
        told
    )
