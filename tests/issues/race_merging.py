"""One of two that merge the same issues: `tests.issues.race_merging ONE|BROKEN|UNDO|SENT|UNSEEN A:B…`.

ONE and BROKEN merge the second of each pair into the first; UNDO undoes the first as a decision; SENT and UNSEEN send
the same merge, with the same `client_id`, as the other one does. It prints each pair that it did.
"""

import sys
import time
from uuid import UUID

from django.db import IntegrityError

from accounts.models import User
from common.errors import Refused
from issues.actions import merge_issues, undo
from issues.deciding import find_sent, make_decision
from issues.models import Decision, DecisionKind, Issue
from tests.racer import await_all, say

WINDOW_SECONDS = 0.005


def main(variant: str, pairs: list[str]) -> None:
    act = {"ONE": _merge, "BROKEN": _broken, "UNDO": _undo, "SENT": _sent, "UNSEEN": _unseen}[variant]
    await_all()
    for pair in pairs:
        first, second = (int(word) for word in pair.split(":"))
        if act(first, second):
            say(pair)


def _merge(into: int, other: int) -> bool:
    target, source = Issue.objects.get(pk=into), Issue.objects.get(pk=other)
    try:
        merge_issues(into=target, others=[source], actor=User.objects.earliest("pk"))
    except Refused:
        return False
    return True


def _sent(into: int, other: int) -> bool:
    target, source = Issue.objects.get(pk=into), Issue.objects.get(pk=other)
    merge_issues(into=target, others=[source], actor=User.objects.earliest("pk"), client_id=UUID(int=into))
    return True


def _unseen(into: int, _: int) -> bool:
    """The same without locks: look whether it was sent before, then write."""
    project, client_id = Issue.objects.get(pk=into).project, UUID(int=into)
    if find_sent(project, DecisionKind.MERGE, client_id):
        return True
    time.sleep(WINDOW_SECONDS)
    try:
        make_decision(project, DecisionKind.MERGE, client_id=client_id)
    except IntegrityError:
        return False
    return True


def _broken(into: int, other: int) -> bool:
    """The same without locks: look whether both are living, then write. Both may look before either has written."""
    if Issue.objects.living().filter(pk__in=[into, other]).count() < len([into, other]):
        return False
    time.sleep(WINDOW_SECONDS)
    Issue.objects.filter(pk=other).update(state="merged", merged_into=into)
    return True


def _undo(decision: int, _: int) -> bool:
    try:
        undo(decision=Decision.objects.get(pk=decision), actor=User.objects.earliest("pk"))
    except Refused:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
