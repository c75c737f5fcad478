"""What people's actions and machines both write: rows and history of one decision, inside the caller's transaction.

Whoever writes several rows locks first the project, then issues by key, then failures by key.
"""

from issues.deciding.changing import change_issue, find_sent, make_decision, note, plain, remember, shift_state
from issues.deciding.lives import FOR_GOOD, NO_FIX, ending_of
from issues.deciding.opening import check_title, open_issue
from issues.deciding.placing import begin_rows, end_rows, join, lock_issues, transfer
from issues.deciding.releases import meet_release, name_release
from issues.deciding.teaching import broken_by, teach, teach_again, who_keeps_apart

__all__ = [
    "FOR_GOOD",
    "NO_FIX",
    "begin_rows",
    "broken_by",
    "change_issue",
    "check_title",
    "end_rows",
    "ending_of",
    "find_sent",
    "join",
    "lock_issues",
    "make_decision",
    "meet_release",
    "name_release",
    "note",
    "open_issue",
    "plain",
    "remember",
    "shift_state",
    "teach",
    "teach_again",
    "transfer",
    "who_keeps_apart",
]
