"""The table of what can be done to an issue, and where it leads."""

from itertools import product

import pytest

from issues.lifecycle import (
    ACTS_BY_HAND,
    BY_HAND,
    MOVES,
    Act,
    State,
    act_between,
    acts_by_hand,
    choices_by_hand,
    is_legal,
    target_of,
)

# Written down once more, by state, as the design tells it.
TOLD: dict[State, dict[Act, State]] = {
    State.NEW: {
        Act.TRIAGE: State.OPEN,
        Act.TAKE: State.IN_PROGRESS,
        Act.FIX: State.RESOLVED,
        Act.IGNORE: State.IGNORED,
        Act.MERGE: State.MERGED,
    },
    State.OPEN: {
        Act.TAKE: State.IN_PROGRESS,
        Act.FIX: State.RESOLVED,
        Act.IGNORE: State.IGNORED,
        Act.MERGE: State.MERGED,
    },
    State.IN_PROGRESS: {
        Act.REOPEN: State.OPEN,
        Act.FIX: State.RESOLVED,
        Act.IGNORE: State.IGNORED,
        Act.MERGE: State.MERGED,
    },
    State.RESOLVED: {
        Act.VERIFY: State.VERIFIED,
        Act.REGRESS: State.REGRESSED,
        Act.REOPEN: State.OPEN,
        Act.MERGE: State.MERGED,
    },
    State.VERIFIED: {Act.REGRESS: State.REGRESSED, Act.REOPEN: State.OPEN, Act.MERGE: State.MERGED},
    State.REGRESSED: {
        Act.TRIAGE: State.OPEN,
        Act.TAKE: State.IN_PROGRESS,
        Act.FIX: State.RESOLVED,
        Act.IGNORE: State.IGNORED,
        Act.QUIET: State.OPEN,
        Act.MERGE: State.MERGED,
    },
    State.IGNORED: {Act.UNIGNORE: State.OPEN, Act.MERGE: State.MERGED},
    State.MERGED: {},
}
PAIRS = list(product(State, Act))


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=[f"{state}-{act}" for state, act in PAIRS])
def test_every_act_leads_where_the_design_says(state: State, act: Act) -> None:
    assert target_of(act, state) == TOLD[state].get(act)


def test_every_state_has_its_moves_and_none_moves_to_itself() -> None:
    assert {state: frozenset(acts.values()) for state, acts in TOLD.items()} == MOVES
    assert [state for state in State if is_legal(state, state)] == []


def test_merged_is_the_end_and_can_be_reached_from_everywhere_else() -> None:
    assert MOVES[State.MERGED] == frozenset()
    assert {state for state in State if is_legal(state, State.MERGED)} == set(State) - {State.MERGED}


def test_people_choose_only_legal_moves_that_are_theirs() -> None:
    for state in State:
        assert set(choices_by_hand(state)) == MOVES[state] & BY_HAND
        assert acts_by_hand(state) == [act for act in ACTS_BY_HAND if act in TOLD[state]]


def test_what_a_person_does_between_two_states_is_one_act_at_most() -> None:
    for source, target in product(State, State):
        acts = [act for act in acts_by_hand(source) if target_of(act, source) == target]
        assert len(acts) < 2
        assert act_between(source, target) == next(iter(acts), None)


def test_nothing_becomes_new_again() -> None:
    assert [state for state in State if is_legal(state, State.NEW)] == []
