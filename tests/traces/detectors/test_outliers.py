"""The detector of numbers that stand out."""

import pytest

from traces.detectors.outliers import detect, robust_z
from traces.records import Baseline, SessionFacts

USUAL = {
    "cost": Baseline(0.02, 0.005, 120),
    "latency": Baseline(20_000, 5_000, 120),
    "tokens": Baseline(1_000, 200, 120),
    "steps": Baseline(10, 2, 120),
    "tool_calls": Baseline(3, 1, 120),
}


def session(baselines: dict[str, Baseline] = USUAL, /, **totals: float | None) -> SessionFacts:
    return SessionFacts(steps=(), totals=totals, baselines=baselines)


@pytest.mark.parametrize(
    ("total", "value", "sentence"),
    [
        ("cost", 0.08, "It cost $0.0800, 4.0× this workflow's median of $0.0200 (120 sessions)."),
        ("latency", 90_000, "It took 1 min 30 s, 4.5× this workflow's median of 20.0 s (120 sessions)."),
        ("tokens", 9_000, "It used 9,000 tokens, 9.0× this workflow's median of 1,000 (120 sessions)."),
        ("steps", 40, "It has 40 steps, 4.0× this workflow's median of 10 (120 sessions)."),
        ("tool_calls", 12, "It made 12 tool calls, 4.0× this workflow's median of 3 (120 sessions)."),
    ],
)
def test_detect_finds_a_number_far_above_the_median(total: str, value: float, sentence: str) -> None:
    [found] = detect(session(**{total: value}))
    assert (found.kind, found.step_key, found.sentence) == (f"outlier_{total}", "", sentence)


def test_detect_is_surer_the_further_above() -> None:
    strengths = [next(iter(detect(session(steps=steps)))).strength for steps in (21, 30, 60, 1000)]
    assert strengths == sorted(strengths)
    assert (strengths[0], strengths[-1]) == (0.32, 1.0)


@pytest.mark.parametrize(
    "quiet",
    [
        pytest.param(session(steps=20), id="z just under the cut"),
        pytest.param(session(steps=1), id="far below"),
        pytest.param(session(steps=10), id="usual"),
        pytest.param(session(cost=None), id="unknown"),
        pytest.param(session({}, steps=500), id="no baseline"),
        pytest.param(session({"steps": Baseline(10, 2, 29)}, steps=500), id="29 sessions"),
        pytest.param(session({"steps": Baseline(100, 1, 90)}, steps=120), id="a small difference among equals"),
        pytest.param(session({"cost": Baseline(0, 0, 90)}, cost=1), id="a workflow that costs nothing"),
    ],
)
def test_detect_is_silent_where_nothing_stands_out(quiet: SessionFacts) -> None:
    assert list(detect(quiet)) == []


def test_robust_z_survives_a_spread_of_zero() -> None:
    assert robust_z(20, Baseline(10, 0, 90)) == pytest.approx(6.745)


def test_detect_keeps_to_the_limits_that_a_project_moved() -> None:
    assert [one.kind for one in detect(session(steps=21))] == ["outlier_steps"]
    assert list(detect(session(steps=21), cut=4.0)) == []
    assert list(detect(session(steps=21), times_median=2.5)) == []
    assert [one.kind for one in detect(session(steps=17), cut=2.0)] == ["outlier_steps"]
