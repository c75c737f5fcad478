"""One of two processes that move the same issues: `python -m tests.issues.race ONE|BROKEN TARGET ISSUE…`.

It waits for a line on its input, so that both begin together, then prints the id of each issue that it moved.
"""

import os
import sys
import time

import django

WINDOW_SECONDS = 0.005


def main(variant: str, target: str, issue_ids: list[int]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    move = {"ONE": _move, "BROKEN": _broken}[variant]
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    for issue_id in issue_ids:
        if move(issue_id, target):
            print(issue_id, flush=True)  # noqa: T201


def _move(issue_id: int, target: str) -> bool:
    """The product's own move, from where both saw the issue stand."""
    from common.errors import Refused  # noqa: PLC0415  # models exist only after setup
    from issues.actions import move_issue  # noqa: PLC0415
    from issues.lifecycle import State  # noqa: PLC0415
    from issues.models import Issue  # noqa: PLC0415

    try:
        move_issue(issue=Issue.objects.get(pk=issue_id), source=State.NEW, target=State(target), actor=None)
    except Refused:
        return False
    return True


def _broken(issue_id: int, target: str) -> bool:
    """The same without compare-and-set: look, then write. Both may look before either has written."""
    from issues.models import Issue  # noqa: PLC0415

    if Issue.objects.get(pk=issue_id).state != "new":
        return False
    time.sleep(WINDOW_SECONDS)
    Issue.objects.filter(pk=issue_id).update(state=target)
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(word) for word in sys.argv[3:]])
