"""An issue's life, as plain rules over plain values."""

from issues.lifecycle.acts import (
    ACTS_BY_HAND,
    BY_HAND,
    MOVES,
    TABLE,
    Act,
    act_between,
    acts_by_hand,
    choices_by_hand,
    is_legal,
    target_of,
)
from issues.lifecycle.states import ACTIVE, OVER, State

__all__ = [
    "ACTIVE",
    "ACTS_BY_HAND",
    "BY_HAND",
    "MOVES",
    "OVER",
    "TABLE",
    "Act",
    "State",
    "act_between",
    "acts_by_hand",
    "choices_by_hand",
    "is_legal",
    "target_of",
]
