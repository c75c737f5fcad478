"""One of two that merge the same issues: `python -m tests.issues.race_merging ONE|BROKEN|UNDO A:B…`.

ONE and BROKEN merge the second of each pair into the first; UNDO undoes the first as a decision. It waits for a line on
its input, so that both begin together, then prints each pair that it did.
"""

import os
import sys
import time

import django

WINDOW_SECONDS = 0.005


def main(variant: str, pairs: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    act = {"ONE": _merge, "BROKEN": _broken, "UNDO": _undo}[variant]
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    for pair in pairs:
        first, second = (int(word) for word in pair.split(":"))
        if act(first, second):
            print(pair, flush=True)  # noqa: T201


def _merge(into: int, other: int) -> bool:
    from accounts.models import User  # noqa: PLC0415  # models exist only after setup
    from common.errors import Refused  # noqa: PLC0415
    from issues.actions import merge_issues  # noqa: PLC0415
    from issues.models import Issue  # noqa: PLC0415

    target, source = Issue.objects.get(pk=into), Issue.objects.get(pk=other)
    try:
        merge_issues(into=target, others=[source], actor=User.objects.earliest("pk"))
    except Refused:
        return False
    return True


def _broken(into: int, other: int) -> bool:
    """The same without locks: look whether both are living, then write. Both may look before either has written."""
    from issues.models import Issue  # noqa: PLC0415

    if Issue.objects.living().filter(pk__in=[into, other]).count() < len([into, other]):
        return False
    time.sleep(WINDOW_SECONDS)
    Issue.objects.filter(pk=other).update(state="merged", merged_into=into)
    return True


def _undo(decision: int, _: int) -> bool:
    from accounts.models import User  # noqa: PLC0415
    from common.errors import Refused  # noqa: PLC0415
    from issues.actions import undo  # noqa: PLC0415
    from issues.models import Decision  # noqa: PLC0415

    try:
        undo(decision=Decision.objects.get(pk=decision), actor=User.objects.earliest("pk"))
    except Refused:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
