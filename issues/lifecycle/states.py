"""The states of an issue and the moves between them, as one table."""

from django.db.models import TextChoices


class State(TextChoices):
    """Where an issue stands."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    RESOLVED = "resolved", "Resolved"
    VERIFIED = "verified", "Verified"
    REGRESSED = "regressed", "Regressed"
    IGNORED = "ignored", "Ignored"
    MERGED = "merged", "Merged"


MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.OPEN, State.IN_PROGRESS, State.IGNORED, State.RESOLVED, State.MERGED}),
    State.OPEN: frozenset({State.IN_PROGRESS, State.IGNORED, State.RESOLVED, State.MERGED}),
    State.IN_PROGRESS: frozenset({State.OPEN, State.RESOLVED, State.IGNORED, State.MERGED}),
    State.RESOLVED: frozenset({State.VERIFIED, State.REGRESSED, State.OPEN, State.MERGED}),
    State.VERIFIED: frozenset({State.REGRESSED, State.OPEN, State.MERGED}),
    State.REGRESSED: frozenset({State.IN_PROGRESS, State.RESOLVED, State.IGNORED, State.OPEN, State.MERGED}),
    State.IGNORED: frozenset({State.OPEN, State.MERGED}),
    State.MERGED: frozenset(),
}
# What a person may choose on a page; the others are entered by evidence (verified, regressed) or by merging.
BY_HAND = frozenset({State.OPEN, State.IN_PROGRESS, State.RESOLVED, State.IGNORED})
ACTIVE = frozenset({State.NEW, State.OPEN, State.IN_PROGRESS, State.REGRESSED})


def is_legal(source: State, target: State) -> bool:
    """Whether an issue may move from `source` to `target`."""
    return target in MOVES[source]


def choices_by_hand(source: State) -> list[State]:
    """The states that a person may move an issue to, in the order of the table."""
    return [state for state in State if state in BY_HAND and is_legal(source, state)]
