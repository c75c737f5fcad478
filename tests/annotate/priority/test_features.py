"""What ranking sees of a session: signals, how it lies beside its workflow's usual, and its segments."""

from math import expm1

import pytest

from annotate.priority import PRIOR, TYPICAL, Evidence, Facts, features, fit, in_words, probability, reasons, usual_of
from annotate.priority.features import FARTHEST
from traces.detectors import LABELS


def test_features_take_the_strongest_signal_of_a_kind() -> None:
    signals = [Evidence("tool_error", strength, "It failed.") for strength in (0.2, 0.9, 0.4)]

    assert features(signals, Facts()) == {"tool_error": 0.9}


def test_features_of_a_usual_session_are_all_nothing() -> None:
    shape = {name: expm1(usual.centre) for name, usual in TYPICAL.items()}

    assert features([], Facts(shape=shape)) == {}


def test_features_of_a_session_without_a_shape_say_nothing_of_it() -> None:
    assert features([], Facts(ended_in_error=True)) == {"ended_in_error": 1.0}


def test_features_measure_a_number_beside_its_own_workflow() -> None:
    short, long = usual_of([{"steps": 10}] * 200), usual_of([{"steps": 60}] * 200)

    beside_short = features([], Facts(shape={"steps": 30}, usual=short))["steps"]
    beside_long = features([], Facts(shape={"steps": 30}, usual=long))["steps"]

    assert beside_long < 0 < beside_short


def test_features_stay_within_bounds_whatever_the_numbers() -> None:
    usual = usual_of([{"steps": 5}] * 1000)
    found = features([], Facts(shape=dict.fromkeys(TYPICAL, 1e12), usual=usual))

    assert set(found) == set(TYPICAL)
    assert set(found.values()) == {FARTHEST}


def test_features_name_segments_and_tools() -> None:
    found = features([], Facts(segments={"workflow": "refunds", "release": ""}, tools=["cancel_order"]))

    assert found == {"workflow=refunds": 1.0, "tool=cancel_order": 1.0}


def test_features_find_sessions_like_those_that_failed() -> None:
    one, other = ([1.0, 0.0], [0.0, 1.0])
    rows = [features([], Facts(profile=profile)) for profile in [one, other] * 30]
    learned = fit(rows, [True, False] * 30)

    assert rows[0] == {"profile=0": 1.0}
    assert probability(PRIOR, rows[0]) == probability(PRIOR, rows[1])
    assert probability(learned, rows[0]) > 0.5 > probability(learned, rows[1])
    assert reasons(learned, rows[0], []) == ["what was asked and done is like sessions that failed"]


def test_usual_of_nothing_is_nothing() -> None:
    assert usual_of([]) == {}
    assert usual_of([{}, {}]) == {}


def test_usual_of_a_few_sessions_stays_near_what_is_typical() -> None:
    typical = TYPICAL["steps"].centre
    centres = [usual_of([{"steps": 400}] * count)["steps"].centre for count in (1, 10, 300)]

    assert typical < centres[0] < typical + 0.5
    assert centres == sorted(centres)
    assert centres[2] == pytest.approx(6.0, abs=0.1)


def test_longer_sessions_are_likelier_failures_all_else_alike() -> None:
    chances = [probability(PRIOR, features([], Facts(shape={"steps": steps}))) for steps in (5, 20, 40, 80)]

    assert chances == sorted(set(chances))


def test_segments_count_for_nothing_until_reviews_show_that_they_differ() -> None:
    good, bad = ({f"workflow={name}": 1.0} for name in ("orders", "refunds"))
    learned = fit([good] * 20 + [bad] * 20, [False] * 18 + [True] * 2 + [True] * 15 + [False] * 5)

    assert probability(PRIOR, good) == probability(PRIOR, bad) == probability(PRIOR, {})
    assert probability(learned, good) < probability(learned, {}) < probability(learned, bad)
    assert reasons(learned, bad, []) == ["sessions of “refunds” failed more often than others"]


def test_reasons_leave_out_facts_that_hardly_count() -> None:
    assert reasons(PRIOR, {"steps": 0.2, "listed": 0.1}, []) == ["nothing stands out in it"]
    assert reasons(PRIOR, {"steps": 2.0, "listed": 0.1}, []) == ["longer than usual in its workflow"]


def test_reasons_leave_out_a_signal_that_speaks_against_a_failure() -> None:
    learned = fit([{"tool_error": 1.0}] * 60 + [{}] * 40, [False] * 60 + [True] * 20 + [False] * 20)

    assert learned.weight("tool_error") < 0
    found = Evidence("tool_error", 1.0, "It failed.")
    assert reasons(learned, {"tool_error": 1.0}, [found]) == ["nothing stands out in it"]


def test_every_number_of_a_shape_has_a_prior_and_words_where_more_is_worse() -> None:
    assert set(TYPICAL) <= set(PRIOR.weights)
    assert all(in_words(name) for name in TYPICAL if PRIOR.weight(name) > 0)


def test_every_kind_of_signal_has_a_weight_set_by_hand() -> None:
    assert set(LABELS) - set(PRIOR.weights) == set()
