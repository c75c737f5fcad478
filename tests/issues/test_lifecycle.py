"""The table of an issue's legal moves."""

from issues.lifecycle import BY_HAND, MOVES, State, choices_by_hand, is_legal


def test_every_state_has_its_moves_and_none_moves_to_itself() -> None:
    assert set(MOVES) == set(State)
    assert [state for state in State if is_legal(state, state)] == []


def test_merged_is_the_end_and_can_be_reached_from_everywhere_else() -> None:
    assert MOVES[State.MERGED] == frozenset()
    assert {state for state in State if is_legal(state, State.MERGED)} == set(State) - {State.MERGED}


def test_people_choose_only_legal_moves_that_are_theirs() -> None:
    for state in State:
        assert set(choices_by_hand(state)) == MOVES[state] & BY_HAND


def test_nothing_becomes_new_again() -> None:
    assert [state for state in State if is_legal(state, State.NEW)] == []
