"""An issue's life, as plain rules over plain values."""

from issues.lifecycle.states import ACTIVE, BY_HAND, MOVES, State, choices_by_hand, is_legal

__all__ = ["ACTIVE", "BY_HAND", "MOVES", "State", "choices_by_hand", "is_legal"]
