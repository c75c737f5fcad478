"""One of two that look what became of the same issues: `python -m tests.issues.race_following ONE|BROKEN|TELL PROJECT`.

It waits for a line on its input, so that both begin together. BROKEN looks and writes without comparing. TELL prints
the id of an issue for each time that its history says it came back.
"""

import os
import sys
import time

import django

WINDOW_SECONDS = 0.05


def main(variant: str, project_id: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    look = {"ONE": _follow, "BROKEN": _broken, "TELL": _tell}[variant]
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    look(project_id)


def _follow(project_id: int) -> None:
    from accounts.models import Project  # noqa: PLC0415  # models exist only after setup
    from issues.following import follow  # noqa: PLC0415

    follow(Project.objects.get(pk=project_id))


def _broken(project_id: int) -> None:
    """Both may have looked before either has written."""
    from issues.models import EventKind, Issue, IssueEvent  # noqa: PLC0415

    resolved = list(Issue.objects.filter(project=project_id, state="resolved"))
    time.sleep(WINDOW_SECONDS)
    for issue in resolved:
        Issue.objects.filter(pk=issue.pk).update(state="regressed")
        IssueEvent.objects.note(issue, EventKind.MOVED, from_state="resolved", to_state="regressed")


def _tell(project_id: int) -> None:
    from issues.models import IssueEvent  # noqa: PLC0415

    regressed = IssueEvent.objects.filter(issue__project=project_id, to_state="regressed")
    print(*regressed.values_list("issue_id", flat=True), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
