"""What people's actions and machines both write: rows and history of one decision, inside the caller's transaction.

Whoever writes several rows locks first the project, then issues by key, then failures by key.
"""

from issues.deciding.changing import change_issue, find_sent, make_decision, note, plain, remember, shift_state
from issues.deciding.opening import check_title, open_issue
from issues.deciding.placing import begin_rows, end_rows, join, lock_issues, transfer
from issues.deciding.teaching import broken_by, teach, teach_again

__all__ = [
    "begin_rows",
    "broken_by",
    "change_issue",
    "check_title",
    "end_rows",
    "find_sent",
    "join",
    "lock_issues",
    "make_decision",
    "note",
    "open_issue",
    "plain",
    "remember",
    "shift_state",
    "teach",
    "teach_again",
    "transfer",
]
