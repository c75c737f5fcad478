"""The closed lists of what issues and failures may be filtered and sorted by."""

from issues.filters.board import BOARD_FILTERS, GROUPS, SORTS, BoardChoice, choose_issues, read_choice
from issues.filters.failures import FAILURE_FILTERS, choose_failures, read_moment

__all__ = [
    "BOARD_FILTERS",
    "FAILURE_FILTERS",
    "GROUPS",
    "SORTS",
    "BoardChoice",
    "choose_failures",
    "choose_issues",
    "read_choice",
    "read_moment",
]
