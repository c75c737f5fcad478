"""The priority of a session and its reasons: plain values."""

from math import isclose

from annotate.priority import NOTHING_FIRED, PRIOR, Evidence, Facts, prioritise


def evidence(kind: str, strength: float = 1.0, sentence: str = "") -> Evidence:
    return Evidence(kind=kind, strength=strength, sentence=sentence or f"{kind} fired.")


def test_prioritise_gives_a_quiet_session_the_base_rate() -> None:
    quiet = prioritise([], Facts())

    assert isclose(quiet.value, 0.1)
    assert quiet.reasons == [NOTHING_FIRED]


def test_prioritise_names_reasons_strongest_first_without_full_stop() -> None:
    given = prioritise([evidence("tool_error", 0.5), evidence("hidden_tool_error"), evidence("outlier_cost")], Facts())

    assert given.reasons == ["hidden_tool_error fired", "outlier_cost fired", "tool_error fired"]


def test_prioritise_counts_a_kind_once_by_its_strongest_signal() -> None:
    several = prioritise([evidence("tool_error", strength) for strength in (0.2, 0.9, 0.4)], Facts())
    one = prioritise([evidence("tool_error", 0.9)], Facts())

    assert several == one


def test_prioritise_rises_with_every_signal_and_strength() -> None:
    values = [
        prioritise(signals, Facts()).value
        for signals in (
            [],
            [evidence("tool_error", 0.3)],
            [evidence("tool_error", 0.9)],
            [evidence("tool_error", 0.9), evidence("claimed_not_done", 0.9)],
        )
    ]

    assert values == sorted(set(values))
    assert 0 < values[0] < values[-1] < 1


def test_prioritise_knows_an_error_at_the_end_and_a_kind_without_weight() -> None:
    given = prioritise([evidence("brand_new_kind")], Facts(ended_in_error=True))

    assert given.reasons == ["the session ended in an error", "brand_new_kind fired"]


def test_prioritise_does_not_depend_on_the_order_of_signals() -> None:
    signals = [evidence(kind, 0.5) for kind in PRIOR.weights]

    assert prioritise(signals, Facts()) == prioritise(signals[::-1], Facts())
