"""One of two processes that move the same issues: `tests.issues.race ONE|BROKEN TARGET ISSUE…`.

It prints the id of each issue that it moved.
"""

import sys
import time

from common.errors import Refused
from issues.actions import move_issue
from issues.lifecycle import State
from issues.models import Issue
from tests.racer import await_all, say

WINDOW_SECONDS = 0.005


def main(variant: str, target: str, issue_ids: list[int]) -> None:
    move = {"ONE": _move, "BROKEN": _broken}[variant]
    await_all()
    for issue_id in issue_ids:
        if move(issue_id, target):
            say(issue_id)


def _move(issue_id: int, target: str) -> bool:
    """The product's own move, from where both saw the issue stand."""
    try:
        move_issue(issue=Issue.objects.get(pk=issue_id), source=State.NEW, target=State(target), actor=None)
    except Refused:
        return False
    return True


def _broken(issue_id: int, target: str) -> bool:
    """The same without compare-and-set: look, then write. Both may look before either has written."""
    if Issue.objects.get(pk=issue_id).state != "new":
        return False
    time.sleep(WINDOW_SECONDS)
    Issue.objects.filter(pk=issue_id).update(state=target)
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(word) for word in sys.argv[3:]])
