"""How likely a session is to have failed by the prior, and its reasons: plain values."""

from collections.abc import Sequence
from math import isclose

from annotate.priority import NOTHING_FIRED, PRIOR, Evidence, Facts, features, probability, reasons


def evidence(kind: str, strength: float = 1.0, sentence: str = "") -> Evidence:
    return Evidence(kind=kind, strength=strength, sentence=sentence or f"{kind} fired.")


def told(signals: Sequence[Evidence], facts: Facts) -> tuple[float, list[str]]:
    found = features(signals, facts)
    return probability(PRIOR, found), reasons(PRIOR, found, signals)


def test_a_quiet_session_has_the_base_rate() -> None:
    value, why = told([], Facts())

    assert isclose(value, 0.1)
    assert why == [NOTHING_FIRED]


def test_reasons_come_strongest_first_without_full_stop() -> None:
    _, why = told([evidence("tool_error", 0.5), evidence("hidden_tool_error"), evidence("outlier_cost")], Facts())

    assert why == ["hidden_tool_error fired", "outlier_cost fired", "tool_error fired"]


def test_a_kind_counts_once_by_its_strongest_signal() -> None:
    several = told([evidence("tool_error", strength) for strength in (0.2, 0.9, 0.4)], Facts())
    one = told([evidence("tool_error", 0.9)], Facts())

    assert several == one


def test_probability_rises_with_every_signal_and_strength() -> None:
    values = [
        told(signals, Facts())[0]
        for signals in (
            [],
            [evidence("tool_error", 0.3)],
            [evidence("tool_error", 0.9)],
            [evidence("tool_error", 0.9), evidence("claimed_not_done", 0.9)],
        )
    ]

    assert values == sorted(set(values))
    assert 0 < values[0] < values[-1] < 1


def test_an_error_at_the_end_and_a_kind_without_weight_are_reasons() -> None:
    _, why = told([evidence("brand_new_kind")], Facts(ended_in_error=True))

    assert why == ["the session ended in an error", "brand_new_kind fired"]


def test_the_order_of_signals_changes_nothing() -> None:
    signals = [evidence(kind, 0.5) for kind in PRIOR.weights]

    assert told(signals, Facts()) == told(signals[::-1], Facts())
