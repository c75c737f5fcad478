"""What a review would teach: impact from severity, users and cost; news from what was reviewed."""

from typing import Any

import numpy as np
import pytest

from annotate.priority.worth import LEAST_NEWS, impact_of, looks, nearness, news_of, severity_of

SAME = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)
OTHER = np.array([[0.0, 1.0, 0.0]], dtype=np.float32)
MEDIUM, CRITICAL, LOW = 1.0, 3.0, 0.0


def test_a_usual_session_has_an_impact_of_1() -> None:
    assert impact_of(severity=MEDIUM, users=1, relative_cost=1) == 1
    assert impact_of(severity=MEDIUM, users=0, relative_cost=None) == 1
    assert impact_of(severity=MEDIUM, users=1, relative_cost=0) == 1


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"severity": CRITICAL}, {"severity": LOW}),
        ({"users": 100}, {"users": 1}),
        ({"relative_cost": 4.0}, {"relative_cost": 0.5}),
    ],
)
def test_severity_users_and_cost_each_raise_the_impact(more: dict[str, Any], less: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"severity": MEDIUM, "users": 1, "relative_cost": None}

    assert impact_of(**{**usual, **more}) > impact_of(**{**usual, **less})


def test_impact_stays_within_a_half_and_two() -> None:
    assert impact_of(severity=CRITICAL, users=10**9, relative_cost=10**9) == 2
    assert impact_of(severity=LOW, users=1, relative_cost=1e-9) > 0.5


def test_few_failures_say_little_about_severity_and_many_say_all() -> None:
    assert severity_of([]) == MEDIUM
    assert severity_of([CRITICAL]) == 1.5
    assert severity_of([CRITICAL] * 97) == pytest.approx(2.94)


def test_everything_is_news_before_the_first_review() -> None:
    assert news_of(SAME, np.zeros((0, 3), dtype=np.float32), []).tolist() == [1]


def test_what_is_unlike_anything_reviewed_is_news() -> None:
    assert news_of(SAME, np.repeat(OTHER, 50, axis=0), ["success"] * 50).tolist() == [1]


def test_the_tenth_of_a_well_understood_failure_teaches_little() -> None:
    news = [news_of(SAME, np.repeat(SAME, n, axis=0), ["type 1"] * n)[0] for n in (1, 5, 10, 1000)]

    assert news == sorted(news, reverse=True)
    assert news[1] == pytest.approx((1 + LEAST_NEWS) / 2)
    assert news[2] == 0.5
    assert LEAST_NEWS <= news[3] < LEAST_NEWS + 0.01


def test_where_alike_sessions_came_out_differently_there_is_more_to_learn() -> None:
    reviewed = np.repeat(SAME, 10, axis=0)

    assert news_of(SAME, reviewed, ["success", "type 1"] * 5)[0] > news_of(SAME, reviewed, ["success"] * 10)[0]


def test_looks_are_alike_by_what_was_done_and_by_what_fired() -> None:
    profiles = np.repeat(SAME, 4, axis=0)
    fired = [{"tool_loop": 1.0}, {"tool_loop": 0.5}, {"frustration": 1.0}, {}]
    near = nearness(*[looks(profiles, fired, ["frustration", "tool_loop"])] * 2)

    assert near[0].round(4).tolist() == [1, 1, 0, 0]
    assert near[3].round(4).tolist() == [0, 0, 0, 1]


def test_a_kind_that_does_not_matter_counts_as_nothing_fired() -> None:
    profiles = np.repeat(SAME, 2, axis=0)
    near = nearness(*[looks(profiles, [{"outlier_cost": 1.0}, {}], ["tool_loop"])] * 2)

    assert near[0].round(4).tolist() == [1, 1]
