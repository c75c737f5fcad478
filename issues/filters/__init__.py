"""The closed lists of what issues, failures and decisions may be filtered and sorted by."""

from issues.filters.board import (
    BOARD_FILTERS,
    GROUPS,
    SORTS,
    BoardChoice,
    as_saved,
    choose_issues,
    named_like,
    read_choice,
    with_present_type,
)
from issues.filters.decisions import CONSTRAINT_FILTERS, DECISION_FILTERS, choose_constraints, choose_decisions
from issues.filters.failures import FAILURE_FILTERS, choose_failures, read_moment

__all__ = [
    "BOARD_FILTERS",
    "CONSTRAINT_FILTERS",
    "DECISION_FILTERS",
    "FAILURE_FILTERS",
    "GROUPS",
    "SORTS",
    "BoardChoice",
    "as_saved",
    "choose_constraints",
    "choose_decisions",
    "choose_failures",
    "choose_issues",
    "named_like",
    "read_choice",
    "read_moment",
    "with_present_type",
]
