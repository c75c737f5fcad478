"""What can be done to an issue in each state, and where it leads: one table.

An undo is not in it: it leads back to wherever the act that it undoes had found the issue (decision 0013).
"""

from django.db.models import TextChoices

from issues.lifecycle.states import State


class Act(TextChoices):
    """What is done to an issue, by a person or by evidence."""

    TRIAGE = "triage", "Confirm as open"
    TAKE = "take", "Start work"
    FIX = "fix", "Resolve"
    IGNORE = "ignore", "Ignore"
    UNIGNORE = "unignore", "Stop ignoring"
    REOPEN = "reopen", "Reopen"
    VERIFY = "verify", "Verify"
    REGRESS = "regress", "Regress"
    QUIET = "quiet", "Back to open after quiet days"
    MERGE = "merge", "Merge"


UNFIXED = frozenset({State.NEW, State.OPEN, State.IN_PROGRESS, State.REGRESSED})
# Each act: from which states, and to which.
TABLE: dict[Act, tuple[frozenset[State], State]] = {
    Act.TRIAGE: (frozenset({State.NEW, State.REGRESSED}), State.OPEN),
    Act.TAKE: (frozenset({State.NEW, State.OPEN, State.REGRESSED}), State.IN_PROGRESS),
    Act.FIX: (UNFIXED, State.RESOLVED),
    Act.IGNORE: (UNFIXED, State.IGNORED),
    Act.UNIGNORE: (frozenset({State.IGNORED}), State.OPEN),
    Act.REOPEN: (frozenset({State.IN_PROGRESS, State.RESOLVED, State.VERIFIED}), State.OPEN),
    Act.VERIFY: (frozenset({State.RESOLVED}), State.VERIFIED),
    Act.REGRESS: (frozenset({State.RESOLVED, State.VERIFIED}), State.REGRESSED),
    Act.QUIET: (frozenset({State.REGRESSED}), State.OPEN),
    Act.MERGE: (frozenset(State) - {State.MERGED}, State.MERGED),
}
# What a person does on a page; merging has a door of its own, and the others are done by evidence.
ACTS_BY_HAND = (Act.TRIAGE, Act.TAKE, Act.FIX, Act.IGNORE, Act.UNIGNORE, Act.REOPEN)
BY_HAND = frozenset(TABLE[act][1] for act in ACTS_BY_HAND)
MOVES: dict[State, frozenset[State]] = {
    state: frozenset(target for sources, target in TABLE.values() if state in sources) for state in State
}


def target_of(act: Act, state: State) -> State | None:
    """Where the act leads from this state; None where the table does not know it."""
    sources, target = TABLE[act]
    return target if state in sources else None


def is_legal(source: State, target: State) -> bool:
    """Whether an issue may move from `source` to `target`."""
    return target in MOVES[source]


def acts_by_hand(source: State) -> list[Act]:
    """What a person may do to an issue in this state, in the order of the table."""
    return [act for act in ACTS_BY_HAND if target_of(act, source) is not None]


def act_between(source: State, target: State) -> Act | None:
    """What a person does who moves an issue from `source` to `target`; None where nobody may."""
    return next((act for act in acts_by_hand(source) if target_of(act, source) == target), None)


def choices_by_hand(source: State) -> list[State]:
    """The states that a person may move an issue to, in their own order."""
    return [state for state in State if act_between(source, state) is not None]
