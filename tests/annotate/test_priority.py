"""The priority of a session, and the random share: plain values."""

from math import isclose

from annotate.priority import (
    ERROR_STATUS,
    NOTHING_FIRED,
    WEIGHTS,
    Evidence,
    Facts,
    is_random_member,
    prioritise,
    random_place,
)


def evidence(kind: str, strength: float = 1.0, sentence: str = "") -> Evidence:
    return Evidence(kind=kind, strength=strength, sentence=sentence or f"{kind} fired.")


def test_prioritise_gives_a_quiet_session_the_base_rate() -> None:
    quiet = prioritise([], Facts())

    assert isclose(quiet.value, 0.05)
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

    assert given.reasons == [ERROR_STATUS, "brand_new_kind fired"]


def test_prioritise_does_not_depend_on_the_order_of_signals() -> None:
    signals = [evidence(kind, 0.5) for kind in WEIGHTS]

    assert prioritise(signals, Facts()) == prioritise(signals[::-1], Facts())


def test_random_share_is_drawn_evenly_and_stays_as_drawn() -> None:
    drawn = [is_random_member(queue_id=1, session_id=number, share=0.2) for number in range(5000)]

    assert 0.18 < sum(drawn) / len(drawn) < 0.22
    assert drawn == [is_random_member(queue_id=1, session_id=number, share=0.2) for number in range(5000)]
    assert drawn != [is_random_member(queue_id=2, session_id=number, share=0.2) for number in range(5000)]


def test_random_share_of_none_and_of_all() -> None:
    assert not any(is_random_member(queue_id=1, session_id=number, share=0) for number in range(200))
    assert all(is_random_member(queue_id=1, session_id=number, share=1) for number in range(200))


def test_random_places_hold_their_share_in_every_front_part() -> None:
    ranked = [number / 1000 for number in range(1000)]
    places = [random_place(queue_id=1, session_id=number, ranked=ranked) for number in range(2000)]

    for front in (0.9, 0.75, 0.5):
        assert abs(sum(place >= front for place in places) / len(places) - (1 - front)) < 0.03


def test_random_place_without_ranked_sessions_is_the_draw_itself() -> None:
    assert 0 <= random_place(queue_id=1, session_id=1, ranked=[]) < 1
